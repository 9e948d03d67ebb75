/** The document a doctor signs, and its one byte form. */
import canonicalize from "canonicalize";
import type { StudyKey } from "../catalog/keys.ts";
import type { ReportContent } from "./content.ts";
import type { Evidence } from "./evidence.ts";
import type { Previous, Signer } from "./items.ts";

/** Changes only together with a new name: old signatures must stay readable. */
export const signedBodyFormat = "medical-image-cloud/signed-report/1";

export interface SignedBody {
  readonly format: typeof signedBodyFormat;
  readonly reportId: string;
  readonly version: number;
  readonly study: StudyKey;
  readonly content: ReportContent;
  readonly signer: Signer;
  readonly signedAt: string;
  readonly previous?: Previous;
  /** Every instance of the study as it stood, ordered by series and instance UID. */
  readonly evidence: readonly Evidence[];
}

/** RFC 8785: equal documents have equal bytes. UTF-8. */
export function canonicalBytes(document: unknown): Uint8Array {
  const text = canonicalize(document);
  if (text === undefined) throw new TypeError("This value has no JSON form");
  return new TextEncoder().encode(text);
}

/** Throws when the bytes are not a signed body in a format this version reads. */
export function parseSignedBody(bytes: Uint8Array): SignedBody {
  const body = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes)) as SignedBody;
  if (body.format !== signedBodyFormat) throw new Error("Not a signed report in a known format");
  return body;
}
