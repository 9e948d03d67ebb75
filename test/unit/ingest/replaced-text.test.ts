/** An administrator lets other bytes stand for an image: what its study and series are shown and found by follows. */
import { describe, expect, it } from "@jest/globals";
import type { SeriesItem, StudyItem } from "../../../shared/catalog/items.ts";
import { keys, searchPartitions } from "../../../shared/catalog/keys.ts";
import { setCharacterSet } from "../../../shared/characters/set-character-set.ts";
import { resolveConflict } from "../../../shared/ingest/resolve-conflict.ts";
import { parseSearch } from "../../../shared/query/parse-search.ts";
import { searchStudies } from "../../../shared/query/search-studies.ts";
import { testGrant } from "../../support/grant.ts";
import { orderDesk } from "../../support/order-desk.ts";
import { user } from "../../support/principals.ts";
import { admin, kept, loseTable, rebuild } from "../../support/rebuild.ts";
import { type Slice, sha256Hex, sliceFile } from "../../support/slices.ts";
import { type WorkingHospital, workingHospital } from "../../support/working-hospital.ts";

const uids = { studyUid: "1.2.826.1", seriesUid: "1.2.826.1.1", sopUid: "1.2.826.1.1.1" };
const wrong: Slice = { ...uids, patientName: "Wrong^Patient", patientId: "P-WRONG", bodyPart: "HEAD" };
const right: Slice = {
  ...uids,
  ...{ patientName: "Right^Patient", patientId: "P-RIGHT", bodyPart: "CHEST" },
  ...{ studyDate: "20260315", accession: "A-2", modality: "MR" },
};
const aDay = 24 * 60 * 60 * 1000;

/** The first image and what else is sent, found in conflict with the right one. */
async function inConflict(...more: readonly Slice[]): Promise<WorkingHospital> {
  const here = await workingHospital();
  await here.receive([sliceFile(wrong), ...more.map(sliceFile)]);
  here.clock.advance(60_000);
  await here.receive([sliceFile(right)]);
  return here;
}

async function keepNew(here: WorkingHospital, table = here.stream.table): Promise<void> {
  const path = { ...uids, sha256: sha256Hex(sliceFile(right)) };
  await resolveConflict({ ...admin(here, "desk"), table }, here.clock, path, { keep: "new" });
}

const key = (here: WorkingHospital) => ({ ...here.hospital, ...uids });
const studyOf = async (here: WorkingHospital) => (await here.table.get(keys.study(key(here)))) as StudyItem;
const seriesOf = async (here: WorkingHospital) =>
  (await here.table.get(keys.series(key(here)))) as SeriesItem;

async function foundBy(here: WorkingHospital, search: Readonly<Record<string, string>>) {
  const parsed = parseSearch(new URLSearchParams(search), "study");
  const { studies } = await searchStudies(admin(here, "searchStudies"), parsed, () => 1);
  return studies.map(({ studyUid }) => studyUid);
}

