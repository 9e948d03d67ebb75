import type { InstanceItem } from "../catalog/items.ts";
import { keys } from "../catalog/keys.ts";
import { uncorrectedOf } from "../catalog/original-of.ts";
import { objectKeys, objectPrefixes, parseUncorrectedKey } from "../object-keys.ts";
import { isSuperseded } from "../object-notes.ts";
import type { ListedVersion } from "../ports.ts";
import { auditOnce } from "./audit-originals.ts";
import { isThere } from "./is-there.ts";
import { sideBySide } from "./side-by-side.ts";
import { type LedgerAudit, type Walk, walkPages } from "./walk.ts";

/** What corrected copies were made of, which lies apart from the originals: each led to an instance, now or before. */
export const walkUncorrected: Walk = (audit, after) => {
  const prefix = objectPrefixes.allUncorrected(audit.hospital);
  const read = async (position: string | undefined) => {
    const { versions: found, ...rest } = await audit.objects.listVersions("archive", prefix, position);
    return { found, ...rest };
  };
  return walkPages(audit, after, read, (versions) => auditUncorrected(audit, versions));
};

async function auditUncorrected(audit: LedgerAudit, versions: readonly ListedVersion[]): Promise<void> {
  const { table } = audit;
  const named = [...Map.groupBy(versions, ({ key }) => key)].map(([key, listed]) => ({
    ...{ key, listed, at: parseUncorrectedKey(key) },
  }));
  const wanted = named.flatMap(({ at }) => (at ? [keys.instance(at)] : []));
  const found = (await table.batchGet(wanted, { consistent: true })) as readonly InstanceItem[];
  const instances = new Map(found.map((instance) => [instance.sopUid, instance]));
  await sideBySide(named, async ({ key, listed, at }) => {
    auditOnce(audit, at ?? {}, key, listed);
    await auditCopied(audit, { key, listed, at }, at && instances.get(at.sopUid));
  });
}

interface Named {
  readonly key: string;
  readonly listed: readonly ListedVersion[];
  readonly at: ReturnType<typeof parseUncorrectedKey>;
}

async function auditCopied(
  audit: LedgerAudit,
  { key, listed, at }: Named,
  instance: InstanceItem | undefined,
): Promise<void> {
  const { tally } = audit;
  const known = instance !== undefined && uncorrectedOf(instance).some((origin) => origin.key === key);
  if (at && (known || (await gaveWay(audit, at)))) return tally.explain("indexed", !known);
  const { studyUid, seriesUid, sopUid, madeOf: sha256 } = at ?? {};
  const detail = "is kept as what a copy was made of, and no instance is that copy";
  const since = listed.findLast(({ deleted }) => !deleted)?.lastModified;
  tally.await("indexed", false, since, { studyUid, seriesUid, sopUid, sha256, detail });
}

/** Its copy was archived, and other bytes were committed under its UID. */
async function gaveWay(
  audit: LedgerAudit,
  at: NonNullable<ReturnType<typeof parseUncorrectedKey>>,
): Promise<boolean> {
  const copy = { bucket: "archive", key: objectKeys.original(at, at.sha256) } as const;
  return (await isThere(audit, copy)) && isSuperseded(await audit.objects.tagsOf(copy));
}
