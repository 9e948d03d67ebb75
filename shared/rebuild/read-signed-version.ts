import { keys } from "../catalog/keys.ts";
import { objectKeys, type SignedReportKey } from "../object-keys.ts";
import type { ObjectRef } from "../ports.ts";
import { seal, split, unseal, unwrap } from "../report/envelope.ts";
import { newEtag } from "../report/if-match.ts";
import type { ReportVersionItem } from "../report/items.ts";
import { encodeContent, place } from "../report/load-report.ts";
import { type SealNote, sealNoteFrom } from "../report/seal-note.ts";
import { parseSignedBody, type SignedBody } from "../report/signed-body.ts";
import { sha256 as digestOf, hex } from "../report/verify-signature.ts";
import type { RebuildDependencies } from "./rebuild-study.ts";

/**
 * The item of a signed version, from its document and what lies beside it. Undefined when the document does not open, or is
 * not what its key says. Throws KeyUnavailable when the study's hospital has disabled its key.
 */
export async function readSignedVersion(
  { objects, keys: keyService, clock }: RebuildDependencies,
  document: SignedReportKey,
  ref: ObjectRef,
): Promise<ReportVersionItem | undefined> {
  const head = await objects.head(ref);
  const [note, keyArn] = [sealNoteFrom(head?.metadata), head?.kmsKeyId];
  if (!note || keyArn === undefined) return undefined;
  const dataKey = await unwrap(keyService, { ...document, keyArn, wrappedKey: note.wrappedKey });
  const body = opened(dataKey, document, await objects.read(ref));
  if (!body) return undefined;
  const content = seal(dataKey, place(document, "content"), encodeContent(body.content));
  const restoredAt = clock.now().toISOString();
  return { ...itemFrom(document, body, note), keyArn, content, restoredAt };
}

function opened(dataKey: Uint8Array, document: SignedReportKey, stored: Uint8Array): SignedBody | undefined {
  try {
    const bytes = unseal(dataKey, place(document, "signed"), split(stored));
    return hex(digestOf(bytes)) === document.sha256 ? parseSignedBody(bytes) : undefined;
  } catch {
    return undefined;
  }
}

function itemFrom(
  { region, hospital, studyUid, reportId, version, sha256 }: SignedReportKey,
  { signer, signedAt, previous, evidence }: SignedBody,
  { wrappedKey, signature, signingKeyArn }: SealNote,
) {
  const { id, name, hospital: at } = signer;
  const objectKey = objectKeys.signedReport({ region, hospital, studyUid }, reportId, version, sha256);
  return {
    ...keys.reportVersion(reportId, version),
    type: "report-version" as const,
    ...{ region, hospital, studyUid, reportId, version },
    status: "signed" as const,
    etag: newEtag(),
    author: { id, name, hospital: at },
    createdAt: signedAt,
    updatedAt: signedAt,
    wrappedKey,
    ...(previous && { previous }),
    signed: { at: signedAt, signer, sha256, signature, signingKeyArn, objectKey, evidence: evidence.length },
  };
}
