import { describe, expect, it } from "@jest/globals";
import type { InstanceItem } from "../../../shared/catalog/items.ts";
import { keys } from "../../../shared/catalog/keys.ts";
import { archivedOf } from "../../../shared/catalog/original-of.ts";
import { correctQuarantined } from "../../../shared/ingest/correct-quarantined.ts";
import { resolveConflict } from "../../../shared/ingest/resolve-conflict.ts";
import { objectKeys } from "../../../shared/object-keys.ts";
import { type Clinic, clinic } from "../../support/clinic.ts";
import { desk } from "../../support/desk.ts";
import { sha256Hex, sliceFile } from "../../support/slices.ts";

const of = { studyUid: "1.2.826.1", seriesUid: "1.2.826.1.1", sopUid: "1.2.826.1.1.1" };
const first = sliceFile(of);
const edited = sliceFile({ ...of, comment: "edited" });

const instance = async ({ table, hospital }: Clinic) =>
  (await table.get(keys.instance({ ...hospital, ...of }))) as InstanceItem;

/** Years from now until the last of them, and the first, may be deleted. */
async function lockedYears(here: Clinic): Promise<readonly number[]> {
  const now = here.clock.now().getFullYear();
  const heads = archivedOf(await instance(here)).map((ref) => here.objects.head(ref));
  return (await Promise.all(heads)).map((head) => (head?.retainUntil?.getFullYear() ?? 0) - now);
}

describe("what is locked beside an image's original", () => {
  it("is kept as long as the image when another encounter asks for longer: what it stood for before", async () => {
    const here = await clinic();
    const at = desk(here);
    for (const bytes of [first, edited])
      await here.ingest((await here.send([bytes], { encounterClass: "outpatient" })).landed[0]);
    const path = { ...of, sha256: sha256Hex(edited) };
    await resolveConflict(at.as("hospital-admin"), here.clock, path, { keep: "new" });
    await at.follow();
    expect(await lockedYears(here)).toEqual([15, 15]);
    const again = await here.send([edited], { encounterClass: "inpatient" });
    expect(await here.ingest(again.landed[0])).toBe("duplicate");
    expect(await lockedYears(here)).toEqual([30, 30]);
  });

  it("is kept as long: what it is a corrected copy of", async () => {
    const here = await clinic();
    const at = desk(here);
    const nameless = await here.send([sliceFile({ ...of, studyUid: "" })], { encounterClass: "outpatient" });
    await here.ingest(nameless.landed[0]);
    const path = { uploadId: nameless.uploadId, fileId: "0" };
    await correctQuarantined(at.as("hospital-admin"), here.clock, path, { studyInstanceUid: of.studyUid });
    await at.follow();
    expect(await lockedYears(here)).toEqual([15, 15]);
    const { sha256 } = await instance(here);
    const copy = await here.objects.read({
      bucket: "archive",
      key: objectKeys.original({ ...here.hospital, ...of }, sha256),
    });
    const again = await here.send([copy], { encounterClass: "inpatient" });
    expect(await here.ingest(again.landed[0])).toBe("duplicate");
    expect(await lockedYears(here)).toEqual([30, 30]);
  });
});

describe("a worker that finds a conflict while an administrator decides for the same bytes, sent in another file", () => {
  it("does not leave them tagged as superseded", async () => {
    const here = await clinic();
    const at = desk(here);
    for (const bytes of [first, edited]) await here.ingest((await here.send([bytes])).landed[0]);
    const late = await here.send([edited]);
    const original = {
      bucket: "archive",
      key: objectKeys.original({ ...here.hospital, ...of }, sha256Hex(edited)),
    } as const;
    let decided = false;
    const table = { ...here.table };
    /** Once the worker has read the claim, the decision is made and carried out. */
    table.get = async (key, options) => {
      const item = await here.table.get(key, options);
      if (item?.type === "claim" && !decided) {
        decided = true;
        const path = { ...of, sha256: sha256Hex(edited) };
        await resolveConflict(at.as("hospital-admin"), here.clock, path, { keep: "new" });
        await at.follow();
      }
      return item;
    };
    await here.ingest(late.landed[0], { table }).catch(() => undefined);
    expect((await instance(here)).sha256).toBe(sha256Hex(edited));
    expect(await here.objects.tagsOf(original)).toEqual({});
  });
});
