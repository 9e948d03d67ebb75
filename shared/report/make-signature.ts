/** The signed document: what goes in, its bytes, its signature, and where it is kept. */
import type { Grant } from "../access/grant.ts";
import { followLegalHold } from "../catalog/follow-legal-hold.ts";
import { ConditionFailed, Problem } from "../errors.ts";
import { objectKeys } from "../object-keys.ts";
import type { ReportContent } from "./content.ts";
import { joined, seal, unseal, unwrap } from "./envelope.ts";
import { asEvidence, readInstances } from "./evidence.ts";
import type { ReportVersionItem, Signature, Signer } from "./items.ts";
import { authorOf, decodeContent, loadStudy, place, type ReportDeps, studyOf } from "./load-report.ts";
import { sealNote } from "./seal-note.ts";
import { canonicalBytes, type SignedBody, signedBodyFormat } from "./signed-body.ts";
import { hex, sha256 } from "./verify-signature.ts";

export interface SigningDeps extends ReportDeps {
  /** The platform's asymmetric key (ECC_NIST_P256, SIGN_VERIFY). */
  readonly signingKeyArn: string;
}

/** Throws Problem("forbidden") for anybody but a doctor with a licence who signed in as a person. */
export function signerOf(grant: Grant): Signer {
  const { kind, roles, licence, authenticatedAt } = grant.caller.principal;
  const role = (["radiologist", "physician"] as const).find((one) => roles.includes(one));
  if (kind !== "user" || !role)
    throw new Problem("forbidden", "Only a radiologist or physician signs reports.");
  if (!licence) throw new Problem("forbidden", "Your identity provider gives no licence number for you.");
  if (!authenticatedAt) {
    throw new Problem("forbidden", "Your token does not say when you signed in (auth_time). Sign in again.");
  }
  return { ...authorOf(grant), licence, role, authenticatedAt };
}

/** `seen`: how many images the doctor had before them; when there are more or fewer now, nothing is signed. */
export async function makeSignature(
  grant: Grant,
  deps: SigningDeps,
  draft: ReportVersionItem,
  signer: Signer,
  seen: number | undefined,
): Promise<Signature> {
  const dataKey = await unwrap(deps.keys, draft);
  const evidence = (await readInstances(grant.table, studyOf(grant))).map(asEvidence);
  requireEvidence(evidence.length, seen);
  const at = deps.clock.now().toISOString();
  const bytes = canonicalBytes({
    format: signedBodyFormat,
    reportId: draft.reportId,
    version: draft.version,
    study: studyOf(grant),
    content: contentToSign(dataKey, draft),
    signer,
    signedAt: at,
    ...(draft.previous && { previous: draft.previous }),
    evidence,
  } satisfies SignedBody);
  const digest = sha256(bytes);
  const signature = await deps.keys.sign(deps.signingKeyArn, digest);
  const sealed = joined(seal(dataKey, place(draft, "signed"), bytes));
  const objectKey = objectKeys.signedReport(studyOf(grant), draft.reportId, draft.version, hex(digest));
  const metadata = sealNote({ wrappedKey: draft.wrappedKey, signature, signingKeyArn: deps.signingKeyArn });
  await storeLocked(grant, { key: objectKey, keyArn: draft.keyArn, metadata }, sealed, deps.clock.now());
  return {
    at,
    signer,
    sha256: hex(digest),
    signature,
    signingKeyArn: deps.signingKeyArn,
    objectKey,
    evidence: evidence.length,
  };
}

function contentToSign(dataKey: Uint8Array, draft: ReportVersionItem): ReportContent {
  const content = decodeContent(unseal(dataKey, place(draft, "content"), draft.content));
  if (content.impression.trim() !== "") return content;
  throw new Problem("conflict", "The impression is empty. Write it before you sign.");
}

function requireEvidence(present: number, seen: number | undefined): void {
  if (present === 0) throw new Problem("conflict", "The study holds no images to sign for.");
  if (seen === undefined || seen === present) return;
  throw new Problem("conflict", "The study's images changed since you read them. Look at it again.", {
    extensions: { seenInstances: seen, instances: present },
  });
}

/**
 * A report is kept as long as the images it reads. The study's date and legal hold are read once the document is there:
 * whoever changes them after that finds the document (`extend-retention.ts`, `set-legal-hold.ts`).
 */
async function storeLocked(
  grant: Grant,
  {
    key,
    keyArn,
    metadata,
  }: { readonly key: string; readonly keyArn: string; readonly metadata: Readonly<Record<string, string>> },
  sealed: Uint8Array,
  now: Date,
): Promise<void> {
  const ref = { bucket: "archive", key } as const;
  const options = { contentType: "application/octet-stream", kmsKeyId: keyArn, ifAbsent: true, metadata };
  try {
    await grant.objects.put(ref, sealed, options);
  } catch (error) {
    // The key holds the digest: what is there already is the same document, from an attempt that got no further.
    if (!(error instanceof ConditionFailed)) throw error;
  }
  const retainUntil = new Date((await loadStudy(grant, { consistent: true })).retainUntil);
  if (retainUntil > now) await grant.objects.extendRetention(ref, retainUntil);
  await followLegalHold(grant, studyOf(grant), [ref], false);
}
