/** What waited for a person when the table was lost waits again, and can be decided on as before. */
import { beforeEach, describe, expect, it } from "@jest/globals";
import type { Grant } from "../../../shared/access/grant.ts";
import type { ConflictItem } from "../../../shared/catalog/desk-items.ts";
import type { UploadFileItem, UploadItem } from "../../../shared/catalog/items.ts";
import { keys } from "../../../shared/catalog/keys.ts";
import { correctQuarantined } from "../../../shared/ingest/correct-quarantined.ts";
import { discardQuarantined } from "../../../shared/ingest/discard-quarantined.ts";
import { inspectQuarantined } from "../../../shared/ingest/inspect-quarantined.ts";
import { listConflicts } from "../../../shared/ingest/list-conflicts.ts";
import { listQuarantine } from "../../../shared/ingest/list-quarantine.ts";
import { releaseQuarantined } from "../../../shared/ingest/release-quarantined.ts";
import { resolveConflict } from "../../../shared/ingest/resolve-conflict.ts";
import { objectKeys } from "../../../shared/object-keys.ts";
import { getLedger } from "../../../shared/upload/get-ledger.ts";
import { admin, lose, loseTable, rebuild } from "../../support/rebuild.ts";
import { sha256Hex, sliceFile } from "../../support/slices.ts";
import { type WorkingHospital, workingHospital } from "../../support/working-hospital.ts";

const studyUid = "1.2.826.8";
const at = { studyUid, seriesUid: `${studyUid}.1` };
const image = (n: number, comment = "") => sliceFile({ ...at, sopUid: `${studyUid}.1.${n}`, comment });
const nameless = (n: number) => sliceFile({ ...at, studyUid: "", sopUid: `${studyUid}.1.${n}` });
const aDay = 24 * 60 * 60 * 1000;

const desk = (here: WorkingHospital): Grant => ({ ...admin(here, "desk"), table: here.stream.table });
const conflictOf = (n: number) => ({
  studyUid,
  sopUid: `${studyUid}.1.${n}`,
  sha256: sha256Hex(image(n, "other")),
});
const line = async (here: WorkingHospital, uploadId: string, fileId: string) =>
  (await here.table.get(keys.uploadFile(here.hospital, uploadId, fileId))) as UploadFileItem;

/** Three conflicts (files 0 to 2), two files without a study (3, 4) and one that is no image (5); then the table is lost. */
async function lost(): Promise<{ here: WorkingHospital; uploadId: string }> {
  const here = await workingHospital();
  await here.receive([image(1), image(2), image(3)]);
  here.clock.advance(60_000);
  const { uploadId } = await here.receive(
    [...[1, 2, 3].map((n) => image(n, "other")), nameless(8), nameless(9), new Uint8Array(300)],
    { encounterClass: "inpatient", priority: "stat" },
  );
  await loseTable(here);
  await rebuild(here);
  here.clock.advance(aDay);
  return { here, uploadId };
}

