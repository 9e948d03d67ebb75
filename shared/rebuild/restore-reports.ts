/**
 * Signed reports, made again from the documents locked in the archive. Only what was signed is there: drafts, and who drafted
 * what another doctor signed, are lost with the table. Every step may be repeated.
 */
import { keys, type StudyKey } from "../catalog/keys.ts";
import { listAll } from "../catalog/list-all.ts";
import { ConditionFailed, Transient } from "../errors.ts";
import { serviceAudit } from "../ingest/audit-write.ts";
import { objectKeys, parseSignedReportKey, type SignedReportKey } from "../object-keys.ts";
import { isIssued, issuedTag } from "../object-notes.ts";
import type { ObjectStore, When, Write } from "../ports.ts";
import type { ReportItem, ReportVersionItem } from "../report/items.ts";
import { readSignedVersion } from "./read-signed-version.ts";
import type { RebuildDependencies } from "./rebuild-study.ts";
import { headFrom, pointerFrom } from "./report-head.ts";

/** Numbers of versions; `unreadable`: the document does not open, or is not what its key says. */
export interface RestoredReports {
  readonly restored: number;
  readonly unreadable: number;
}

export async function restoreReports(deps: RebuildDependencies, study: StudyKey): Promise<RestoredReports> {
  const documents = await documentsOf(deps.objects, study);
  let [restored, unreadable] = [0, 0];
  for (const [reportId, signed] of Map.groupBy(documents, (document) => document.reportId)) {
    const versions: ReportVersionItem[] = [];
    for (const document of signed.toSorted((a, b) => a.version - b.version)) {
      const version = await restoreVersion(deps, document);
      if (version === "unreadable") unreadable++;
      else if (version !== undefined) {
        versions.push(version.item);
        restored += version.isNew ? 1 : 0;
      }
    }
    await restoreHead(deps, study, reportId, versions);
  }
  return { restored, unreadable };
}

async function documentsOf(objects: ObjectStore, study: StudyKey): Promise<readonly SignedReportKey[]> {
  const documents: SignedReportKey[] = [];
  for await (const { key } of listAll(objects, "archive", objectKeys.signedReports(study))) {
    const document = parseSignedReportKey(key);
    if (document) documents.push(document);
  }
  return documents;
}

type Version = { readonly item: ReportVersionItem; readonly isNew: boolean };

/** Undefined for a document that no report ever named, and while somebody else's stands for its version. */
async function restoreVersion(
  deps: RebuildDependencies,
  document: SignedReportKey,
): Promise<Version | "unreadable" | undefined> {
  const { reportId, version, sha256 } = document;
  const ref = {
    bucket: "archive",
    key: objectKeys.signedReport(document, reportId, version, sha256),
  } as const;
  const there = (await deps.table.get(keys.reportVersion(reportId, version), { consistent: true })) as
    | ReportVersionItem
    | undefined;
  const issued = isIssued(await deps.objects.tagsOf(ref));
  if (there?.signed) {
    if (there.signed.sha256 !== sha256) return undefined;
    if (!issued) await deps.objects.tag(ref, issuedTag);
    return { item: there, isNew: false };
  }
  if (!issued) return undefined;
  const item = await readSignedVersion(deps, document, ref);
  if (!item) return "unreadable";
  // A draft of this version is older than its signing: the table was restored to a moment before.
  const when: When = [[{ attribute: "pk", is: "absent" }], ...(there ? [unchanged(there)] : [])];
  await unlessRaced(deps, [{ op: "put", item, when }, audit(deps, document)]);
  return { item, isNew: true };
}

/** The head names what is newest; what it still holds of a version that is being drafted stays. */
async function restoreHead(
  deps: RebuildDependencies,
  study: StudyKey,
  reportId: string,
  signed: readonly ReportVersionItem[],
): Promise<void> {
  const newest = signed.at(-1);
  if (!newest) return;
  const [head, pointer] = await Promise.all([
    deps.table.get(keys.report(reportId), { consistent: true }) as Promise<ReportItem | undefined>,
    deps.table.get(keys.reportPointer(study, reportId), { consistent: true }),
  ]);
  if (head && pointer && (head.signedVersion ?? 0) >= newest.version) return;
  const made = headFrom(signed, head);
  const when: When = head ? [unchanged(head)] : [[{ attribute: "pk", is: "absent" }]];
  await unlessRaced(deps, [
    { op: "put", item: made, when },
    { op: "put", item: pointerFrom(made, newest) },
  ]);
}

const unchanged = ({ etag }: { readonly etag: string }): When[number] => [
  { attribute: "etag", is: "=", value: etag },
];

function audit(deps: RebuildDependencies, document: SignedReportKey): Write {
  const { studyUid, reportId, version } = document;
  const audited = { studyUid, reportId, detail: `version ${version}` };
  return serviceAudit(deps, "rebuild", "restoreReport", document, audited);
}

async function unlessRaced({ table }: RebuildDependencies, writes: readonly Write[]): Promise<void> {
  try {
    await table.write(writes);
  } catch (error) {
    if (!(error instanceof ConditionFailed)) throw error;
    throw new Transient("The report changed while it was made again", { cause: error });
  }
}
