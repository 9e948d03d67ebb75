import { describe, expect, it } from "@jest/globals";
import type { Grant } from "../../../shared/access/grant.ts";
import { correctQuarantined } from "../../../shared/ingest/correct-quarantined.ts";
import { discardQuarantined } from "../../../shared/ingest/discard-quarantined.ts";
import { releaseQuarantined } from "../../../shared/ingest/release-quarantined.ts";
import { resolveConflict } from "../../../shared/ingest/resolve-conflict.ts";
import { expectArchivedOnce, expectBalanced, expectExactCounts } from "../../support/archive-checks.ts";
import { type Clinic, clinic } from "../../support/clinic.ts";
import { type Desk, desk } from "../../support/desk.ts";
import { Killed, mortal } from "../../support/mortal-worker.ts";
import { sha256Hex, sliceFile } from "../../support/slices.ts";

interface Story {
  /** Sent and ingested before. */
  readonly before: readonly Uint8Array[];
  readonly bytes: Uint8Array;
  readonly decide: (here: Clinic, grant: Grant, uploadId: string) => Promise<unknown>;
  readonly becomes: string;
  /** Changes ingest makes then, at least. */
  readonly follows: number;
}

const held = sliceFile();
const edited = sliceFile({ comment: "edited" });
const conflict = { studyUid: "1.2.826.1", sopUid: "1.2.826.1.1.1", sha256: sha256Hex(edited) };
const noImage = new TextEncoder().encode("not an image ".repeat(40));

const stories: Readonly<Record<string, Story>> = {
  "a release that is refused again": {
    before: [],
    bytes: noImage,
    decide: ({ clock }, grant, uploadId) => releaseQuarantined(grant, clock, { uploadId, fileId: "0" }),
    becomes: "quarantined",
    follows: 1,
  },
  "a corrected copy": {
    before: [],
    bytes: sliceFile({ studyUid: "", seriesUid: "1.2.3", sopUid: "1.2.3.4" }),
    decide: ({ clock }, grant, uploadId) =>
      correctQuarantined(grant, clock, { uploadId, fileId: "0" }, { studyInstanceUid: "new" }),
    becomes: "indexed",
    follows: 8,
  },
  "a discard": {
    before: [],
    bytes: noImage,
    decide: ({ clock }, grant, uploadId) =>
      discardQuarantined(grant, clock, { uploadId, fileId: "0" }, "no image"),
    becomes: "quarantined",
    follows: 0,
  },
  "a conflict whose new image is kept": {
    before: [held],
    bytes: edited,
    decide: ({ clock }, grant) => resolveConflict(grant, clock, conflict, { keep: "new" }),
    becomes: "indexed",
    follows: 6,
  },
  "a conflict of which both are kept": {
    before: [held],
    bytes: edited,
    decide: ({ clock }, grant) => resolveConflict(grant, clock, conflict, { keep: "both" }),
    becomes: "indexed",
    follows: 7,
  },
};

async function tell({ before, bytes }: Story) {
  const here = await clinic();
  const at = desk(here);
  for (const one of before) await here.ingest((await here.send([one])).landed[0]);
  const { uploadId, landed } = await here.send([bytes]);
  await here.ingest(landed[0]);
  return { here, at, uploadId };
}

/** How many changes ingest makes after the decision when nothing goes wrong. */
async function changesThatFollow(story: Story): Promise<number> {
  const { here, at, uploadId } = await tell(story);
  await story.decide(here, at.as("hospital-admin"), uploadId);
  const worker = mortal(here);
  await at.follow({ table: worker.table, objects: worker.objects });
  return worker.changes();
}

/** Follows with a worker that dies, and then with others, until nothing is left to do. */
async function followDying(
  at: Desk,
  here: Clinic,
  uploadId: string,
  dieAt: number,
  done: boolean,
): Promise<void> {
  const worker = mortal(here, { dieAt, done });
  await at.follow({ table: worker.table, objects: worker.objects }).catch((error: unknown) => {
    if (!(error instanceof Killed)) throw error;
  });
  here.clock.advance(60_001);
  // Whichever event comes again, as often as it likes: the queue's, and S3's own of the landed object.
  const file = await at.file(uploadId);
  const key = `routine/${here.hospital.hospital}/${uploadId}/${file.fileId}`;
  await here.ingest({ key });
  await here.ingest({ key });
  await at.follow();
}

/** What was taken in need not stay in quarantine: all of it is left to expire. */
function expectNothingLeftAside({ objects }: Clinic): void {
  const left = objects.keys("quarantine").map((key) => objects.tags({ bucket: "quarantine", key }));
  expect(left).toEqual(left.map(() => ({ "mic-state": "processed" })));
}

describe.each(Object.entries(stories))("%s", (_, story) => {
  it.each([false, true])("ends the same when whoever decides dies at any change (done: %s)", async (done) => {
    for (let dieAt = 1; dieAt <= 3; dieAt++) {
      const { here, at, uploadId } = await tell(story);
      const worker = mortal(here, { dieAt, done });
      await story.decide(here, at.as("hospital-admin", "one", worker), uploadId).catch((error: unknown) => {
        if (!(error instanceof Killed)) throw error;
      });
      await expectBalanced(here, uploadId);
      await story.decide(here, at.as("hospital-admin"), uploadId);
      await at.follow();
      const key = `routine/${here.hospital.hospital}/${uploadId}/0`;
      // The mortal worker's own writes were outside the stream: its event comes as a repeated one.
      await here.ingest({ key });
      expect((await at.file(uploadId)).state).toBe(story.becomes);
      await expectBalanced(here, uploadId);
      await expectExactCounts(here);
      await expectArchivedOnce(here);
    }
  });

  it.each([false, true])(
    "ends the same when ingest dies at any change that follows (done: %s)",
    async (done) => {
      const changes = await changesThatFollow(story);
      expect(changes).toBeGreaterThanOrEqual(story.follows);
      for (let dieAt = 1; dieAt <= changes; dieAt++) {
        const { here, at, uploadId } = await tell(story);
        await story.decide(here, at.as("hospital-admin"), uploadId);
        await followDying(at, here, uploadId, dieAt, done);
        expect((await at.file(uploadId)).state).toBe(story.becomes);
        if (story.becomes === "indexed") expectNothingLeftAside(here);
        await expectBalanced(here, uploadId);
        await expectExactCounts(here);
        await expectArchivedOnce(here);
      }
    },
  );
});
