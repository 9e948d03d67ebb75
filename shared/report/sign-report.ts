import type { Grant } from "../access/grant.ts";
import { keys } from "../catalog/keys.ts";
import { answerWrites } from "../consult/answer-consults.ts";
import type { Saved } from "./draft-report.ts";
import { changedMeanwhile, newEtag, requireMatch, writeIfUnchanged } from "./if-match.ts";
import type { ReportItem, ReportVersionItem, Signature } from "./items.ts";
import { loadOwnHead, loadVersion, studyOf } from "./load-report.ts";
import { makeSignature, type SigningDeps, signerOf } from "./make-signature.ts";
import { after } from "./states.ts";

/**
 * Signs the draft with every instance of the study as evidence. The signed bytes are stored and locked before the catalog
 * names them: a failure in between leaves an unreachable ciphertext, never a signature without its document.
 * `seenInstances`: how many images the doctor had before them; when there are more or fewer now, nothing is signed.
 */
export async function signReport(
  grant: Grant,
  deps: SigningDeps,
  input: {
    readonly reportId: string;
    readonly ifMatch: string | undefined;
    readonly seenInstances?: number | undefined;
  },
): Promise<
  Saved & { readonly signature: Pick<Signature, "sha256" | "evidence"> & { readonly signedAt: string } }
> {
  const signer = signerOf(grant);
  const head = await loadOwnHead(grant, input.reportId);
  after(head.status, "sign");
  requireMatch(head, input.ifMatch);
  const draft = await loadVersion(grant, head, head.version);
  if (draft.etag !== head.etag) throw changedMeanwhile();
  const signature = await makeSignature(grant, deps, draft, signer, input.seenInstances);
  const saved = await commit(grant, head, draft, signature);
  const { sha256: digest, evidence, at } = signature;
  return { ...saved, signature: { sha256: digest, evidence, signedAt: at } };
}

async function commit(
  grant: Grant,
  head: ReportItem,
  draft: ReportVersionItem,
  signature: Signature,
): Promise<Saved> {
  const { reportId, version } = draft;
  const study = studyOf(grant);
  const status = after(head.status, "sign");
  const [etag, updatedAt] = [newEtag(), signature.at];
  const unchanged = { attribute: "etag", is: "=", value: head.etag } as const;
  const isDraft = { attribute: "status", is: "=", value: "draft" } as const;
  await writeIfUnchanged(grant.table, [
    {
      op: "update",
      key: keys.report(reportId),
      set: { status, etag, updatedAt, signedVersion: version },
      when: [[unchanged]],
    },
    {
      op: "update",
      key: keys.reportVersion(reportId, version),
      set: { status: "signed", etag, updatedAt, signed: signature },
      when: [[unchanged, isDraft]],
    },
    {
      op: "update",
      key: keys.reportPointer(study, reportId),
      set: { status, version, signedVersion: version, signedAt: signature.at },
    },
    ...(await answerWrites(grant.table, study, signature.signer.hospital, signature.at)),
    ...grant.auditWrites({
      hospital: study,
      studyUid: study.studyUid,
      reportId,
      detail: `version ${version}`,
    }),
  ]);
  return { reportId, version, status, etag };
}
