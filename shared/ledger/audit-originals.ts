/** A study's originals: each archived once, indexed, and as its item and its claim say. */
import { createHash } from "node:crypto";
import type { ClaimItem } from "../catalog/claim-item.ts";
import type { InstanceItem } from "../catalog/items.ts";
import { keys, type StudyKey } from "../catalog/keys.ts";
import { originalOf, sourceOf } from "../catalog/original-of.ts";
import { KeyUnavailable } from "../errors.ts";
import { objectKeys, parseOriginalKey } from "../object-keys.ts";
import { isSuperseded } from "../object-notes.ts";
import type { ListedVersion, ObjectHead } from "../ports.ts";
import { auditKeptBeside } from "./audit-kept-beside.ts";
import { sideBySide } from "./side-by-side.ts";
import type { StudyContents } from "./study-contents.ts";
import type { LedgerAudit } from "./walk.ts";

/** Hashing this much takes a request about ten seconds. */
const hashedAtMost = 768 * 1024 * 1024;

export async function auditOriginals(
  audit: LedgerAudit,
  study: StudyKey,
  versions: readonly ListedVersion[],
  contents: StudyContents,
): Promise<void> {
  const byKey = Map.groupBy(versions, ({ key }) => key);
  const byItem = new Map(
    contents.instances.map((instance) => [objectKeys.original(instance, instance.sha256), instance]),
  );
  const sources = new Set(contents.instances.flatMap((instance) => sourceOf(instance)?.key ?? []));
  const claims = await claimsOf(audit, study, [...byKey.keys()], contents.instances);
  await sideBySide(byKey, async ([key, listed]) => {
    auditOnce(audit, study, key, listed);
    if (!byItem.has(key) && !sources.has(key)) await auditUnindexed(audit, study, key, listed, claims);
  });
  await sideBySide(byItem, async ([key, instance]) => {
    auditClaim(audit, instance, claims.get(instance.sopUid));
    await auditKeptBeside(audit, instance, byKey);
    if (!auditPresence(audit, instance, byKey.get(key) ?? [])) return;
    await auditObject(audit, instance, contents, claims.get(instance.sopUid));
  });
}

async function claimsOf(
  { table }: LedgerAudit,
  study: StudyKey,
  archived: readonly string[],
  instances: readonly InstanceItem[],
): Promise<ReadonlyMap<string, ClaimItem>> {
  const sops = new Set([
    ...archived.flatMap((key) => parseOriginalKey(key)?.sopUid ?? []),
    ...instances.map(({ sopUid }) => sopUid),
  ]);
  const wanted = [...sops].map((sopUid) => keys.claim(study, sopUid));
  const found = (await table.batchGet(wanted, { consistent: true })) as readonly ClaimItem[];
  return new Map(found.map((claim) => [claim.sopUid, claim]));
}

function auditOnce(
  { tally }: LedgerAudit,
  study: StudyKey,
  key: string,
  listed: readonly ListedVersion[],
): void {
  const hidden = listed.some(({ deleted }) => deleted);
  const kept = listed.filter(({ deleted }) => !deleted).length;
  const detail = hidden ? "a delete marker hides it" : `is there in ${kept} versions`;
  tally.examine("archived-once", kept === 1 && !hidden, { ...namedBy(study, key), detail });
}

/** Not every original is an instance's: one may be on its way, and one may have lost its UID to other bytes. */
async function auditUnindexed(
  { tally, objects }: LedgerAudit,
  study: StudyKey,
  key: string,
  listed: readonly ListedVersion[],
  claims: ReadonlyMap<string, ClaimItem>,
): Promise<void> {
  const named = namedBy(study, key);
  const claim = claims.get(named.sopUid ?? "");
  const stored = listed.findLast(({ deleted }) => !deleted);
  const otherBytes = claim?.state === "committed" && claim.sha256 !== named.sha256;
  if (stored && otherBytes) {
    const { versionId } = stored;
    if (isSuperseded(await objects.tagsOf({ bucket: "archive", key, versionId })))
      return tally.explain("indexed");
  }
  const detail = claim
    ? `is no instance's; its UID is ${claim.state} by ${claim.sha256 === named.sha256 ? "the same" : "other"} bytes`
    : "is no instance's, and nothing claims its UID";
  tally.await("indexed", false, stored?.lastModified, { ...named, detail });
}

