import type { ClaimItem } from "../catalog/claim-item.ts";
import { followLegalHold } from "../catalog/follow-legal-hold.ts";
import type { InstanceItem } from "../catalog/items.ts";
import { type InstanceKey, keys } from "../catalog/keys.ts";
import { archivedOf, originalOf } from "../catalog/original-of.ts";
import { followChoice } from "../characters/follow-choice.ts";
import type { Write } from "../ports.ts";
import { archiveUncorrected } from "./archive-original.ts";
import { fileAudit } from "./audit-write.ts";
import type { IngestDependencies } from "./dependencies.ts";
import { finalWrites } from "./file-state.ts";
import type { LandedFile } from "./landed-file.ts";

/**
 * The instance stands for this very file, and its line does not say so: a worker archived the bytes and died, and a rebuild
 * of the catalog found them in the archive and indexed them. What is left to do is what a rebuild cannot: the line, and what
 * a corrected copy was made of.
 */
export async function finishIndexed(
  deps: IngestDependencies,
  landed: LandedFile,
  committed: ClaimItem,
): Promise<void> {
  const { file } = landed;
  const { region, hospital, studyUid, seriesUid, sopUid } = committed;
  const key: InstanceKey = { region, hospital, studyUid, seriesUid, sopUid };
  // Whoever commits a claim says until when.
  const until = new Date(committed.retainUntil as string);
  const correctedFrom = await archiveUncorrected(deps, key, landed, until);
  const stands = { attribute: "sha256", is: "=", value: committed.sha256 } as const;
  const instance: Write = correctedFrom
    ? { op: "update", key: keys.instance(key), set: { correctedFrom }, when: [[stands]] }
    : { op: "check", key: keys.instance(key), when: [[stands]] };
  await deps.table.write([
    instance,
    ...finalWrites(file, "indexed", deps.clock.now(), { studyUid, seriesUid, sopUid }),
    fileAudit(deps, "indexInstance", file, { studyUid, seriesUid, sopUid }),
  ]);
  await followAgain(deps, key);
}

/** A run may have died between its commit and the legal hold of the study, or the character set of its text. */
export async function followAgain(deps: IngestDependencies, key: InstanceKey): Promise<void> {
  const found = await deps.table.get(keys.instance(key), { consistent: true });
  if (!found) return;
  const instance = found as InstanceItem;
  const study = await followLegalHold(deps, key, archivedOf(instance), false);
  await followChoice(deps, key, [{ instance, ref: originalOf(instance) }], study);
}
