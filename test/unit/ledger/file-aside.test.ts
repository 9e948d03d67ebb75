/** How long a file may rightly be under way, and how long its bytes are rightly kept. */
import { expect, it } from "@jest/globals";
import type { ConflictItem } from "../../../shared/catalog/desk-items.ts";
import { keptUntil, quarantineDays } from "../../../shared/ingest/index-quarantined.ts";
import { releaseQuarantined } from "../../../shared/ingest/release-quarantined.ts";
import { resolveConflict } from "../../../shared/ingest/resolve-conflict.ts";
import { stagedDays } from "../../../shared/ingest/settle.ts";
import { objectKeys } from "../../../shared/object-keys.ts";
import { longestUnderWaySeconds } from "../../../shared/work-limits.ts";
import { expire } from "../../support/faults/operators.ts";
import { admin } from "../../support/rebuild.ts";
import { sliceFile } from "../../support/slices.ts";
import { type WorkingHospital, workingHospital } from "../../support/working-hospital.ts";

const aDay = 24 * 60 * 60 * 1000;

/** A file that waited 80 days, and was refused again when it was released then. */
async function refusedAgain(): Promise<{ here: WorkingHospital; letExpire: () => Promise<void> }> {
  const here = await workingHospital();
  const { uploadId } = await here.receive([sliceFile({ studyUid: "" })]);
  here.clock.advance(80 * aDay);
  const grant = { ...admin(here, "desk"), table: here.stream.table };
  await releaseQuarantined(grant, here.clock, { uploadId, fileId: "0" });
  await here.settle();
  const key = objectKeys.quarantine(here.hospital, uploadId, "0");
  const landing = objectKeys.landing({ ...here.hospital, priority: "routine", uploadId, fileId: "0" });
  await here.objects.delete({ bucket: "landing", key: landing });
  return { here, letExpire: () => here.objects.delete({ bucket: "quarantine", key }) };
}

it("does not miss the bytes of a file that was refused again once the days since that are over", async () => {
  const { here, letExpire } = await refusedAgain();
  here.clock.advance((quarantineDays + 1) * aDay);
  await letExpire();
  expect((await here.audit()).violations).toEqual([]);
});

it("misses them before", async () => {
  const { here, letExpire } = await refusedAgain();
  await letExpire();
  expect((await here.audit()).violations).toMatchObject([{ check: "file-aside" }]);
});

it("tells the desk that they are kept as long as those of any other file", async () => {
  const { here } = await refusedAgain();
  const [file] = here.table.items().filter(({ type }) => type === "upload-file");
  const until = keptUntil(file?.quarantinedAt as string);
  const left = (until.getTime() - here.clock.now().getTime()) / aDay;
  expect(Math.round(left)).toBe(quarantineDays);
});

it.each(["new", "both"] as const)(
  "explains a file in conflict whose bytes were taken in by way of another that held the same (keep %s)",
  async (keep) => {
    const here = await workingHospital();
    const other = sliceFile({ comment: "other" });
    for (const bytes of [sliceFile(), other, other]) await here.receive([bytes]);
    const [conflict] = here.table.items().filter(({ type }) => type === "conflict");
    const { studyUid, sopUid, sha256 } = conflict as unknown as ConflictItem;
    const grant = { ...admin(here, "desk"), table: here.stream.table };
    await resolveConflict(grant, here.clock, { studyUid, sopUid, sha256 }, { keep });
    await here.settle();
    here.clock.advance(4 * aDay);
    await expire(here);
    expect(here.objects.keys("quarantine")).toEqual([]);
    expect((await here.audit()).violations).toEqual([]);
  },
);

it("knows that what was made of a photograph by a worker that died goes by its age", async () => {
  const here = await workingHospital();
  const { uploadId } = await here.receive([sliceFile()]);
  const file = { ...here.hospital, uploadId, fileId: "0", priority: "routine" } as const;
  const key = objectKeys.converted(file, "a".repeat(64));
  await here.objects.put({ bucket: "landing", key }, new Uint8Array(9), { contentType: "application/dicom" });
  here.clock.advance((stagedDays - 1) * aDay);
  await expire(here);
  expect((await here.audit()).violations).toEqual([]);
  here.clock.advance(4 * aDay);
  expect((await here.audit()).violations).toMatchObject([{ check: "landing" }]);
  await expire(here);
  expect((await here.audit()).violations).toEqual([]);
});

it("calls a file whose workers die one after another under way until the last has had its time", async () => {
  const here = await workingHospital();
  await here.send([sliceFile()]);
  here.clock.advance(longestUnderWaySeconds * 1000 - 60_000);
  expect((await here.audit()).violations).toEqual([]);
  here.clock.advance(120_000);
  expect((await here.audit()).violations.map(({ check }) => check).sort()).toEqual([
    "file-moving",
    "landing",
  ]);
  // Twelve workers that die leave it to the visibility timeout of 16 minutes each time.
  expect(longestUnderWaySeconds).toBeGreaterThanOrEqual(12 * 16 * 60);
});
