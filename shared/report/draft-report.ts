import { ulid } from "ulid";
import type { Grant } from "../access/grant.ts";
import { keys } from "../catalog/keys.ts";
import type { ReportContent } from "./content.ts";
import { newDataKey, seal } from "./envelope.ts";
import { newEtag } from "./if-match.ts";
import type { ReportItem, ReportPointerItem, ReportVersionItem } from "./items.ts";
import { authorOf, encodeContent, loadStudy, place, type ReportDeps, studyOf } from "./load-report.ts";

/** What a change answers: never the text, so that nothing that remembers answers holds it in the clear. */
export interface Saved {
  readonly reportId: string;
  readonly version: number;
  readonly status: ReportItem["status"];
  readonly etag: string;
}

const absent = [[{ attribute: "pk", is: "absent" }]] as const;

/** Starts a report on a study. Throws KeyUnavailable when the study's hospital has disabled its key. */
export async function draftReport(
  grant: Grant,
  deps: ReportDeps,
  input: { readonly content: ReportContent },
): Promise<Saved> {
  const { keyArn } = await loadStudy(grant);
  const study = studyOf(grant);
  const author = authorOf(grant);
  const now = deps.clock.now();
  const at = now.toISOString();
  const [reportId, version, etag] = [ulid(now.getTime()), 1, newEtag()];
  const common = { ...study, reportId, version, createdAt: at };
  const dataKey = await newDataKey(deps.keys, keyArn, study);

  const head = {
    ...keys.report(reportId),
    ...common,
    type: "report",
    status: "draft",
    etag,
    author,
    updatedAt: at,
  } as const satisfies ReportItem;
  const first = {
    ...keys.reportVersion(reportId, version),
    ...common,
    type: "report-version",
    status: "draft",
    etag,
    author,
    updatedAt: at,
    keyArn,
    wrappedKey: dataKey.wrapped,
    content: seal(dataKey.plaintext, place(common, "content"), encodeContent(input.content)),
  } as const satisfies ReportVersionItem;
  const pointer = {
    ...keys.reportPointer(study, reportId),
    ...common,
    type: "report-pointer",
    status: "draft",
    authorHospital: author.hospital,
  } as const satisfies ReportPointerItem;

  await grant.table.write([
    { op: "put", item: head, when: absent },
    { op: "put", item: first, when: absent },
    { op: "put", item: pointer, when: absent },
    grant.auditWrite({ hospital: study, studyUid: study.studyUid, reportId }),
  ]);
  return { reportId, version, status: "draft", etag };
}