describe("the desk of a hospital whose catalog was made again", () => {
  let here: WorkingHospital;
  let uploadId: string;
  beforeEach(async () => {
    ({ here, uploadId } = await lost());
  });
  const path = (fileId: string) => ({ uploadId, fileId });
  const balances = async () => {
    here.clock.advance(aDay);
    expect((await here.audit()).violations).toEqual([]);
  };

  it("has a ledger that balances, and says which files of the upload are known", async () => {
    await balances();
    const ledger = await getLedger(desk(here), uploadId);
    expect(ledger).toMatchObject({ announced: 6, done: true, priority: "stat", encounterClass: "inpatient" });
    expect(ledger.totals).toMatchObject({ conflict: 3, quarantined: 3, awaiting: 0 });
  });

  it("lists and shows what waits in quarantine", async () => {
    const { files } = await listQuarantine(desk(here), {});
    expect(files.map(({ fileId }) => fileId).sort()).toEqual(["3", "4", "5"]);
    expect(files.find(({ fileId }) => fileId === "3")?.sha256).toBe(sha256Hex(nameless(8)));
    const { bytes, actions } = await inspectQuarantined(desk(here), path("3"));
    expect({ bytes, actions }).toEqual({ bytes: "kept", actions: ["release", "correct", "discard"] });
  });

  it("takes in a corrected copy, kept as long as was asked for when the file was sent", async () => {
    await correctQuarantined(desk(here), here.clock, path("3"), { studyInstanceUid: studyUid });
    await here.settle();
    const { state, sopUid = "" } = await line(here, uploadId, "3");
    expect(state).toBe("indexed");
    const claim = await here.table.get(keys.claim(here.hospital, sopUid));
    const until = new Date(claim?.retainUntil as string);
    expect(until.getUTCFullYear() - here.clock.now().getUTCFullYear()).toBe(30);
    await balances();
  });

  it("tries a file again, and gives one up", async () => {
    await releaseQuarantined(desk(here), here.clock, path("4"));
    await discardQuarantined(desk(here), here.clock, path("5"), "an empty file");
    await here.settle();
    const { state, reason } = await line(here, uploadId, "4");
    expect({ state, code: reason?.code }).toEqual({ state: "quarantined", code: "missing-uid" });
    expect((await line(here, uploadId, "5")).discarded).toBeDefined();
    await balances();
  });

  it("lists the conflicts of a study", async () => {
    const { conflicts } = await listConflicts(desk(here), studyUid);
    expect(conflicts.map(({ sha256 }) => sha256).sort()).toEqual(
      [1, 2, 3].map((n) => conflictOf(n).sha256).sort(),
    );
  });

  it.each([
    ["first", "conflict"],
    ["new", "indexed"],
    ["both", "indexed"],
  ] as const)("decides one for %s", async (keep, state) => {
    await resolveConflict(desk(here), here.clock, conflictOf(2), { keep });
    await here.settle();
    expect((await line(here, uploadId, "1")).state).toBe(state);
    const { conflicts } = await listConflicts(desk(here), studyUid);
    expect(conflicts.find(({ sha256 }) => sha256 === conflictOf(2).sha256)?.resolution?.done).toBe(true);
    await balances();
  });

  it("is the same when it is made again once more", async () => {
    const before = here.table.items();
    await rebuild(here);
    expect(here.table.items()).toEqual(before);
  });

  it("takes no further files into an upload of which it knows only these", async () => {
    const upload = (await here.table.get(keys.upload(here.hospital, uploadId))) as UploadItem;
    expect(upload).toMatchObject({ completedAt: expect.any(String), restoredAt: expect.any(String) });
  });

  it("hears of a file of that upload that ingest sees only now", async () => {
    const key = objectKeys.landing({ ...here.hospital, priority: "stat", uploadId, fileId: "7" });
    await here.objects.put({ bucket: "landing", key }, image(7), {
      contentType: "application/dicom",
      kmsKeyId: here.keyArn,
    });
    expect(await here.ingest({ key }, { table: here.stream.table })).toBe("quarantined");
    await here.settle();
    const { files } = await listQuarantine(desk(here), {});
    expect(files.find(({ fileId }) => fileId === "7")?.reason.code).toBe("unknown-upload");
    await balances();
  });
});

describe("a file whose corrected copy had come into a conflict", () => {
  it("waits in the conflict and not in quarantine", async () => {
    const here = await workingHospital();
    await here.receive([image(1)]);
    const { uploadId } = await here.receive([nameless(1)]);
    await correctQuarantined(
      desk(here),
      here.clock,
      { uploadId, fileId: "0" },
      { studyInstanceUid: studyUid },
    );
    await here.settle();
    const before = await line(here, uploadId, "0");
    expect(before.state).toBe("conflict");
    await loseTable(here);
    await rebuild(here);
    expect((await line(here, uploadId, "0")).state).toBe("conflict");
    expect((await listQuarantine(desk(here), {})).files).toEqual([]);
    here.clock.advance(aDay);
    expect((await here.audit()).violations).toEqual([]);
    const sha256 = before.release?.object?.sha256 as string;
    await resolveConflict(desk(here), here.clock, { ...conflictOf(1), sha256 }, { keep: "new" });
    await here.settle();
    expect((await line(here, uploadId, "0")).state).toBe("indexed");
  });
});

describe("a line of the ledger that was lost alone", () => {
  it("is made again, and counted where it is counted already", async () => {
    const here = await workingHospital();
    await here.receive([image(1)]);
    const { uploadId } = await here.receive([image(1, "other"), new Uint8Array(300)]);
    await lose(here, ({ type, state }) => type === "upload-file" && state !== "indexed");
    await rebuild(here);
    here.clock.advance(aDay);
    expect((await here.audit()).violations).toEqual([]);
    expect((await getLedger(desk(here), uploadId)).totals).toMatchObject({ conflict: 1, quarantined: 1 });
  });
});

describe("conflicts that were kept before objects said whose they are", () => {
  it("can be decided one by one", async () => {
    const here = await workingHospital();
    await here.receive([image(1), image(2)]);
    for (const n of [1, 2]) {
      const key = objectKeys.conflict(
        { ...here.hospital, ...at, sopUid: `${studyUid}.1.${n}` },
        sha256Hex(image(n, "other")),
      );
      const options = { contentType: "application/dicom", kmsKeyId: here.keyArn };
      await here.objects.put({ bucket: "quarantine", key }, image(n, "other"), options);
    }
    await loseTable(here);
    await rebuild(here);
    for (const n of [1, 2]) await resolveConflict(desk(here), here.clock, conflictOf(n), { keep: "new" });
    await here.settle();
    const conflicts = here.table
      .items()
      .filter(({ type }) => type === "conflict") as unknown as ConflictItem[];
    for (const { uploadId, fileId } of conflicts)
      expect((await line(here, uploadId, fileId)).state).toBe("indexed");
    here.clock.advance(aDay);
    expect((await here.audit()).violations).toEqual([]);
  });
});
