/** Items of a report: the head and its versions in the report's partition, a pointer in the study's. */
import type { StudyKey } from "../catalog/keys.ts";
import type { Item } from "../ports.ts";
import type { Sealed } from "./envelope.ts";
import type { ReportStatus } from "./states.ts";

export interface Author {
  readonly id: string;
  readonly name: string;
  readonly hospital: string;
}

/** Who signed, as the token said at that moment. All of it is inside the signed body. */
export interface Signer extends Author {
  readonly licence: string;
  readonly role: "radiologist" | "physician";
  /** When the signer signed in, UTC ISO-8601. */
  readonly authenticatedAt: string;
}

/** A version this one amends: the chain is verifiable without us. */
export interface Previous {
  readonly version: number;
  readonly sha256: string;
}

export interface ReportItem extends Item, StudyKey {
  readonly type: "report";
  readonly reportId: string;
  readonly status: ReportStatus;
  /** The newest version, signed or not. */
  readonly version: number;
  /** The newest signed version. */
  readonly signedVersion?: number;
  /** Changes with every write; the ETag clients send back in If-Match. */
  readonly etag: string;
  readonly author: Author;
  readonly createdAt: string;
  readonly updatedAt: string;
}

export interface ReportVersionItem extends Item, StudyKey {
  readonly type: "report-version";
  readonly reportId: string;
  readonly version: number;
  readonly status: "draft" | "signed";
  readonly etag: string;
  readonly author: Author;
  readonly createdAt: string;
  readonly updatedAt: string;
  /** KMS key of the study's hospital and the data key it wrapped. */
  readonly keyArn: string;
  readonly wrappedKey: Uint8Array;
  readonly content: Sealed;
  readonly previous?: Previous;
  readonly signed?: Signature;
  /** When it was made again from the signed document. */
  readonly restoredAt?: string;
}

export interface Signature {
  readonly at: string;
  readonly signer: Signer;
  /** Hex SHA-256 of the canonical signed body. */
  readonly sha256: string;
  /** ECDSA P-256 over that digest, DER. */
  readonly signature: Uint8Array;
  readonly signingKeyArn: string;
  /** The signed body in the archive, sealed with the version's data key. */
  readonly objectKey: string;
  /** Number of instances the signature covers. */
  readonly evidence: number;
}

export interface ReportPointerItem extends Item, StudyKey {
  readonly type: "report-pointer";
  readonly reportId: string;
  readonly status: ReportStatus;
  readonly version: number;
  readonly signedVersion?: number;
  readonly signedAt?: string;
  readonly authorHospital: string;
  readonly createdAt: string;
}
