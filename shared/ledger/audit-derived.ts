import type { InstanceItem } from "../catalog/items.ts";
import type { StudyKey } from "../catalog/keys.ts";
import { listAll } from "../catalog/list-all.ts";
import { objectKeys, objectPrefixes } from "../object-keys.ts";
import type { StudyContents } from "./study-contents.ts";
import type { LedgerAudit } from "./walk.ts";

/** Metadata, thumbnail and frames, as the instance items promise them, against what the bucket lists. */
export async function auditDerived(
  { objects, tally }: LedgerAudit,
  key: StudyKey,
  { instances }: StudyContents,
): Promise<void> {
  if (instances.length === 0) return;
  const there = await keysOf(objects, objectPrefixes.study(key));
  for (const instance of instances) {
    const missing = promised(instance).filter((name) => !there.has(name));
    const { sopUid, seriesUid, derivedAt, indexedAt, thumbnail } = instance;
    const detail =
      thumbnail === undefined
        ? "was never derived"
        : `${missing.length} derived objects are missing, such as ${missing[0]?.split("/").slice(6).join("/")}`;
    tally.await("derived", thumbnail !== undefined && missing.length === 0, derivedAt ?? indexedAt, {
      ...{ ...key, seriesUid, sopUid },
      detail,
    });
  }
}

function promised(instance: InstanceItem): readonly string[] {
  const { sha256, thumbnail, frames = 0 } = instance;
  return [
    objectKeys.metadata(instance, sha256),
    ...(thumbnail === "ready" ? [objectKeys.thumbnail(instance, sha256)] : []),
    ...Array.from({ length: frames }, (_, index) => objectKeys.frame(instance, sha256, index + 1)),
  ];
}

async function keysOf(objects: LedgerAudit["objects"], prefix: string): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  for await (const { key } of listAll(objects, "derived", prefix)) found.add(key);
  return found;
}
