import { describe, expect, it } from "@jest/globals";
import { keyState } from "../../../shared/access/key-state.ts";
import { sumStudy } from "../../../shared/catalog/counters.ts";
import { keys } from "../../../shared/catalog/keys.ts";
import { readStudyProgress } from "../../../shared/catalog/read-study.ts";
import { itemsOf, textOf } from "../../../shared/dicom/json-model.ts";
import { Problem } from "../../../shared/errors.ts";
import { wholeHeader } from "../../../shared/ingest/corrected-copy.ts";
import { discardQuarantined } from "../../../shared/ingest/discard-quarantined.ts";
import { listConflicts, retrieveConflicting } from "../../../shared/ingest/list-conflicts.ts";
import { releaseQuarantined } from "../../../shared/ingest/release-quarantined.ts";
import { resolveConflict } from "../../../shared/ingest/resolve-conflict.ts";
import { waitingTag } from "../../../shared/ingest/settle.ts";
import { objectKeys } from "../../../shared/object-keys.ts";
import { supersededTag } from "../../../shared/object-notes.ts";
import { compareEvidence, readInstances } from "../../../shared/report/evidence.ts";
import {
  expectArchivedOnce,
  expectBalanced,
  expectExactCounts,
  instancesOf,
} from "../../support/archive-checks.ts";
import { type Clinic, clinic } from "../../support/clinic.ts";
import { type Desk, desk } from "../../support/desk.ts";
import { Killed, mortal } from "../../support/mortal-worker.ts";
import { type Slice, sha256Hex, sliceFile } from "../../support/slices.ts";

const slice: Slice = { studyUid: "1.2.826.1", seriesUid: "1.2.826.1.1", sopUid: "1.2.826.1.1.1" };
const first = sliceFile(slice);
const edited = sliceFile({ ...slice, comment: "edited at the workstation" });
const path = { studyUid: "1.2.826.1", sopUid: "1.2.826.1.1.1", sha256: sha256Hex(edited) };

interface Story {
  readonly here: Clinic;
  readonly at: Desk;
  readonly uploads: readonly [string, string];
}

/** The first image indexed, the other one found beside it. */
async function inConflict(other: Uint8Array = edited): Promise<Story> {
  const here = await clinic();
  const at = desk(here);
  const one = await here.send([first]);
  await here.ingest(one.landed[0]);
  const two = await here.send([other]);
  expect(await here.ingest(two.landed[0])).toBe("conflict");
  return { here, at, uploads: [one.uploadId, two.uploadId] };
}

async function refused(doing: Promise<unknown>): Promise<Problem> {
  const error = await doing.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof Problem)) throw error ?? new Error("It was done");
  return error;
}

async function expectSound({ here, uploads }: Story): Promise<void> {
  for (const uploadId of uploads) await expectBalanced(here, uploadId);
  await expectExactCounts(here);
  await expectArchivedOnce(here);
}

const study = (here: Clinic) => ({ ...here.hospital, studyUid: path.studyUid });
const archived = (sha256: string) =>
  ({
    bucket: "archive",
    key: objectKeys.original(
      { ...{ region: "eu-central-1", hospital: "qinghe-county" }, ...ofSlice },
      sha256,
    ),
  }) as const;
const ofSlice = { studyUid: "1.2.826.1", seriesUid: "1.2.826.1.1", sopUid: "1.2.826.1.1.1" };

describe("somebody who looks at a conflict", () => {
  it("sees both sides, what differs, and that the pixels are the same", async () => {
    const { here, at, uploads } = await inConflict();
    const { conflicts } = await listConflicts(at.as("technician"), path.studyUid);
    expect(conflicts).toMatchObject([
      {
        sopInstanceUid: path.sopUid,
        sha256: path.sha256,
        first: { sha256: sha256Hex(first), size: first.length, uploadId: uploads[0] },
        new: { sha256: sha256Hex(edited), size: edited.length, uploadId: uploads[1] },
        pixels: "same",
        choices: ["first", "new", "both"],
      },
    ]);
    expect(conflicts[0]?.differences).toEqual([
      { tag: "00204000", vr: "LT", first: [], new: ["edited at the workstation"] },
    ]);
    expect((await readStudyProgress(here.table, study(here)))?.conflicts).toHaveLength(1);
  });

  it("sees that the pixels differ", async () => {
    const { at } = await inConflict(sliceFile({ ...slice, pixels: Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8) }));
    const { conflicts } = await listConflicts(at.as("technician"), path.studyUid);
    expect(conflicts).toMatchObject([{ pixels: "differ", differences: [] }]);
  });

  it("downloads the other bytes", async () => {
    const { here, at } = await inConflict();
    const url = await retrieveConflicting(at.as("technician"), keyState(here.keyService, here.clock), path);
    expect(url).toContain("conflict/");
  });

  it("is of the hospital: another one's administrator finds no such study", async () => {
    const { here } = await inConflict();
    const other = desk(await clinic("linjiang-city", here)).as("hospital-admin");
    expect((await refused(listConflicts(other, path.studyUid))).type).toBe("not-found");
    expect((await refused(resolveConflict(other, here.clock, path, { keep: "new" }))).type).toBe("not-found");
  });
});