describe("a study whose text is the replaced image's", () => {
  it("is shown and found as the image in its place says, and by nothing of the first one", async () => {
    const here = await inConflict({
      ...wrong,
      studyUid: "1.2.826.2",
      seriesUid: "1.2.826.2.1",
      sopUid: "1.2.826.2.1.1",
    });
    await keepNew(here);
    await here.settle();
    const study = await studyOf(here);
    expect(study).toMatchObject({ patientId: "P-RIGHT", studyDate: "20260315", modalities: ["MR"] });
    expect(study.pendingText).toBeUndefined();
    const other = "1.2.826.2";
    const finds = [
      [{ PatientID: "P-RIGHT" }, [uids.studyUid]],
      [{ PatientID: "P-WRONG" }, [other]],
      [{ PatientName: "right*" }, [uids.studyUid]],
      [{ PatientName: "wrong*" }, [other]],
      [{ AccessionNumber: "A-2" }, [uids.studyUid]],
      [{ AccessionNumber: "A-1" }, [other]],
      [{ StudyDate: "20260315" }, [uids.studyUid]],
      [{ StudyDate: "20260201-20260228" }, [other]],
      [{ StudyDate: "20260101-20261231" }, [uids.studyUid, other]],
      [{ ModalitiesInStudy: "MR" }, [uids.studyUid]],
      [{ ModalitiesInStudy: "CT" }, [other]],
    ] as const;
    for (const [search, studies] of finds)
      expect([search, await foundBy(here, search)]).toEqual([search, studies]);
    expect(await seriesOf(here)).toMatchObject({
      modality: "MR",
      attributes: { "00180015": { Value: ["CHEST"] } },
    });
  });

  it("leaves no search item of the first image, and the ledger finds all it should", async () => {
    const here = await inConflict();
    await keepNew(here);
    await here.settle();
    const pointers = here.table
      .items()
      .filter(({ type, studyUid }) => type === "find" && studyUid === uids.studyUid)
      .map(({ pk, sk }) => `${pk} ${sk}`);
    for (const text of ["P-WRONG", "wrong", "20260214", "202602", "A-1", "CT"])
      expect(pointers.filter((one) => one.includes(text))).toEqual([]);
    here.clock.advance(aDay);
    expect((await here.audit()).violations).toEqual([]);
  });

  it("is the same after a rebuild", async () => {
    const here = await inConflict();
    await keepNew(here);
    await here.settle();
    const shown = () =>
      kept(here)
        .filter(({ type, studyUid }) => type !== "conflict" && studyUid !== undefined)
        // Of the study's history the archive knows when these bytes came, and no more.
        .map(({ textRevision: _, createdAt: __, ...item }) => item);
    const before = shown();
    await loseTable(here);
    await rebuild(here);
    expect(shown()).toEqual(before);
  });

  it("finds the order of the patient it is of", async () => {
    const { here, stream, order, study, follow } = await orderDesk();
    const { id } = await order({ accession: "A-2", patientId: "P-RIGHT", name: [{ text: "Patient Right" }] });
    const send = async (slice: Slice) => {
      const { landed } = await here.send([sliceFile(slice)]);
      await here.ingest(landed[0], { table: stream.table });
      await follow();
      return landed[0];
    };
    await send(wrong);
    const other = await send(right);
    expect((await study()).orderId).toBeUndefined();
    const stores = { table: stream.table, objects: here.objects, clock: here.clock };
    const grant = testGrant({
      principal: user("hospital-admin", here.hospital.hospital),
      action: "desk",
      ...stores,
    });
    const path = { ...uids, sha256: sha256Hex(sliceFile(right)) };
    await resolveConflict(grant, here.clock, path, { keep: "new" });
    await here.ingest(other, { table: stream.table });
    await follow();
    expect((await study()).orderId).toBe(id);
  });

  it("is examined again", async () => {
    const here = await inConflict();
    const asked = async () => (await studyOf(here)).examineAskedAt;
    expect([(await studyOf(here)).examinedInstances, await asked()]).toEqual([1, undefined]);
    await keepNew(here);
    here.clock.advance(60_000);
    await here.settle();
    expect(await asked()).toBe(here.clock.now().toISOString());
  });

  it("stays under its order's patient where it is shown so", async () => {
    const here = await inConflict();
    const { attributes, patientId, nameKeys } = await studyOf(here);
    const original = { attributes, patientId, nameKeys };
    const correctedIdentity = { by: "user:admin", at: "2027-03-01T08:00:00.000Z", original };
    const set = { patientId: "P-ORDER", correctedIdentity };
    await here.stream.table.write([{ op: "update", key: keys.study(key(here)), set }]);
    await keepNew(here);
    await here.settle();
    expect(await studyOf(here)).toMatchObject({
      patientId: "P-ORDER",
      correctedIdentity: { original: { patientId: "P-RIGHT" } },
    });
  });

  it("is so on a study from before it was noted whose text it is", async () => {
    const here = await inConflict();
    for (const item of [keys.study(key(here)), keys.series(key(here))])
      await here.table.write([{ op: "update", key: item, remove: ["describedBy"] }]);
    await keepNew(here);
    await here.settle();
    expect(await studyOf(here)).toMatchObject({ patientId: "P-RIGHT" });
    expect(await seriesOf(here)).toMatchObject({ modality: "MR" });
  });

  it.each(["before", "after"] as const)(
    "ends as the bytes in its place say when a character set is chosen at the same time, %s",
    async (when) => {
      const here = await inConflict();
      const choose = () =>
        setCharacterSet(
          { ...admin(here, "setCharacterSet", uids.studyUid), table: here.stream.table },
          here.clock,
          { characterSet: "declared" },
        );
      await keepNew(here);
      if (when === "before") await choose();
      await here.settle();
      if (when === "after") await choose();
      await here.settle();
      const study = await studyOf(here);
      expect(study).toMatchObject({ patientId: "P-RIGHT", characterSet: { choice: "declared" } });
      expect(study.pendingText).toBeUndefined();
    },
  );
});

describe("a study whose text is another image's", () => {
  it("stays as it is shown", async () => {
    const here = await workingHospital();
    const first = { ...wrong, seriesUid: "1.2.826.1.2", sopUid: "1.2.826.1.2.1" };
    await here.receive([sliceFile(first)]);
    await here.receive([sliceFile(wrong)]);
    await here.receive([sliceFile(right)]);
    const before = await studyOf(here);
    await keepNew(here);
    await here.settle();
    const { attributes, patientId, textRevision } = await studyOf(here);
    expect({ attributes, patientId, textRevision }).toEqual({
      attributes: before.attributes,
      patientId: "P-WRONG",
      textRevision: undefined,
    });
    const { region, hospital } = here.hospital;
    const month = searchPartitions.month({ region, hospital }, "202602");
    expect(here.table.items().filter(({ pk }) => pk === month)).toHaveLength(1);
  });
});
