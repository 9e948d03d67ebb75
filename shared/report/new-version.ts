import type { Grant } from "../access/grant.ts";
import { keys } from "../catalog/keys.ts";
import type { ReportContent } from "./content.ts";
import { newDataKey, seal } from "./envelope.ts";
import { newEtag } from "./if-match.ts";
import type { Previous, ReportVersionItem } from "./items.ts";
import { authorOf, encodeContent, loadStudy, place, type ReportDeps, studyOf } from "./load-report.ts";

/** An unsigned version of a report, its text sealed under a fresh data key of the study's hospital. */
export async function newVersion(
  grant: Grant,
  deps: ReportDeps,
  said: {
    readonly reportId: string;
    readonly version: number;
    readonly content: ReportContent;
    readonly previous?: Previous;
  },
): Promise<ReportVersionItem> {
  const { content, ...named } = said;
  const { keyArn } = await loadStudy(grant);
  const common = { ...studyOf(grant), ...named };
  const dataKey = await newDataKey(deps.keys, keyArn, common);
  const at = deps.clock.now().toISOString();
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
  };
}
