import type { InstanceItem } from "./items.ts";
import { counterShards, keys } from "./keys.ts";
import { shardOf } from "./shard-of.ts";

export interface Sum {
  readonly instances: number;
  readonly bytes: number;
}

/** What every counter item of the study must hold, by its sort key. */
export function expectedCounters(instances: readonly InstanceItem[]): ReadonlyMap<string, Sum> {
  const sums = new Map<string, Sum>();
  for (const instance of instances) {
    const shard = shardOf(instance.sopUid, counterShards);
    for (const { sk } of [keys.studyCounter(instance, shard), keys.seriesCounter(instance, shard)]) {
      const sum = sums.get(sk) ?? { instances: 0, bytes: 0 };
      sums.set(sk, { instances: sum.instances + 1, bytes: sum.bytes + instance.size });
    }
  }
  return sums;
}
