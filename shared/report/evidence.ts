/** What was read: the SHA-256 of every instance of a study. A signature binds a report to it. */
import type { InstanceItem } from "../catalog/items.ts";
import { prefixes, type StudyKey, studyPartition } from "../catalog/keys.ts";
import { originalOf } from "../catalog/original-of.ts";
import { queryAll } from "../catalog/query-all.ts";
import type { ObjectStore, Table } from "../ports.ts";

export interface Evidence {
  readonly seriesUid: string;
  readonly sopUid: string;
  /** Hex SHA-256 of the original bytes. */
  readonly sha256: string;
}
export interface Present extends Evidence {
  readonly indexedAt: string;
}
/** As the catalog holds it, with the version that was locked. */
export interface Archived extends Present {
  readonly archiveVersionId?: string;
}
export interface EvidenceCheck {
  readonly unchanged: number;
  /** Signed, and now other bytes. */
  readonly altered: readonly Evidence[];
  /** Signed, and no longer there. */
  readonly missing: readonly Evidence[];
  /** Not signed: they came later. */
  readonly later: readonly Present[];
}

const nameOf = ({ seriesUid, sopUid }: Evidence): string => `${seriesUid}#${sopUid}`;
const byName = (a: Evidence, b: Evidence): number => (nameOf(a) < nameOf(b) ? -1 : 1);

/**
 * Every instance as the catalog holds it now, strongly consistent, in evidence order. Reads the study's instance items:
 * about one 1 MB page for every 600 instances.
 */
export async function readInstances(table: Table, study: StudyKey): Promise<readonly Archived[]> {
  const items = await queryAll(table, {
    pk: studyPartition(study),
    prefix: prefixes.instances(),
    consistent: true,
  });
  return (items as readonly InstanceItem[])
    .map(({ archiveVersionId, ...instance }) => ({
      ...presentOf(instance),
      ...(archiveVersionId !== undefined && { archiveVersionId }),
    }))
    .sort(byName);
}

const presentOf = ({ seriesUid, sopUid, sha256, indexedAt }: Present): Present => ({
  seriesUid,
  sopUid,
  sha256,
  indexedAt,
});

export const asEvidence = ({ seriesUid, sopUid, sha256 }: Evidence): Evidence => ({
  seriesUid,
  sopUid,
  sha256,
});

/** `altered` holds what was signed, not what is there now. */
export function compareEvidence(signed: readonly Evidence[], present: readonly Present[]): EvidenceCheck {
  const now = new Map(present.map((one) => [nameOf(one), one]));
  const then = new Set(signed.map(nameOf));
  const altered = signed.filter((one) => {
    const current = now.get(nameOf(one));
    return current !== undefined && current.sha256 !== one.sha256;
  });
  const missing = signed.filter((one) => !now.has(nameOf(one)));
  return {
    unchanged: signed.length - altered.length - missing.length,
    altered,
    missing,
    later: present.filter((one) => !then.has(nameOf(one))).map(presentOf),
  };
}

/**
 * Compares the stored originals themselves, each by the version that was locked: one HEAD an instance. S3 answers the checksum it computed on arrival; an
 * original that came in parts has none, and then its presence under a key that holds the hash must do.
 */
export async function checkOriginals(
  objects: ObjectStore,
  study: StudyKey,
  signed: readonly Evidence[],
  present: readonly Archived[],
): Promise<Pick<EvidenceCheck, "altered" | "missing">> {
  const altered: Evidence[] = [];
  const missing: Evidence[] = [];
  const versions = new Map(present.map((one) => [`${nameOf(one)}#${one.sha256}`, one.archiveVersionId]));
  const queue = signed.values();
  const worker = async (): Promise<void> => {
    for (const one of queue) {
      const archiveVersionId = versions.get(`${nameOf(one)}#${one.sha256}`);
      const original = { ...study, ...one, ...(archiveVersionId !== undefined && { archiveVersionId }) };
      const head = await objects.head(originalOf(original));
      if (!head) missing.push(one);
      else if (head.sha256 !== undefined && head.sha256 !== one.sha256) altered.push(one);
    }
  };
  await Promise.all(Array.from({ length: 32 }, worker));
  return { altered: altered.sort(byName), missing: missing.sort(byName) };
}
