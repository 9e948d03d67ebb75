import { describe, it } from "@jest/globals";
import fc from "fast-check";
import type { LandedObject } from "../../shared/ingest/ingest-object.ts";
import { expectArchivedOnce, expectBalanced, expectExactCounts } from "../support/archive-checks.ts";
import { type Clinic, clinic } from "../support/clinic.ts";
import { mortal } from "../support/mortal-worker.ts";
import { sliceFile } from "../support/slices.ts";

/** A handful of UIDs, so that duplicates, conflicts and shared series happen all the time. */
const file = fc.record({
  series: fc.integer({ min: 1, max: 2 }),
  instance: fc.integer({ min: 1, max: 3 }),
  variant: fc.constantFrom("as scanned", "edited"),
  broken: fc.constantFrom(false, false, false, true),
});
type File = { series: number; instance: number; variant: string; broken: boolean };

const bytesOf = ({ series, instance, variant, broken }: File): Uint8Array => {
  if (broken) return new TextEncoder().encode(`no image ${series} ${instance} ${variant} `.repeat(20));
  const seriesUid = `1.2.826.9.${series}`;
  return sliceFile({
    studyUid: "1.2.826.9",
    seriesUid,
    sopUid: `${seriesUid}.${instance}`,
    comment: variant,
  });
};

const upload = fc.record({
  files: fc.array(file, { minLength: 1, maxLength: 5 }),
  encounterClass: fc.constantFrom("outpatient" as const, "inpatient" as const, "unknown" as const),
});

/** One delivery of one event: to which worker's fate. */
const delivery = fc.record({
  which: fc.nat(),
  dieAt: fc.option(fc.integer({ min: 1, max: 30 }), { nil: undefined, freq: 2 }),
  done: fc.boolean(),
  /** Deliveries of one wave run side by side. */
  wave: fc.integer({ min: 0, max: 3 }),
});
type Delivery = { which: number; dieAt: number | undefined; done: boolean; wave: number };

async function deliver(
  here: Clinic,
  events: readonly LandedObject[],
  plan: Delivery,
  pause: () => Promise<void>,
) {
  const event = events[plan.which % events.length];
  const { dieAt, done } = plan;
  const worker = mortal(here, { pause, done, ...(dieAt !== undefined && { dieAt }) });
  await here.ingest(event, worker).catch(() => undefined);
}

describe("whatever is sent, delivered twice, late, out of order, side by side, to workers that die", () => {
  it("ends with a ledger that balances, exact counts and every accepted byte archived once", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(upload, { minLength: 1, maxLength: 3 }),
        fc.array(delivery, { maxLength: 20 }),
        fc.scheduler(),
        async (uploads, deliveries, scheduler) => {
          const here = await clinic();
          const sent = [];
          for (const { files, encounterClass } of uploads)
            sent.push(await here.send(files.map(bytesOf), { encounterClass }));
          const events = sent.flatMap(({ landed }) => landed);

          for (const wave of Map.groupBy(deliveries, (plan) => plan.wave).values()) {
            const pause = () => scheduler.schedule(Promise.resolve());
            await scheduler.waitFor(Promise.all(wave.map((plan) => deliver(here, events, plan, pause))));
            for (const { uploadId } of sent) await expectBalanced(here, uploadId);
            await expectExactCounts(here);
            await expectArchivedOnce(here);
            here.clock.advance(60_001);
          }
          for (const event of events) await here.ingest(event);

          for (const { uploadId } of sent) {
            await expectBalanced(here, uploadId);
            const { totals } = await here.ledger(uploadId);
            if (totals.awaiting + totals.stored > 0) throw new Error("A file was left behind");
          }
          await expectExactCounts(here);
          await expectArchivedOnce(here);
        },
      ),
      { numRuns: 200 },
    );
  }, 120_000);
});
