import { keys, prefixes, type StudyKey, studyPartition } from "../catalog/keys.ts";
import type { KeyService, Table } from "../ports.ts";
import type { ReportContent } from "../report/content.ts";
import type { ReportPointerItem, ReportVersionItem } from "../report/items.ts";
import { readContent } from "../report/load-report.ts";

/** A signed report as a patient sees it. */
export interface SharedReport {
  readonly reportId: string;
  readonly version: number;
  /** Whether this version replaces an earlier signed one. */
  readonly amended: boolean;
  readonly content: ReportContent;
  readonly signer: { readonly name: string; readonly hospital: string; readonly licence: string };
  readonly signedAt: string;
  /** Hex SHA-256 of the signed document. */
  readonly sha256: string;
}

/** The newest signed version of every report on the study, or of `only`. Drafts do not exist here. */
export async function readSignedReports(
  table: Table,
  keyService: KeyService,
  study: StudyKey,
  only: string | undefined,
): Promise<readonly SharedReport[]> {
  const page = await table.query({ pk: studyPartition(study), prefix: prefixes.reports });
  const wanted = (page.items as readonly ReportPointerItem[]).flatMap(({ reportId, signedVersion }) =>
    signedVersion === undefined || (only !== undefined && reportId !== only)
      ? []
      : [keys.reportVersion(reportId, signedVersion)],
  );
  if (wanted.length === 0) return [];
  const versions = (await table.batchGet(wanted)) as readonly ReportVersionItem[];
  return Promise.all(
    versions.flatMap((item) => (item.signed ? [shared(keyService, item, item.signed)] : [])),
  );
}

async function shared(
  keyService: KeyService,
  item: ReportVersionItem,
  { signer, at, sha256 }: NonNullable<ReportVersionItem["signed"]>,
): Promise<SharedReport> {
  return {
    reportId: item.reportId,
    version: item.version,
    amended: item.previous !== undefined,
    content: await readContent(keyService, item),
    signer: { name: signer.name, hospital: signer.hospital, licence: signer.licence },
    signedAt: at,
    sha256,
  };
}
