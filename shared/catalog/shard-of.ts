import { createHash } from "node:crypto";

/** Which of `shards` a name falls into: always the same, and all of them about as often. */
export const shardOf = (name: string, shards: number): number =>
  (createHash("sha256").update(name).digest()[0] as number) % shards;
