/** Reading back what was signed, and holding it against what the catalog shows. */
import type { Grant } from "../access/grant.ts";
import type { KeyService } from "../ports.ts";
import type { ReportContent } from "./content.ts";
import { split, unseal, unwrap } from "./envelope.ts";
import type { ReportVersionItem, Signature } from "./items.ts";
import { decodeContent, place } from "./load-report.ts";
import { canonicalBytes, parseSignedBody, type SignedBody } from "./signed-body.ts";
import { hex, sha256 } from "./verify-signature.ts";

export interface SignedDocument {
  readonly bytes: Uint8Array;
  readonly body: SignedBody;
  /** What readers are shown. */
  readonly shown: ReportContent;
}

/** Undefined when the bytes are gone or no longer decrypt: that is a verdict, not a failure. Throws KeyUnavailable. */
export async function readSigned(
  grant: Grant,
  keys: KeyService,
  item: ReportVersionItem,
  signed: Signature,
): Promise<SignedDocument | undefined> {
  const dataKey = await unwrap(keys, item);
  const ref = { bucket: "archive", key: signed.objectKey } as const;
  if (!(await grant.objects.head(ref))) return undefined;
  const stored = await grant.objects.read(ref);
  try {
    const bytes = unseal(dataKey, place(item, "signed"), split(stored));
    const shown = decodeContent(unseal(dataKey, place(item, "content"), item.content));
    return { bytes, body: parseSignedBody(bytes), shown };
  } catch {
    return undefined;
  }
}

const equal = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0;

/** Whether the bytes have the recorded digest, and are the canonical form of what they say. */
export function isRecorded({ bytes, body }: SignedDocument, signed: Signature): boolean {
  return hex(sha256(bytes)) === signed.sha256 && equal(bytes, canonicalBytes(body));
}

/** Whether everything readers see of this version is what was signed. */
export function isShown({ body, shown }: SignedDocument, item: ReportVersionItem): boolean {
  const { reportId, version, region, hospital, studyUid, previous, signed } = item;
  const { evidence, ...said } = body;
  const seen: Omit<SignedBody, "evidence" | "signer" | "signedAt"> & Partial<SignedBody> = {
    format: body.format,
    reportId,
    version,
    study: { region, hospital, studyUid },
    content: shown,
    ...(signed && { signer: signed.signer, signedAt: signed.at }),
    ...(previous && { previous }),
  };
  return evidence.length === signed?.evidence && equal(canonicalBytes(said), canonicalBytes(seen));
}