describe("keeping the first", () => {
  it("closes the conflict and changes nothing else", async () => {
    const story = await inConflict();
    const { here, at, uploads } = story;
    const done = await resolveConflict(at.as("hospital-admin"), here.clock, path, { keep: "first" });
    expect(done.resolution).toMatchObject({ keep: "first", by: "user:hospital-admin-one", done: true });
    await at.follow();
    expect((await at.file(uploads[1])).state).toBe("conflict");
    expect(instancesOf(here)).toMatchObject([{ sha256: sha256Hex(first) }]);
    expect(await readStudyProgress(here.table, study(here))).toMatchObject({
      conflicts: [],
      resolvedConflicts: 1,
    });
    await expectSound(story);
  });
});

describe("keeping the new", () => {
  it("lets the instance stand for the new bytes, derives again, and keeps the first ones locked", async () => {
    const story = await inConflict();
    const { here, at, uploads } = story;
    here.clock.advance(3_600_000);
    const decided = await resolveConflict(at.as("hospital-admin"), here.clock, path, {
      keep: "new",
      reason: "ticket 7",
    });
    expect(decided.resolution).toMatchObject({ keep: "new", done: false });
    await expectBalanced(here, uploads[1]);
    await at.follow();

    const [instance, ...more] = instancesOf(here);
    expect(more).toEqual([]);
    expect(instance).toMatchObject({
      sha256: sha256Hex(edited),
      size: edited.length,
      superseded: [{ sha256: sha256Hex(first), size: first.length }],
    });
    expect(await at.file(uploads[1])).toMatchObject({ state: "indexed", sopUid: path.sopUid });
    const { conflicts } = await listConflicts(at.as("technician"), path.studyUid);
    expect(conflicts).toMatchObject([
      {
        first: { sha256: sha256Hex(first), size: first.length },
        new: { sha256: sha256Hex(edited) },
        choices: [],
        resolution: { keep: "new", done: true },
      },
    ]);
    expect(await sumStudy(here.table, study(here))).toEqual({ instances: 1, bytes: edited.length });
    expect((await here.objects.head(archived(sha256Hex(first))))?.retainUntil).toBeDefined();
    expect((await here.objects.head(archived(sha256Hex(edited))))?.retainUntil).toBeDefined();
    expect(here.objects.tags(archived(sha256Hex(first)))).toEqual({ "mic-state": "superseded" });
    expect(here.objects.tags(archived(sha256Hex(edited)))).toEqual({});
    expect(at.queue.sent()).toMatchObject([{ sha256: sha256Hex(edited) }]);
    await expectSound(story);
  });

  it("is told by reports that were signed over the first", async () => {
    const { here, at } = await inConflict();
    const signed = await readInstances(here.table, study(here));
    await resolveConflict(at.as("hospital-admin"), here.clock, path, { keep: "new" });
    await at.follow();
    const check = compareEvidence(signed, await readInstances(here.table, study(here)));
    expect(check).toMatchObject({ unchanged: 0, altered: [{ sha256: sha256Hex(first) }], missing: [] });
  });

  it("knows the first bytes again when they are sent once more", async () => {
    const story = await inConflict();
    const { here, at } = story;
    await resolveConflict(at.as("hospital-admin"), here.clock, path, { keep: "new" });
    await at.follow();
    const again = await here.send([first]);
    expect(await here.ingest(again.landed[0])).toBe("duplicate");
    const other = await here.send([edited]);
    expect(await here.ingest(other.landed[0])).toBe("duplicate");
    await expectSound(story);
  });

  it("puts the study's legal hold on the new bytes, and leaves it on the first", async () => {
    const { here, at } = await inConflict();
    await here.table.write([
      { op: "update", key: keys.study(study(here)), set: { legalHold: { reason: "x", by: "y", at: "z" } } },
    ]);
    await resolveConflict(at.as("hospital-admin"), here.clock, path, { keep: "new" });
    await at.follow();
    expect((await here.objects.head(archived(sha256Hex(edited))))?.legalHold).toBe(true);
  });

  it("is refused where the new image says it is of another series", async () => {
    const moved = sliceFile({ ...slice, seriesUid: "1.2.826.1.2" });
    const { here, at } = await inConflict(moved);
    const other = { ...path, sha256: sha256Hex(moved) };
    const admin = at.as("hospital-admin");
    expect((await listConflicts(admin, path.studyUid)).conflicts).toMatchObject([
      { choices: ["first", "both"] },
    ]);
    expect((await refused(resolveConflict(admin, here.clock, other, { keep: "new" }))).type).toBe("conflict");
    await resolveConflict(admin, here.clock, other, { keep: "both" });
    await at.follow();
    expect(instancesOf(here)).toHaveLength(2);
  });
});

