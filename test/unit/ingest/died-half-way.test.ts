import { describe, expect, it } from "@jest/globals";
import type { EncounterClass } from "../../../shared/catalog/items.ts";
import { expectArchivedOnce, expectBalanced, expectExactCounts } from "../../support/archive-checks.ts";
import { clinic } from "../../support/clinic.ts";
import { Killed, mortal } from "../../support/mortal-worker.ts";
import { sliceFile } from "../../support/slices.ts";

interface Story {
  readonly before: readonly { readonly bytes: Uint8Array; readonly encounterClass: EncounterClass }[];
  readonly bytes: Uint8Array;
  readonly becomes: string;
}

const notDicom = new TextEncoder().encode("not an image ".repeat(40));
const held = { bytes: sliceFile(), encounterClass: "outpatient" } as const;

const stories: Readonly<Record<string, Story>> = {
  "a first image": { before: [], bytes: sliceFile(), becomes: "indexed" },
  "the second image of a study": {
    before: [held],
    bytes: sliceFile({ sopUid: "1.2.826.1.1.2" }),
    becomes: "indexed",
  },
  "a duplicate that asks for longer retention": { before: [held], bytes: held.bytes, becomes: "duplicate" },
  "a conflict": { before: [held], bytes: sliceFile({ comment: "edited" }), becomes: "conflict" },
  "a file that is no image": { before: [], bytes: notDicom, becomes: "quarantined" },
};

async function tell(story: Story) {
  const here = await clinic();
  for (const { bytes, encounterClass } of story.before) {
    const { landed } = await here.send([bytes], { encounterClass });
    await here.ingest(landed[0]);
  }
  return { here, ...(await here.send([story.bytes], { encounterClass: "inpatient" })) };
}

/** How many changes the run makes when nothing goes wrong. */
async function changesOf(story: Story): Promise<number> {
  const { here, landed } = await tell(story);
  const worker = mortal(here);
  await here.ingest(landed[0], worker);
  return worker.changes();
}

describe.each(Object.entries(stories))("%s", (_, story) => {
  it.each([false, true])("ends the same when its worker dies at any change (done: %s)", async (done) => {
    const changes = await changesOf(story);
    expect(changes).toBeGreaterThan(2);
    for (let dieAt = 1; dieAt <= changes; dieAt++) {
      const { here, landed, uploadId } = await tell(story);
      const worker = mortal(here, { dieAt, done });
      await expect(here.ingest(landed[0], worker)).rejects.toThrow(Killed);
      here.clock.advance(60_001);
      await here.ingest(landed[0]);
      await here.ingest(landed[0]);

      expect((await here.ledger(uploadId)).files[0]?.state).toBe(story.becomes);
      await expectBalanced(here, uploadId);
      await expectExactCounts(here);
      await expectArchivedOnce(here);
      const tags = here.objects.tags({ bucket: "landing", key: landed[0]?.key ?? "" });
      expect(tags).toEqual({ "mic-state": "processed" });
    }
  });
});

describe("a study whose first worker died between its item and its search items", () => {
  it("is made searchable by the next image", async () => {
    const { here, landed } = await tell({ before: [], bytes: sliceFile(), becomes: "indexed" });
    const other = await here.send([sliceFile({ sopUid: "1.2.826.1.1.2" })]);
    const complete = await tell({ before: [], bytes: sliceFile(), becomes: "indexed" });
    await complete.here.ingest(complete.landed[0]);
    const finds = (items: readonly { readonly type?: unknown; readonly sk: string }[]) =>
      items.filter(({ type }) => type === "find").map(({ sk }) => sk);

    for (let dieAt = 1; dieAt <= 12; dieAt++) {
      await here.ingest(landed[0], mortal(here, { dieAt })).catch(() => undefined);
      here.clock.advance(60_001);
    }
    await here.ingest(other.landed[0]);
    expect(finds(here.table.items())).toEqual(finds(complete.here.table.items()));
  });
});
