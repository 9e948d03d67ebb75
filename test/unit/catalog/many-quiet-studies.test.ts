/** After a rebuild all studies of a region are open: nobody else's wait behind them, and no function holds them all. */
import { afterEach, beforeEach, expect, it, jest } from "@jest/globals";
import { closeQuietStudies } from "../../../shared/catalog/close-quiet-studies.ts";
import { openPartition, openShards } from "../../../shared/catalog/keys.ts";
import { markOpen } from "../../../shared/catalog/open-studies.ts";
import { fixedClock } from "../../support/memory/clock.ts";
import { memoryTable, type TableCall } from "../../support/memory/table.ts";
import { testRegion } from "../../support/principals.ts";

const region = testRegion;
let table = memoryTable();
let clock = fixedClock();

beforeEach(() => {
  [table, clock] = [memoryTable(), fixedClock()];
});
afterEach(() => {
  jest.restoreAllMocks();
});

async function open(hospital: string, studies: number): Promise<void> {
  for (let n = 0; n < studies; n++)
    await markOpen(table, { region, hospital, studyUid: `1.2.826.${n}` }, clock.now());
}

const stillOpen = (hospital: string): number =>
  table.items().filter((item) => item.type === "open-study" && item.hospital === hospital).length;

/** A run has time for about so many studies. */
function withTimeFor(studies: number): void {
  let now = 0;
  jest.spyOn(performance, "now").mockImplementation(() => {
    now += 180_000 / studies;
    return now;
  });
}

const run = () => closeQuietStudies({ table, clock }, region);

it("completes the few studies of others while thousands of one hospital are open, and those run by run", async () => {
  await open("aaa-restored", 6000);
  for (const hospital of ["aab-county", "mmm-county", "zzz-county"]) await open(hospital, 3);
  clock.advance(10 * 60_000);
  withTimeFor(4000);
  expect((await run()).left).toBe(true);
  const others = ["aab-county", "mmm-county", "zzz-county"].map(stillOpen);
  expect([others, stillOpen("aaa-restored") > 1000]).toEqual([[0, 0, 0], true]);
  for (let runs = 0; runs < 3; runs++) await run();
  expect(stillOpen("aaa-restored")).toBe(0);
});

it("keeps a page in memory, of however many", async () => {
  await open("aaa-restored", 3000);
  clock.advance(10 * 60_000);
  const asked: number[] = [];
  let first = true;
  table.before((call: TableCall) => {
    const ofOpen = call.operation === "query" && call.query.pk.startsWith("OPEN#");
    if (ofOpen) asked.push(call.query.limit ?? 1000);
    // Something is completed before anything else is read.
    if (ofOpen && asked.length === 2) first = stillOpen("aaa-restored") === 3000;
  });
  expect(await run()).toEqual({ completed: 3000, left: false });
  expect([Math.max(...asked), first]).toEqual([100, false]);
});

it("tries all that can be completed, whatever fails, and says how many did", async () => {
  await open("aaa-county", 200);
  await open("zzz-county", 2);
  clock.advance(10 * 60_000);
  table.before((call) => {
    if (call.operation === "get" && call.key.pk.includes("aaa-county")) throw new Error("no item");
  });
  const failed = await run().catch((error: unknown) => error);
  expect(failed).toMatchObject({ message: "200 studies could not be completed" });
  expect((failed as AggregateError).errors).toHaveLength(20);
  expect([stillOpen("aaa-county"), stillOpen("zzz-county")]).toEqual([200, 0]);
});

it("begins with another shard from run to run", async () => {
  const begun = new Set<string>();
  for (let runs = 0; runs < openShards; runs++) {
    let pk: string | undefined;
    table.before((call) => {
      if (call.operation === "query") pk ??= call.query.pk;
    });
    await run();
    begun.add(pk as string);
    clock.advance(5 * 60_000);
  }
  expect(begun).toEqual(
    new Set(Array.from({ length: openShards }, (_, shard) => openPartition(region, shard))),
  );
});
