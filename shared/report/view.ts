/** A report as clients see it. */
import type { ReportContent } from "./content.ts";
import type { Author, Previous, ReportItem, ReportVersionItem, Signer } from "./items.ts";
import type { ReportStatus } from "./states.ts";

export interface VersionView {
  readonly reportId: string;
  readonly version: number;
  readonly status: "draft" | "signed";
  readonly author: Author;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly previous?: Previous;
  readonly signature?: {
    readonly signedAt: string;
    readonly signer: Signer;
    /** Hex SHA-256 of the canonical signed body. */
    readonly sha256: string;
    /** Number of instances the signature covers. */
    readonly evidence: number;
  };
}

export interface ReportView extends VersionView {
  readonly hospital: string;
  readonly studyUid: string;
  readonly reportStatus: ReportStatus;
  readonly latestVersion: number;
  readonly signedVersion?: number;
  readonly content: ReportContent;
}

export function versionView(item: ReportVersionItem): VersionView {
  const { reportId, version, status, author, createdAt, updatedAt, previous, signed } = item;
  return {
    reportId,
    version,
    status,
    author,
    createdAt,
    updatedAt,
    ...(previous && { previous }),
    ...(signed && {
      signature: {
        signedAt: signed.at,
        signer: signed.signer,
        sha256: signed.sha256,
        evidence: signed.evidence,
      },
    }),
  };
}

/** `own`: whether the reader belongs to the hospital that writes it; others are not told of a draft in work. */
export function reportView(
  head: ReportItem,
  item: ReportVersionItem,
  content: ReportContent,
  own: boolean,
): ReportView {
  const signed = head.signedVersion;
  return {
    ...versionView(item),
    hospital: head.hospital,
    studyUid: head.studyUid,
    reportStatus: own ? head.status : "signed",
    latestVersion: own ? head.version : (signed ?? head.version),
    ...(signed !== undefined && { signedVersion: signed }),
    content,
  };
}