describe("keeping both", () => {
  it("indexes a copy of the new bytes under a UID of its own, which says whose it was", async () => {
    const story = await inConflict();
    const { here, at, uploads } = story;
    const { resolution } = await resolveConflict(at.as("hospital-admin"), here.clock, path, { keep: "both" });
    await at.follow();

    const copy = instancesOf(here).find(({ sopUid }) => sopUid !== path.sopUid);
    expect(copy).toMatchObject({
      sopUid: resolution.sopInstanceUid,
      seriesUid: slice.seriesUid,
      correctedFrom: { sha256: sha256Hex(edited) },
    });
    expect(copy?.sopUid).toMatch(/^2\.25\./);
    const bytes = await here.objects.read({
      bucket: "archive",
      key: objectKeys.original(copy as never, copy?.sha256 ?? ""),
    });
    const [item] = itemsOf(wholeHeader(bytes).dataset, "04000561");
    expect(textOf(itemsOf(item ?? {}, "04000550")[0] ?? {}, "00080018")).toBe(path.sopUid);
    expect(textOf(item ?? {}, "04000565")).toBe("COERCE");
    expect(await at.file(uploads[1])).toMatchObject({ state: "indexed", sopUid: copy?.sopUid });
    await expectSound(story);
  });
});

describe.each(["new", "both"] as const)("a decision to keep %s that cannot be carried out", (keep) => {
  /** The hospital is given another key, so that the bytes lie under one that is no longer its own; `back` undoes it. */
  async function refusedAfterDeciding() {
    const story = await inConflict();
    const { here, at } = story;
    const underKey = (keyArn: string) =>
      here.table.write([{ op: "update", key: keys.hospital(here.hospital), set: { keyArn } }]);
    await resolveConflict(at.as("hospital-admin"), here.clock, path, { keep });
    await underKey(await here.keyService.createGroupKey("another"));
    await at.follow();
    const { uploads } = story;
    expect(await at.file(uploads[1])).toMatchObject({
      state: "quarantined",
      reason: { code: "wrong-key" },
    });
    return { ...story, desk: { uploadId: uploads[1], fileId: "0" }, back: () => underKey(here.keyArn) };
  }
  const kept = {
    bucket: "quarantine",
    key: objectKeys.conflict({ region: "eu-central-1", hospital: "qinghe-county", ...ofSlice }, path.sha256),
  } as const;

  it("is open again, and says that the bytes must be released first", async () => {
    const { here, at } = await refusedAfterDeciding();
    const { conflicts } = await listConflicts(at.as("technician"), path.studyUid);
    expect(conflicts.map(({ resolution }) => resolution)).toEqual([undefined]);
    const problem = await refused(
      resolveConflict(at.as("hospital-admin"), here.clock, path, { keep: "new" }),
    );
    expect(problem).toMatchObject({ type: "conflict", detail: expect.stringContaining("Release them") });
    const first = await resolveConflict(at.as("hospital-admin"), here.clock, path, { keep: "first" });
    expect(first.resolution).toMatchObject({ keep: "first", done: true });
  });

  it("keeps the bytes when they are released, and is decided again", async () => {
    const story = await refusedAfterDeciding();
    const { here, at, uploads, desk: file, back } = story;
    await back();
    await releaseQuarantined(at.as("technician"), here.clock, file);
    await at.follow();
    expect((await at.file(uploads[1])).state).toBe("conflict");
    expect(here.objects.tags(kept)).toEqual(waitingTag);
    // Whoever delivers the event again changes nothing.
    await here.ingest({ key: `routine/${here.hospital.hospital}/${file.uploadId}/0` });
    expect(here.objects.tags(kept)).toEqual(waitingTag);

    await resolveConflict(at.as("hospital-admin", "two"), here.clock, path, { keep: "new" });
    await at.follow();
    expect(await at.file(uploads[1])).toMatchObject({ state: "indexed" });
    expect(instancesOf(here)).toMatchObject([{ sha256: path.sha256 }]);
    await expectSound(story);
  });

  it("leaves nothing of the file that does not expire when it is given up", async () => {
    const { here, at, desk: file } = await refusedAfterDeciding();
    await discardQuarantined(at.as("hospital-admin"), here.clock, file, "of no use");
    await at.follow();
    const aside = here.objects.keys("quarantine");
    expect(aside).toHaveLength(keep === "new" ? 1 : 2);
    for (const key of aside)
      expect([key, here.objects.tags({ bucket: "quarantine", key })]).toEqual([
        key,
        { "mic-state": "processed" },
      ]);
  });

  it("lets other bytes take the image's place when the file is given up", async () => {
    const { here, at, desk: file, back } = await refusedAfterDeciding();
    await back();
    await discardQuarantined(at.as("hospital-admin"), here.clock, file, "of no use");
    await at.follow();
    const third = sliceFile({ ...slice, comment: "edited twice" });
    const { landed } = await here.send([third]);
    expect(await here.ingest(landed[0])).toBe("conflict");
    const other = { ...path, sha256: sha256Hex(third) };
    await resolveConflict(at.as("hospital-admin"), here.clock, other, { keep: "new" });
    await at.follow();
    expect(instancesOf(here)).toMatchObject([{ sha256: sha256Hex(third) }]);
  });
});

