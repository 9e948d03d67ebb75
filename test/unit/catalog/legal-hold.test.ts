import { describe, expect, it } from "@jest/globals";
import type { Grant } from "../../../shared/access/grant.ts";
import type { InstanceItem, StudyItem } from "../../../shared/catalog/items.ts";
import { keys, prefixes, studyPartition } from "../../../shared/catalog/keys.ts";
import { originalOf } from "../../../shared/catalog/original-of.ts";
import { setLegalHold } from "../../../shared/catalog/set-legal-hold.ts";
import { objectKeys } from "../../../shared/object-keys.ts";
import { type Clinic, clinic } from "../../support/clinic.ts";
import { testGrant } from "../../support/grant.ts";
import { Killed, mortal } from "../../support/mortal-worker.ts";
import { user } from "../../support/principals.ts";
import { sliceFile } from "../../support/slices.ts";

const studyUid = "1.2.77";
const reason = "court file 118/2027";
const slice = (number: number): Uint8Array =>
  sliceFile({ studyUid, seriesUid: `${studyUid}.1`, sopUid: `${studyUid}.1.${number}` });
const studyOf = (here: Clinic) => ({ ...here.hospital, studyUid });

async function withStudy(images = 3): Promise<Clinic> {
  const here = await clinic();
  const { landed } = await here.send(Array.from({ length: images }, (_, index) => slice(index + 1)));
  for (const event of landed) await here.ingest(event);
  return here;
}

function administrator(here: Clinic): Grant {
  const { table, objects, clock } = here;
  const principal = user("hospital-admin", here.hospital.hospital);
  return testGrant({ principal, action: "setLegalHold", study: studyOf(here), table, objects, clock });
}

const hold = (here: Clinic, more: { readonly cursor?: string } = {}) =>
  setLegalHold(administrator(here), here.clock, { hold: true, reason, ...more });
const release = (here: Clinic) =>
  setLegalHold(administrator(here), here.clock, { hold: false, reason: "closed" });

async function originals({ table, ...here }: Clinic) {
  const { items } = await table.query({
    pk: studyPartition({ ...here.hospital, studyUid }),
    prefix: prefixes.instances(),
  });
  return items.map((item) => originalOf(item as InstanceItem));
}

/** Of each original of the study: whether it is held. */
async function held(here: Clinic): Promise<readonly boolean[]> {
  return (await originals(here)).map((ref) => {
    const version = here.objects.versions(ref).find(({ versionId }) => versionId === ref.versionId);
    return version?.held === true;
  });
}
const studyItem = async (here: Clinic) =>
  (await here.table.get(keys.study(studyOf(here)))) as StudyItem | undefined;

describe("an administrator whom a court asks to keep a study", () => {
  it("has every original held, and who asked for it and why on record", async () => {
    const here = await withStudy();
    expect(await hold(here)).toEqual({ studyUid, hold: true, instances: 3 });
    expect(await held(here)).toEqual([true, true, true]);
    const by = administrator(here).caller.principal.id;
    expect(await studyItem(here)).toMatchObject({
      legalHold: { reason, by, at: here.clock.now().toISOString() },
    });
    expect(here.table.items("audit")).toContainEqual(
      expect.objectContaining({ action: "setLegalHold", detail: `hold: ${reason}` }),
    );
  });

  it("keeps them past the end of their retention, until they are released", async () => {
    const here = await withStudy(1);
    await hold(here);
    const [ref] = await originals(here);
    here.clock.advance(40 * 366 * 86_400_000);
    if (!ref) throw new Error("Nothing was archived");
    await expect(here.objects.delete(ref)).rejects.toThrow("legal hold");
    await expect(here.objects.delete(ref)).rejects.toThrow("legal hold");
    expect(await release(here)).toEqual({ studyUid, hold: false, instances: 1 });
    expect((await studyItem(here))?.legalHold).toBeUndefined();
    await here.objects.delete(ref);
    expect(await here.objects.head(ref)).toBeUndefined();
  });

  it("may ask again, and changes nothing by it", async () => {
    const here = await withStudy();
    for (const _ of ["once", "again"]) expect(await hold(here)).toMatchObject({ instances: 3 });
    expect(await held(here)).toEqual([true, true, true]);
    for (const _ of ["once", "again"]) expect(await release(here)).toMatchObject({ instances: 3 });
    expect(await held(here)).toEqual([false, false, false]);
  });

  it("has the signed reports held too, and no other study's", async () => {
    const here = await withStudy(1);
    const documents = [studyOf(here), { ...studyOf(here), studyUid: `${studyUid}0` }].map((study) => ({
      bucket: "archive" as const,
      key: objectKeys.signedReport(study, "01JREPORT", 1, "ab"),
    }));
    for (const ref of documents) await here.objects.put(ref, new Uint8Array(1), { contentType: "x/y" });
    await hold(here);
    expect(documents.map((ref) => here.objects.versions(ref)[0]?.held)).toEqual([true, undefined]);
  });

  it("goes on where the answer before stopped, and only with such a cursor", async () => {
    const here = await withStudy();
    const [{ sk } = { sk: "" }] = (
      await here.table.query({ pk: studyPartition(studyOf(here)), prefix: prefixes.instances(), limit: 1 })
    ).items;
    const cursor = Buffer.from(sk).toString("base64url");
    await hold(here);
    expect(await hold(here, { cursor })).toMatchObject({ instances: 2 });
    await expect(hold(here, { cursor: "STUDY" })).rejects.toMatchObject({ type: "invalid-request" });
  });

  it("is told of a release that came between, and leaves nothing held", async () => {
    const here = await withStudy();
    here.objects.before(async (operation) => {
      if (operation !== "setLegalHold") return;
      here.objects.before(undefined);
      await release(here);
    });
    await expect(hold(here)).rejects.toMatchObject({ type: "conflict" });
    expect(await held(here)).toEqual([false, false, false]);
  });
});

describe("an image that arrives for a held study", () => {
  it("is held as soon as it is there", async () => {
    const here = await withStudy(1);
    await hold(here);
    const { landed } = await here.send([slice(2)]);
    await here.ingest(landed[0]);
    expect(await held(here)).toEqual([true, true]);
  });

  it.each(["copy", "tag"] as const)("is held when the study is held before ingest's %s", async (step) => {
    const here = await withStudy(1);
    const { landed } = await here.send([slice(2)]);
    here.objects.before(async (operation) => {
      if (operation !== step) return;
      here.objects.before(undefined);
      await hold(here);
    });
    await here.ingest(landed[0]);
    expect(await held(here)).toEqual([true, true]);
  });

  it("is not left held by a release that came between", async () => {
    const here = await withStudy(1);
    await hold(here);
    const { landed } = await here.send([slice(2)]);
    here.objects.before(async (operation) => {
      if (operation !== "setLegalHold") return;
      here.objects.before(undefined);
      await release(here);
    });
    await here.ingest(landed[0]);
    expect(await held(here)).toEqual([false, false]);
  });

  it.each([
    ["before", false],
    ["after", true],
  ])("is held in the end, %s whichever change its first worker died", async (_, done) => {
    for (let dieAt = 1, died = true; died; dieAt += 1) {
      const here = await withStudy(1);
      await hold(here);
      const { landed } = await here.send([slice(2)]);
      const worker = mortal(here, { dieAt, done });
      const { table, objects } = worker;
      died = await here.ingest(landed[0], { table, objects }).then(
        () => false,
        (error: unknown) => error instanceof Killed,
      );
      here.clock.advance(120_000);
      await here.ingest(landed[0]);
      expect(await held(here)).toEqual([true, true]);
    }
  });
});
