import type { Grant } from "../access/grant.ts";
import { keys } from "../catalog/keys.ts";
import type { ReportContent } from "./content.ts";
import type { Saved } from "./draft-report.ts";
import { newDataKey, seal } from "./envelope.ts";
import { newEtag, requireMatch, writeIfUnchanged } from "./if-match.ts";
import { encodeContent, loadOwnHead, loadStudy, place, type ReportDeps, studyOf } from "./load-report.ts";
import { after } from "./states.ts";

/** Replaces a draft's text. Of two people saving over the same ETag, one gets Problem("precondition-failed"). */
export async function updateDraft(
  grant: Grant,
  deps: ReportDeps,
  input: { readonly reportId: string; readonly ifMatch: string | undefined; readonly content: ReportContent },
): Promise<Saved> {
  const head = await loadOwnHead(grant, input.reportId);
  const status = after(head.status, "save");
  requireMatch(head, input.ifMatch);
  const study = studyOf(grant);
  const { keyArn } = await loadStudy(grant);
  const { reportId, version } = head;
  const dataKey = await newDataKey(deps.keys, keyArn, study);
  const content = seal(dataKey.plaintext, place(head, "content"), encodeContent(input.content));
  const [etag, updatedAt] = [newEtag(), deps.clock.now().toISOString()];
  const unchanged = { attribute: "etag", is: "=", value: head.etag } as const;

  await writeIfUnchanged(grant.table, [
    { op: "update", key: keys.report(reportId), set: { etag, updatedAt }, when: [[unchanged]] },
    {
      op: "update",
      key: keys.reportVersion(reportId, version),
      set: { etag, updatedAt, content, keyArn, wrappedKey: dataKey.wrapped },
      when: [[unchanged, { attribute: "status", is: "=", value: "draft" }]],
    },
    ...grant.auditWrites({ hospital: study, studyUid: study.studyUid, reportId }),
  ]);
  return { reportId, version, status, etag };
}
