import type { Grant } from "../access/grant.ts";
import { keys } from "../catalog/keys.ts";
import { ConditionFailed } from "../errors.ts";
import type { Saved } from "./draft-report.ts";
import { newDataKey, seal } from "./envelope.ts";
import { changedMeanwhile, newEtag, requireMatch } from "./if-match.ts";
import type { ReportItem, ReportVersionItem } from "./items.ts";
import {
  authorOf,
  encodeContent,
  loadOwnHead,
  loadStudy,
  loadVersion,
  place,
  type ReportDeps,
  readContent,
  studyOf,
} from "./load-report.ts";
import { after } from "./states.ts";

/**
 * Starts the next version as a draft with the signed text in it, chained to the signed version's digest. Readers keep
 * seeing the signed version until the new one is signed. If-Match is optional here: the state itself lets one amend at a time.
 */
export async function amendReport(
  grant: Grant,
  deps: ReportDeps,
  input: { readonly reportId: string; readonly ifMatch: string | undefined; readonly reason: string },
): Promise<Saved> {
  const head = await loadOwnHead(grant, input.reportId);
  const status = after(head.status, "amend");
  if (input.ifMatch !== undefined) requireMatch(head, input.ifMatch);
  const next = await nextVersion(grant, deps, head, input.reason);
  const { reportId, version, etag } = next;
  const study = studyOf(grant);

  try {
    await grant.table.write([
      {
        op: "update",
        key: keys.report(reportId),
        set: { status, version, etag, updatedAt: next.updatedAt },
        when: [[{ attribute: "etag", is: "=", value: head.etag }]],
      },
      { op: "put", item: next, when: [[{ attribute: "pk", is: "absent" }]] },
      { op: "update", key: keys.reportPointer(study, reportId), set: { status, version } },
      grant.auditWrite({ hospital: study, studyUid: study.studyUid, reportId, detail: `version ${version}` }),
    ]);
  } catch (error) {
    if (error instanceof ConditionFailed) throw changedMeanwhile();
    throw error;
  }
  return { reportId, version, status, etag };
}

async function nextVersion(
  grant: Grant,
  deps: ReportDeps,
  head: ReportItem,
  reason: string,
): Promise<ReportVersionItem> {
  const study = studyOf(grant);
  const signed = await loadVersion(grant, head, head.signedVersion);
  if (!signed.signed) throw new TypeError("A signed report has no signature");
  const { keyArn } = await loadStudy(grant);
  const content = { ...(await readContent(deps.keys, signed)), amendmentReason: reason };
  const dataKey = await newDataKey(deps.keys, keyArn, study);
  const at = deps.clock.now().toISOString();
  const common = { ...study, reportId: head.reportId, version: head.version + 1 };
  return {
    ...keys.reportVersion(common.reportId, common.version),
    ...common,
    type: "report-version",
    status: "draft",
    etag: newEtag(),
    author: authorOf(grant),
    createdAt: at,
    updatedAt: at,
    keyArn,
    wrappedKey: dataKey.wrapped,
    content: seal(dataKey.plaintext, place(common, "content"), encodeContent(content)),
    previous: { version: signed.version, sha256: signed.signed.sha256 },
  };
}
