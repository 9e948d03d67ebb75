/** What lies locked beside an instance's original, and what is kept elsewhere until somebody needs it, is proved like an original. */
import { beforeEach, describe, expect, it } from "@jest/globals";
import { setLegalHold } from "../../../shared/catalog/set-legal-hold.ts";
import { correctQuarantined } from "../../../shared/ingest/correct-quarantined.ts";
import { resolveConflict } from "../../../shared/ingest/resolve-conflict.ts";
import type { LedgerCheck } from "../../../shared/ledger/checks.ts";
import { objectKeys } from "../../../shared/object-keys.ts";
import type { ObjectRef } from "../../../shared/ports.ts";
import { manifestFile } from "../../support/clinic.ts";
import { jpegPhotograph } from "../../support/film.ts";
import type { StoredVersion } from "../../support/memory/bucket.ts";
import { orderDesk } from "../../support/order-desk.ts";
import { admin, loseTable, rebuild } from "../../support/rebuild.ts";
import { sha256Hex, sliceFile } from "../../support/slices.ts";
import { type WorkingHospital, workingHospital } from "../../support/working-hospital.ts";

const studyUid = "1.2.826.9";
const seriesUid = `${studyUid}.1`;
const image = (comment = "") => sliceFile({ studyUid, seriesUid, sopUid: `${seriesUid}.1`, comment });
const nameless = sliceFile({ studyUid: "", seriesUid, sopUid: `${seriesUid}.2` });
const aDay = 24 * 60 * 60 * 1000;

/** An image that gave way to another, a corrected copy, and a photograph; a day ago. */
async function hospital(): Promise<WorkingHospital> {
  const orders = await orderDesk();
  const here = await workingHospital(orders.hospital.hospital, orders.here);
  const grant = { ...admin(here, "desk"), table: here.stream.table };
  await here.receive([image()]);
  const { uploadId } = await here.receive([image("other"), nameless]);
  const path = { studyUid, sopUid: `${seriesUid}.1`, sha256: sha256Hex(image("other")) };
  await resolveConflict(grant, here.clock, path, { keep: "new" });
  await correctQuarantined(grant, here.clock, { uploadId, fileId: "1" }, { studyInstanceUid: studyUid });
  await here.settle();
  const [photograph, orderId] = [await jpegPhotograph(), (await orders.order()).id];
  await here.receive([photograph], { files: [{ ...manifestFile(photograph, "film/0.jpg"), orderId }] });
  here.clock.advance(aDay);
  return here;
}

const kinds = {
  "bytes that gave way": (key: string) => key.endsWith(`${sha256Hex(image())}.dcm`),
  "bytes as they came": (key: string) => key.startsWith("uncorrected/"),
  "a photograph": (key: string) => key.endsWith(".jpg"),
} as const;

/** Beneath us: no function may do this. */
const damages: Readonly<Record<string, readonly [(version: StoredVersion) => void, LedgerCheck]>> = {
  "lies under another key": [
    (version) => Object.assign(version, { options: { ...version.options, kmsKeyId: "key/other" } }),
    "encrypted",
  ],
  "is not locked": [(version) => Object.assign(version, { retainUntil: undefined }), "locked"],
  "is held, and its study is not": [(version) => Object.assign(version, { held: true }), "locked"],
  "holds other bytes": [(version) => Object.assign(version, { sha256: "f".repeat(64) }), "bytes"],
};

let here: WorkingHospital;
beforeEach(async () => {
  here = await hospital();
});
const failing = async (): Promise<readonly string[]> => {
  const { checks } = await here.audit();
  return [...checks.values()].filter(({ violations }) => violations > 0).map(({ check }) => check);
};
const find = (which: (key: string) => boolean): ObjectRef => {
  const key = here.objects.keys("archive").find(which);
  if (key === undefined) throw new Error("The test looks for an object that is not there");
  return { bucket: "archive", key };
};
const put = (ref: ObjectRef, bytes: Uint8Array) =>
  here.objects.put(ref, bytes, { contentType: "application/dicom", kmsKeyId: here.keyArn });

