/** A study's originals: each archived once, indexed, and as its item and its claim say. */
import type { ClaimItem } from "../catalog/claim-item.ts";
import type { InstanceItem } from "../catalog/items.ts";
import { keys, type StudyKey } from "../catalog/keys.ts";
import { originalOf, sourceOf } from "../catalog/original-of.ts";
import { parseOriginalKey } from "../object-keys.ts";
import { isSuperseded } from "../object-notes.ts";
import type { ListedVersion } from "../ports.ts";
import { auditLocked } from "./audit-locked.ts";
import { sideBySide } from "./side-by-side.ts";
import type { StudyContents } from "./study-contents.ts";
import type { LedgerAudit } from "./walk.ts";

export async function auditOriginals(
  audit: LedgerAudit,
  study: StudyKey,
  versions: readonly ListedVersion[],
  contents: StudyContents,
): Promise<void> {
  const byKey = Map.groupBy(versions, ({ key }) => key);
  // Not what gave way: its tag must say so, or a rebuild would not know.
  const indexed = new Set(
    contents.instances.flatMap((instance) =>
      [originalOf(instance).key, sourceOf(instance)?.key ?? []].flat(),
    ),
  );
  const claims = await claimsOf(audit, study, [...byKey.keys()], contents.instances);
  await sideBySide(byKey, async ([key, listed]) => {
    auditOnce(audit, study, key, listed);
    if (!indexed.has(key)) await auditUnindexed(audit, study, key, listed, claims);
  });
  await sideBySide(contents.instances, async (instance) => {
    auditClaim(audit, instance, claims.get(instance.sopUid));
    audit.tally.explain("indexed", false);
    await auditLocked(audit, instance, contents.study, claims.get(instance.sopUid));
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

export function auditOnce(
  { tally }: LedgerAudit,
  study: Partial<StudyKey>,
  key: string,
  listed: readonly ListedVersion[],
): void {
  const hidden = listed.some(({ deleted }) => deleted);
  const kept = listed.filter(({ deleted }) => !deleted).length;
  const detail = hidden ? "a delete marker hides it" : `is there in ${kept} versions`;
  tally.examine("archived-once", kept === 1 && !hidden, { ...namedBy(study, key), detail });
}

/** Not every original is an instance's: one may be on its way, and one may have given way to other bytes, or to another order. */
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
  const counts = claim?.state === "committed" && claim.sha256 === named.sha256;
  if (stored && !counts) {
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

const named = ({ studyUid, seriesUid, sopUid, sha256 }: InstanceItem) => ({
  ...{ studyUid, seriesUid, sopUid, sha256 },
});

function namedBy({ studyUid }: Partial<StudyKey>, key: string) {
  const { seriesUid, sopUid, sha256 } = parseOriginalKey(key) ?? {};
  return { studyUid, seriesUid, sopUid, sha256 };
}
