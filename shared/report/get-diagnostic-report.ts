import type { Grant } from "../access/grant.ts";
import { diagnosticReportBundle } from "./fhir.ts";
import type { Bundle } from "./fhir-types.ts";
import { loadHead, loadStudy, loadVersion, type ReportDeps, readContent, studyOf } from "./load-report.ts";

/** A report version as a FHIR R4 Bundle: the signed one where there is one, else the draft of the caller's hospital. */
export async function getDiagnosticReport(
  grant: Grant,
  deps: ReportDeps,
  input: {
    readonly reportId: string;
    readonly version?: number | undefined;
    readonly baseUrl: string;
  },
): Promise<Bundle> {
  const head = await loadHead(grant, input.reportId);
  const item = await loadVersion(grant, head, input.version ?? head.signedVersion);
  const content = await readContent(deps.keys, item);
  const study = await loadStudy(grant);
  const { region, hospital, studyUid } = studyOf(grant);
  await grant.audit({
    hospital: { region, hospital },
    studyUid,
    reportId: head.reportId,
    detail: `version ${item.version}`,
  });
  return diagnosticReportBundle({ item, content, study, baseUrl: input.baseUrl });
}
