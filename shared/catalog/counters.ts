/** Sharded counters: exact when summed, and parallel writers rarely meet at one item. */
import type { Key, Table, Write } from "../ports.ts";
import { counterShards, type InstanceKey, keys, prefixes, type StudyKey, studyPartition } from "./keys.ts";
import { queryAll } from "./query-all.ts";
import { shardOf } from "./shard-of.ts";

export interface CounterItem extends Key {
  readonly type: "counter";
  readonly instances: number;
  readonly bytes: number;
  /** Present on a series' counters. */
  readonly seriesUid?: string;
}

/** One more instance, for the transaction that adds its item. */
export function countInstance(key: InstanceKey, bytes: number): readonly Write[] {
  const { region, hospital, studyUid, seriesUid, sopUid } = key;
  const shard = shardOf(sopUid, counterShards);
  const add = { instances: 1, bytes };
  const set = { type: "counter", region, hospital, studyUid };
  return [
    { op: "update", key: keys.studyCounter(key, shard), add, set },
    { op: "update", key: keys.seriesCounter(key, shard), add, set: { ...set, seriesUid } },
  ];
}

/** Other bytes in the place of an instance: the number stays, the size may not. */
export function countReplacement(key: InstanceKey, bytes: number): readonly Write[] {
  const shard = shardOf(key.sopUid, counterShards);
  return [keys.studyCounter(key, shard), keys.seriesCounter(key, shard)].map((counter) => ({
    op: "update",
    key: counter,
    add: { bytes },
  }));
}

export interface Sum {
  readonly instances: number;
  readonly bytes: number;
}

/** Exact number of instances of a study as committed. At most 16 small items. */
export async function sumStudy(table: Table, key: StudyKey): Promise<Sum> {
  return sum(await readCounters(table, key, prefixes.studyCounters));
}

/** Exact numbers by Series Instance UID. */
export async function sumSeries(table: Table, key: StudyKey): Promise<ReadonlyMap<string, Sum>> {
  const counters = await readCounters(table, key, "COUNT#SERIES#");
  const bySeries = Map.groupBy(counters, ({ seriesUid }) => seriesUid as string);
  return new Map([...bySeries].map(([seriesUid, shards]) => [seriesUid, sum(shards)]));
}

async function readCounters(table: Table, key: StudyKey, prefix: string): Promise<readonly CounterItem[]> {
  const items = await queryAll(table, { pk: studyPartition(key), prefix, consistent: true });
  return items as readonly unknown[] as readonly CounterItem[];
}

function sum(counters: readonly CounterItem[]): Sum {
  return counters.reduce(
    (total, { instances, bytes }) => ({
      instances: total.instances + instances,
      bytes: total.bytes + bytes,
    }),
    { instances: 0, bytes: 0 },
  );
}
