/** Everything of an instance that lies locked in the archive: its original, and what is kept beside it. */
import { createHash } from "node:crypto";
import type { ClaimItem } from "../catalog/claim-item.ts";
import type { InstanceItem, StudyItem } from "../catalog/items.ts";
import { archivedOf, originalOf } from "../catalog/original-of.ts";
import { KeyUnavailable } from "../errors.ts";
import { sha256InKey } from "../object-keys.ts";
import type { ObjectHead, ObjectRef } from "../ports.ts";
import type { LedgerAudit } from "./walk.ts";

/** Hashing this much takes a request about ten seconds. */
const hashedAtMost = 768 * 1024 * 1024;

interface Locked {
  readonly instance: InstanceItem;
  readonly ref: ObjectRef;
  /** Its key's. */
  readonly sha256: string;
  /** Where the catalog says it: of a source it does not, nor of bytes before they were corrected. */
  readonly size: number | undefined;
  readonly until: string | undefined;
}

/** One HEAD for each object. */
export async function auditLocked(
  audit: LedgerAudit,
  instance: InstanceItem,
  study: StudyItem | undefined,
  claim: ClaimItem | undefined,
): Promise<void> {
  for (const ref of archivedOf(instance)) {
    const locked = lockedFrom(instance, ref, claim);
    const head = await headOf(audit, locked);
    if (!head) continue;
    auditKey(audit, locked, head);
    auditLock(audit, locked, head, study);
    await auditBytes(audit, locked, head);
  }
}

/** What gave way stays locked as it was: it is no longer what the study is kept for. */
function lockedFrom(instance: InstanceItem, ref: ObjectRef, claim: ClaimItem | undefined): Locked {
  const sha256 = sha256InKey(ref.key);
  const own = ref.key === originalOf(instance).key;
  const former = own ? undefined : instance.superseded?.find((one) => one.sha256 === sha256);
  return {
    ...{ instance, ref, sha256 },
    size: own ? instance.size : former?.size,
    until: former ? undefined : claim?.retainUntil,
  };
}

/** Undefined, and counted, where it is not there or its key may not be used. */
async function headOf(audit: LedgerAudit, locked: Locked): Promise<ObjectHead | undefined> {
  const { objects, tally } = audit;
  const { ref, size } = locked;
  try {
    const head = await objects.head(ref);
    tally.examine("original", head !== undefined && (size === undefined || head.size === size), {
      ...named(locked),
      detail: head
        ? `has ${head.size} bytes in the archive, ${size} in the catalog`
        : "its version is not in the archive",
    });
    return head;
  } catch (error) {
    if (!(error instanceof KeyUnavailable)) throw error;
    tally.examine("encrypted", false, { ...named(locked), detail: "its key may not be used now" });
    return undefined;
  }
}

function auditKey({ tally }: LedgerAudit, locked: Locked, { kmsKeyId }: ObjectHead): void {
  tally.examine("encrypted", sameKey(kmsKeyId, locked.instance.keyArn), {
    ...named(locked),
    detail: "lies under another key than its hospital's",
  });
}

/** An ARN and a bare id may name one key. */
function sameKey(kmsKeyId: string | undefined, keyArn: string): boolean {
  const idOf = (name: string): string => name.slice(name.lastIndexOf("/") + 1);
  return kmsKeyId !== undefined && idOf(kmsKeyId) === idOf(keyArn);
}

function auditLock(
  { tally }: LedgerAudit,
  locked: Locked,
  { retainUntil, legalHold = false }: ObjectHead,
  study: StudyItem | undefined,
): void {
  const { instance, until } = locked;
  const kept = retainUntil !== undefined && (until === undefined || retainUntil >= new Date(until));
  const held = study?.legalHold !== undefined;
  const detail = kept
    ? `is ${held ? "not " : ""}held, and its study is ${held ? "" : "not"}`
    : `is locked until ${retainUntil?.toISOString() ?? "no day"}, not ${until}`;
  // The hold follows the item, on record first.
  const since = study?.legalHold?.at ?? instance.indexedAt;
  tally.await("locked", kept && held === legalHold, since, { ...named(locked), detail });
}

/** S3 computed the SHA-256 of the whole when it made the copy; what it holds none of is read, when asked and not too large. */
async function auditBytes(audit: LedgerAudit, locked: Locked, head: ObjectHead): Promise<void> {
  const { objects, tally, verifyBytes, budget } = audit;
  const { ref, sha256 } = locked;
  const detail = "its bytes have another SHA-256 than its key";
  if (head.sha256 !== undefined)
    return tally.examine("bytes", head.sha256 === sha256, { ...named(locked), detail });
  if (!verifyBytes || head.size > hashedAtMost) return tally.explain("bytes");
  const hash = createHash("sha256");
  for await (const chunk of await objects.stream(ref)) hash.update(chunk);
  budget.spend(Math.ceil(head.size / (1024 * 1024)));
  tally.examine("bytes", hash.digest("hex") === sha256, { ...named(locked), detail });
}

const named = ({ instance: { studyUid, seriesUid, sopUid }, sha256 }: Locked) => ({
  ...{ studyUid, seriesUid, sopUid, sha256 },
});
