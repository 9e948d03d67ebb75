import type { ClaimItem } from "../catalog/claim-item.ts";
import type { ConflictItem, Release } from "../catalog/desk-items.ts";
import type { UploadFileItem } from "../catalog/items.ts";
import { keys } from "../catalog/keys.ts";
import { objectKeys } from "../object-keys.ts";
import { supersededTag } from "../object-notes.ts";
import type { Write } from "../ports.ts";
import type { IngestDependencies } from "./dependencies.ts";

/**
 * For the transaction that quarantines the file: what was decided for its bytes in a conflict is open again, and others may
 * be let into the image's place. A decision that waits for bytes nobody can take in would hold both for ever: the file may be
 * discarded, corrected or expire at the desk. Released from there, it is in conflict as before.
 */
export async function reopenWrites(
  { table }: IngestDependencies,
  file: UploadFileItem,
): Promise<readonly Write[]> {
  const { release, uploadId, fileId, sopUid } = file;
  const sha256 = release && decidedBytes(release);
  if (sha256 === undefined || sopUid === undefined) return [];
  const claimKey = keys.claim(file, sopUid);
  const claim = (await table.get(claimKey, { consistent: true })) as ClaimItem | undefined;
  if (!claim) return [];
  const conflictKey = keys.conflict(claim, sopUid, sha256);
  const conflict = (await table.get(conflictKey, { consistent: true })) as ConflictItem | undefined;
  const decided = conflict?.resolution && conflict.uploadId === uploadId && conflict.fileId === fileId;
  return [
    ...(decided ? [without(conflictKey, "resolution")] : []),
    ...(release?.replaces !== undefined && claim.replacing === sha256
      ? [without(claimKey, "replacing")]
      : []),
  ];
}

/**
 * Once that is written: a run that got as far as saying so on the originals themselves may have died since, and a catalog made
 * again from the archive would take the refused bytes for the image. May be repeated.
 */
export async function takeBackSuccession(
  { table, objects }: IngestDependencies,
  { region, hospital, release, sopUid }: UploadFileItem,
): Promise<void> {
  const { replaces, object } = release ?? {};
  if (replaces === undefined || object === undefined || sopUid === undefined) return;
  const found = await table.get(keys.claim({ region, hospital }, sopUid), { consistent: true });
  const claim = found as ClaimItem | undefined;
  if (claim?.sha256 !== replaces || claim.replacing !== undefined) return;
  const original = (sha256: string) =>
    ({ bucket: "archive", key: objectKeys.original(claim, sha256) }) as const;
  if (await objects.head(original(object.sha256))) await objects.tag(original(object.sha256), supersededTag);
  await objects.tag(original(replaces), {});
}

/** SHA-256 of the bytes in the conflict: what is taken in where they are kept alone, what the copy was made of where both are. */
const decidedBytes = ({ was, replaces, object, correctedFrom }: Release): string | undefined => {
  if (was !== "conflict") return undefined;
  return replaces === undefined ? correctedFrom?.sha256 : object?.sha256;
};

const without = (key: ReturnType<typeof keys.claim>, attribute: string): Write => ({
  op: "update",
  key,
  remove: [attribute],
  when: [[{ attribute, is: "present" }]],
});