it("a decision to keep new that its worker began and that was taken back leaves the first bytes those that count, wherever it died", async () => {
  for (let dieAt = 1; ; dieAt++) {
    const { here, at, uploads } = await inConflict();
    await resolveConflict(at.as("hospital-admin"), here.clock, path, { keep: "new" });
    const died = await at.follow(mortal(here, { dieAt, done: true })).then(
      () => false,
      (error: unknown) => error instanceof Killed,
    );
    if (!died || (await at.file(uploads[1])).state === "indexed") return;
    here.clock.advance(60_001);
    const keyArn = await here.keyService.createGroupKey("another");
    await here.table.write([{ op: "update", key: keys.hospital(here.hospital), set: { keyArn } }]);
    await here.ingest({ key: `routine/${here.hospital.hospital}/${uploads[1]}/0` });
    expect((await at.file(uploads[1])).state).toBe("quarantined");
    expect([dieAt, here.objects.tags(archived(sha256Hex(first)))]).toEqual([dieAt, {}]);
    if (await here.objects.head(archived(path.sha256)))
      expect([dieAt, here.objects.tags(archived(path.sha256))]).toEqual([dieAt, supersededTag]);
  }
});

describe("two administrators at once", () => {
  it.each([
    ["first", "new"],
    ["new", "both"],
    ["both", "first"],
  ] as const)("decide once: %s or %s, and who lost is told", async (one, two) => {
    const story = await inConflict();
    const { here, at } = story;
    const ends = await Promise.allSettled([
      resolveConflict(at.as("hospital-admin", "one"), here.clock, path, { keep: one }),
      resolveConflict(at.as("hospital-admin", "two"), here.clock, path, { keep: two }),
    ]);
    const lost = ends.flatMap((end) => (end.status === "rejected" ? [end.reason as Problem] : []));
    expect(lost).toMatchObject([
      { type: "conflict", extensions: { resolution: { by: expect.any(String) } } },
    ]);
    await at.follow();
    await expectSound(story);
  });

  it("answers who repeats the same decision", async () => {
    const { here, at } = await inConflict();
    const admin = at.as("hospital-admin");
    const once = await resolveConflict(admin, here.clock, path, { keep: "both" });
    await at.follow();
    const again = await resolveConflict(admin, here.clock, path, { keep: "both" });
    expect(again).toEqual({ ...once, resolution: { ...once.resolution, done: true } });
  });

  it("lets one of two other images take the place at a time", async () => {
    const { here, at } = await inConflict();
    const third = sliceFile({ ...slice, comment: "edited twice" });
    const { landed } = await here.send([third]);
    await here.ingest(landed[0]);
    const other = { ...path, sha256: sha256Hex(third) };
    const admin = at.as("hospital-admin");
    await resolveConflict(admin, here.clock, path, { keep: "new" });
    expect((await refused(resolveConflict(admin, here.clock, other, { keep: "new" }))).type).toBe("conflict");
    await at.follow();
    await resolveConflict(admin, here.clock, other, { keep: "new" });
    await at.follow();
    expect(instancesOf(here)).toMatchObject([
      { sha256: sha256Hex(third), superseded: [{ sha256: sha256Hex(first) }, { sha256: sha256Hex(edited) }] },
    ]);
  });
});