function auditClaim({ tally }: LedgerAudit, instance: InstanceItem, claim: ClaimItem | undefined): void {
  const holds =
    claim?.state === "committed" &&
    claim.sha256 === instance.sha256 &&
    claim.studyUid === instance.studyUid &&
    claim.seriesUid === instance.seriesUid;
  const detail = claim
    ? "its UID is claimed for other bytes or another place"
    : "its UID is claimed by nothing";
  tally.examine("claimed", holds, { ...named(instance), detail });
}

function auditPresence(
  { tally }: LedgerAudit,
  instance: InstanceItem,
  listed: readonly ListedVersion[],
): boolean {
  const { archiveVersionId } = instance;
  const version = listed.find(({ versionId, deleted }) =>
    archiveVersionId === undefined ? !deleted : versionId === archiveVersionId,
  );
  const holds = version !== undefined && version.size === instance.size;
  tally.explain("indexed", false);
  tally.examine("original", holds, {
    ...named(instance),
    detail: version
      ? `has ${version.size} bytes in the archive, ${instance.size} in the catalog`
      : "its version is not in the archive",
  });
  return version !== undefined;
}

async function auditObject(
  audit: LedgerAudit,
  instance: InstanceItem,
  { study }: StudyContents,
  claim: ClaimItem | undefined,
): Promise<void> {
  const { tally } = audit;
  const head = await headOf(audit, instance);
  if (!head) return;
  tally.examine("encrypted", sameKey(head.kmsKeyId, instance.keyArn), {
    ...named(instance),
    detail: "lies under another key than its hospital's",
  });
  const until = claim?.retainUntil;
  const locked =
    head.retainUntil !== undefined && (until === undefined || head.retainUntil >= new Date(until));
  const held = study?.legalHold !== undefined;
  const detail = locked
    ? `is ${held ? "not " : ""}held, and its study is ${held ? "" : "not"}`
    : `is locked until ${head.retainUntil?.toISOString() ?? "no day"}, not ${until}`;
  // The hold follows the item, on record first.
  const since = study?.legalHold?.at ?? instance.indexedAt;
  tally.await("locked", locked && held === (head.legalHold ?? false), since, { ...named(instance), detail });
  await auditBytes(audit, instance, head);
}

async function headOf(
  { objects, tally }: LedgerAudit,
  instance: InstanceItem,
): Promise<ObjectHead | undefined> {
  try {
    const head = await objects.head(originalOf(instance));
    if (!head)
      tally.examine("original", false, { ...named(instance), detail: "went while it was looked at" });
    return head;
  } catch (error) {
    if (!(error instanceof KeyUnavailable)) throw error;
    tally.examine("encrypted", false, { ...named(instance), detail: "its key may not be used now" });
    return undefined;
  }
}

/** S3 computed the SHA-256 of the whole when it made the copy; what it holds none of is read, when asked and not too large. */
async function auditBytes(audit: LedgerAudit, instance: InstanceItem, head: ObjectHead): Promise<void> {
  const { objects, tally, verifyBytes, budget } = audit;
  const { sha256 } = instance;
  const detail = "its bytes have another SHA-256 than its key";
  if (head.sha256 !== undefined)
    return tally.examine("bytes", head.sha256 === sha256, { ...named(instance), detail });
  if (!verifyBytes || head.size > hashedAtMost) return tally.explain("bytes");
  const hash = createHash("sha256");
  for await (const chunk of await objects.stream(originalOf(instance))) hash.update(chunk);
  budget.spend(Math.ceil(head.size / (1024 * 1024)));
  tally.examine("bytes", hash.digest("hex") === sha256, { ...named(instance), detail });
}

/** An ARN and a bare id may name one key. */
function sameKey(kmsKeyId: string | undefined, keyArn: string): boolean {
  const idOf = (name: string): string => name.slice(name.lastIndexOf("/") + 1);
  return kmsKeyId !== undefined && idOf(kmsKeyId) === idOf(keyArn);
}

const named = ({ studyUid, seriesUid, sopUid, sha256 }: InstanceItem) => ({
  ...{ studyUid, seriesUid, sopUid, sha256 },
});

function namedBy({ studyUid }: StudyKey, key: string) {
  const { seriesUid, sopUid, sha256 } = parseOriginalKey(key) ?? {};
  return { studyUid, seriesUid, sopUid, sha256 };
}
