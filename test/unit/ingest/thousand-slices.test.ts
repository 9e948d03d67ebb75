import { setImmediate as returned } from "node:timers/promises";
import { describe, expect, it } from "@jest/globals";
import { sumSeries, sumStudy } from "../../../shared/catalog/counters.ts";
import { Transient } from "../../../shared/errors.ts";
import type { LandedObject } from "../../../shared/ingest/ingest-object.ts";
import { expectArchivedOnce, expectBalanced } from "../../support/archive-checks.ts";
import { type Clinic, clinic } from "../../support/clinic.ts";
import { mortal } from "../../support/mortal-worker.ts";
import { sliceFile } from "../../support/slices.ts";

const studyUid = "1.2.826.5";
const perSeries = 250;
const files = Array.from({ length: 1000 }, (_, index) => {
  const seriesUid = `${studyUid}.${Math.floor(index / perSeries) + 1}`;
  return sliceFile({ studyUid, seriesUid, sopUid: `${seriesUid}.${index + 1}` });
});

/** Repeatable: a test that fails must fail again. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) & 0x7fffffff;
    return state / 0x7fffffff;
  };
}

/** Lambdas side by side: each call lets the others go first for a while, and messages that fail come back. */
async function ingestInParallel(here: Clinic, events: LandedObject[], workers: number): Promise<void> {
  const random = randomFrom(7);
  const pause = async () => {
    for (let turns = Math.floor(random() * 4); turns > 0; turns--) await Promise.resolve();
  };
  const work = async () => {
    for (let event = events.shift(); event; event = events.shift()) {
      try {
        await here.ingest(event, mortal(here, { pause }));
      } catch (error) {
        if (!(error instanceof Transient)) throw error;
        events.push(event);
        await returned();
      }
    }
  };
  await Promise.all(Array.from({ length: workers }, work));
}

describe("a study of 1,000 slices ingested by 24 workers at once, every event delivered twice", () => {
  it("has exactly 1,000 instances in four series, each archived once", async () => {
    const here = await clinic();
    const { landed, uploadId } = await here.send(files);
    const events = [...landed, ...landed].toSorted((a, b) =>
      (a.key.at(-1) ?? "") < (b.key.at(-1) ?? "") ? -1 : 1,
    );
    await ingestInParallel(here, events, 24);

    const key = { ...here.hospital, studyUid };
    expect((await sumStudy(here.table, key)).instances).toBe(1000);
    const series = await sumSeries(here.table, key);
    expect([...series.values()].map(({ instances }) => instances)).toEqual([250, 250, 250, 250]);
    expect((await here.ledger(uploadId)).totals).toMatchObject({ indexed: 1000 });
    await expectBalanced(here, uploadId);
    await expectArchivedOnce(here);
  });

  it("spreads its counts over many items, so that no two writers need the same one often", async () => {
    const here = await clinic();
    const { landed } = await here.send(files.slice(0, 200));
    await ingestInParallel(here, [...landed], 8);
    const shards = here.table.items().filter(({ sk }) => sk.startsWith("COUNT#STUDY#"));
    expect(shards).toHaveLength(16);
    for (const { instances } of shards) expect(instances).toBeLessThan(30);
  });
});
