import type { Grant } from "../access/grant.ts";
import { keys } from "../catalog/keys.ts";
import { Problem } from "../errors.ts";
import {
  checkOriginals,
  compareEvidence,
  type Evidence,
  type EvidenceCheck,
  readInstances,
} from "./evidence.ts";
import type { ReportVersionItem, Signature } from "./items.ts";
import { loadHead, loadVersion, type ReportDeps, studyOf } from "./load-report.ts";
import { isRecorded, isShown, readSigned } from "./signed-document.ts";
import { verifySignedReport } from "./verify-signature.ts";

type Verdict = "valid" | "invalid";

export interface Verification {
  readonly reportId: string;
  readonly version: number;
  /** `valid` when everything below holds. Images that came later do not make a report invalid: it never spoke of them. */
  readonly verdict: Verdict;
  readonly signature: Verdict;
  /** Whether the stored bytes have the digest that was recorded, in canonical form. */
  readonly digest: Verdict;
  /** Whether what readers are shown is what was signed, and for this report, version and study. */
  readonly document: Verdict;
  /** Whether the amended version still has the digest this one names; absent on a first version. */
  readonly chain?: Verdict;
  readonly evidence: EvidenceCheck & { readonly originalsChecked: boolean };
  readonly signedAt: string;
  readonly signer: Signature["signer"];
  readonly sha256: string;
  /** What an offline verifier needs, base64; only when asked for. */
  readonly signed?: { readonly bytes: string; readonly signature: string; readonly publicKey: string };
}

export interface VerifyInput {
  readonly reportId: string;
  readonly version?: number | undefined;
  /** Also ask S3 for the checksum of every original: one HEAD an instance. */
  readonly originals?: boolean | undefined;
  /** Include the signed bytes, the signature and the public key. */
  readonly signed?: boolean | undefined;
}

const verdict = (holds: boolean): Verdict => (holds ? "valid" : "invalid");
/** A Lambda answers at most 6 MB, and base64 adds a third. */
const largestAnswer = 4_000_000;

/** Checks a signed version against its signature and against the study as it is now. */
export async function verifyReport(
  grant: Grant,
  deps: ReportDeps,
  input: VerifyInput,
): Promise<Verification> {
  const head = await loadHead(grant, input.reportId);
  const item = await loadVersion(grant, head, input.version ?? head.signedVersion);
  const { signed } = item;
  if (!signed) throw new Problem("conflict", "This version is not signed, so there is nothing to verify.");

  const stored = await readSigned(grant, deps.keys, item, signed);
  const publicKey = await deps.keys.publicKey(signed.signingKeyArn);
  const checks = {
    signature: verdict(stored !== undefined && verifySignedReport(stored.bytes, signed.signature, publicKey)),
    digest: verdict(stored !== undefined && isRecorded(stored, signed)),
    document: verdict(stored !== undefined && isShown(stored, item)),
    ...(item.previous && { chain: verdict(await chained(grant, item)) }),
  };
  const evidence = await checkEvidence(grant, stored?.body.evidence ?? [], input.originals === true);
  const sound = Object.values(checks).every((one) => one === "valid");
  const study = studyOf(grant);
  await grant.audit({ hospital: study, studyUid: study.studyUid, reportId: head.reportId });
  return {
    reportId: head.reportId,
    version: item.version,
    verdict: verdict(sound && evidence.altered.length === 0 && evidence.missing.length === 0),
    ...checks,
    evidence,
    signedAt: signed.at,
    signer: signed.signer,
    sha256: signed.sha256,
    ...(input.signed && stored && { signed: exported(stored.bytes, signed.signature, publicKey) }),
  };
}

async function chained(grant: Grant, item: ReportVersionItem): Promise<boolean> {
  if (!item.previous) return true;
  const key = keys.reportVersion(item.reportId, item.previous.version);
  const previous = (await grant.table.get(key)) as ReportVersionItem | undefined;
  return previous?.signed?.sha256 === item.previous.sha256;
}

async function checkEvidence(
  grant: Grant,
  signed: readonly Evidence[],
  originals: boolean,
): Promise<Verification["evidence"]> {
  const study = studyOf(grant);
  const present = await readInstances(grant.table, study);
  const check = compareEvidence(signed, present);
  if (!originals) return { ...check, originalsChecked: false };
  const bytes = await checkOriginals(grant.objects, study, signed, present);
  const either = (a: readonly Evidence[], b: readonly Evidence[]): readonly Evidence[] => [
    ...new Map([...a, ...b].map((one) => [`${one.seriesUid}#${one.sopUid}`, one])).values(),
  ];
  const altered = either(check.altered, bytes.altered);
  const missing = either(check.missing, bytes.missing);
  const unchanged = signed.length - either(altered, missing).length;
  return { unchanged, altered, missing, later: check.later, originalsChecked: true };
}

function exported(
  bytes: Uint8Array,
  signature: Uint8Array,
  publicKey: Uint8Array,
): Verification["signed"] & object {
  if (bytes.byteLength > largestAnswer) {
    throw new Problem("too-large", "The signed document is too large for one answer.", {
      extensions: { bytes: bytes.byteLength, limit: largestAnswer },
    });
  }
  const base64 = (data: Uint8Array): string => Buffer.from(data).toString("base64");
  return { bytes: base64(bytes), signature: base64(signature), publicKey: base64(publicKey) };
}
