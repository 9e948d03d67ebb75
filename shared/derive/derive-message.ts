/** What the derive queue carries: which original to derive from. Identifiers only. */
import type { InstanceItem } from "../catalog/items.ts";
import type { InstanceKey } from "../catalog/keys.ts";
import type { Priority } from "../object-keys.ts";

export interface DeriveMessage extends InstanceKey {
  readonly sha256: string;
  readonly priority: Priority;
}

export function deriveMessageOf(instance: InstanceItem): DeriveMessage {
  const { region, hospital, studyUid, seriesUid, sopUid, sha256, priority } = instance;
  return { region, hospital, studyUid, seriesUid, sopUid, sha256, priority };
}