describe("a hospital that keeps bytes beside its images", () => {
  it("has a ledger that balances, also when its studies are held", async () => {
    expect((await here.audit()).violations).toEqual([]);
    await setLegalHold(admin(here, "setLegalHold", studyUid), here.clock, { hold: true, reason: "case 1" });
    here.clock.advance(aDay);
    expect((await here.audit()).violations).toEqual([]);
  });

  it("is told of each of them as of an original", async () => {
    let heads = 0;
    here.objects.before((operation) => {
      if (operation === "head") heads++;
    });
    const { checks } = await here.audit();
    expect(heads).toBe(3 + 3);
    // Of three instances and what lies beside each.
    for (const check of ["original", "bytes", "encrypted", "locked"] as const)
      expect(checks.get(check)?.examined).toBe(3 + 3);
  });

  describe.each(Object.entries(kinds))("of which %s", (_, which) => {
    it.each(Object.entries(damages))("%s", async (__, [damage, check]) => {
      damage(here.objects.versions(find(which)).at(-1) as StoredVersion);
      expect(await failing()).toEqual([check]);
    });

    it("is gone", async () => {
      // Object Lock keeps a version; what goes is an older one, or a bucket that was restored without it.
      const [version] = here.objects.versions(find(which)) as [StoredVersion];
      Object.assign(version, { versionId: "another", deleted: true });
      expect(await failing()).toContain("original");
    });
  });

  it("is locked for as long as the copy that was made of it", async () => {
    const version = here.objects.versions(find(kinds["bytes as they came"])).at(-1) as StoredVersion;
    Object.assign(version, { retainUntil: new Date("2030-01-01T00:00:00.000Z") });
    expect(await failing()).toEqual(["locked"]);
  });
});

describe("an object that nothing leads to", () => {
  const orphanUpload = "01JX0000000000000000000000";
  const at = { studyUid, seriesUid, sopUid: `${seriesUid}.7` };

  const orphans: Readonly<Record<string, readonly [(here: WorkingHospital) => ObjectRef, LedgerCheck]>> = {
    "bytes as they came, of no instance": [
      (one) => ({
        bucket: "archive",
        key: objectKeys.uncorrected({ ...one.hospital, ...at }, "a".repeat(64), "b".repeat(64)),
      }),
      "indexed",
    ],
    "bytes as they came, of a copy that an instance is not": [
      (one) => ({
        bucket: "archive",
        key: objectKeys.uncorrected(
          { ...one.hospital, ...at, sopUid: `${seriesUid}.2` },
          "a".repeat(64),
          sha256Hex(nameless),
        ),
      }),
      "indexed",
    ],
    "an object made of a photograph that nobody sent": [
      (one) => ({
        bucket: "landing",
        key: objectKeys.converted(
          { ...one.hospital, priority: "routine", uploadId: orphanUpload, fileId: "0" },
          "a".repeat(64),
        ),
      }),
      "landing",
    ],
    "a corrected copy of a file that nobody sent": [
      (one) => ({
        bucket: "quarantine",
        key: objectKeys.corrected(one.hospital, orphanUpload, "0", "a".repeat(64)),
      }),
      "aside-known",
    ],
  };

  it.each(Object.entries(orphans))("is named: %s", async (_, [place, check]) => {
    await put(place(here), image());
    expect(await failing()).toEqual([]);
    here.clock.advance(aDay);
    expect(await failing()).toEqual([check]);
  });

  it("is named when a corrected copy's own bytes are hidden", async () => {
    await here.objects.delete(find(kinds["bytes as they came"]));
    expect(await failing()).toContain("archived-once");
  });

  it("is explained where the copy gave way before it was indexed", async () => {
    const instance = { ...here.hospital, ...at, sopUid: `${seriesUid}.1` };
    const copy = { bucket: "archive", key: objectKeys.original(instance, "a".repeat(64)) } as const;
    await put(copy, image("copy"));
    await here.objects.tag(copy, { "mic-state": "superseded" });
    const key = objectKeys.uncorrected(instance, "a".repeat(64), "b".repeat(64));
    await put({ bucket: "archive", key }, image("as it came"));
    here.clock.advance(aDay);
    expect(await failing()).toEqual([]);
  });

  it("is explained while it expires, after a table that knew it was lost", async () => {
    await loseTable(here);
    await rebuild(here);
    here.clock.advance(aDay);
    expect((await here.audit()).violations).toEqual([]);
  });
});
