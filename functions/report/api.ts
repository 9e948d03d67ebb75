/** Reports: drafted, signed, amended, verified, and shown as FHIR. */
import { reportSchemas } from "../../shared/contract/schemas/report.ts";
import { amendReport } from "../../shared/report/amend-report.ts";
import { draftReport, type Saved } from "../../shared/report/draft-report.ts";
import { getDiagnosticReport } from "../../shared/report/get-diagnostic-report.ts";
import { getReport } from "../../shared/report/get-report.ts";
import { quoted } from "../../shared/report/if-match.ts";
import { listReports } from "../../shared/report/list-reports.ts";
import { listVersions } from "../../shared/report/list-versions.ts";
import type { SigningDeps } from "../../shared/report/make-signature.ts";
import { signReport } from "../../shared/report/sign-report.ts";
import { updateDraft } from "../../shared/report/update-draft.ts";
import { verifyReport } from "../../shared/report/verify-report.ts";
import { environment } from "../environment.ts";
import type { Kernel } from "../http/kernel.ts";
import { api, type Reply } from "../http.ts";
import { stores } from "../stores.ts";

const ifMatch = (headers: Headers): string | undefined => headers.get("if-match") ?? undefined;
const saved = (body: Saved, status = 200, headers = {}): Reply => ({
  status,
  headers: { ...headers, ETag: quoted(body.etag) },
  body,
});

export const reportApi = (deps: () => SigningDeps, kernel?: () => Kernel) =>
  api(
    "report",
    {
      schemas: reportSchemas,
      handlers: {
        createReport: async ({ grant, body, id, baseUrl }) => {
          const draft = await draftReport(grant, deps(), { reportId: id, content: body });
          return saved(draft, 201, { Location: `${baseUrl}/v1/reports/${id}` });
        },
        listStudyReports: async ({ grant }) => ({ status: 200, body: { reports: await listReports(grant) } }),
        getReport: async ({ grant, params, query }) => {
          const { report, etag } = await getReport(grant, deps(), { ...params, ...query });
          return { status: 200, headers: { ETag: quoted(etag) }, body: report };
        },
        updateReport: async ({ grant, params, body, headers }) =>
          saved(await updateDraft(grant, deps(), { ...params, ifMatch: ifMatch(headers), content: body })),
        signReport: async ({ grant, params, body, headers }) =>
          saved(await signReport(grant, deps(), { ...params, ...body, ifMatch: ifMatch(headers) })),
        amendReport: async ({ grant, params, body, headers }) =>
          saved(await amendReport(grant, deps(), { ...params, ...body, ifMatch: ifMatch(headers) })),
        verifyReport: async ({ grant, params, query }) => ({
          status: 200,
          body: await verifyReport(grant, deps(), { ...params, ...query }),
        }),
        listReportVersions: async ({ grant, params }) => ({
          status: 200,
          body: { versions: await listVersions(grant, params) },
        }),
        getDiagnosticReport: async ({ grant, params, query, baseUrl }) => ({
          status: 200,
          headers: { "Content-Type": "application/fhir+json" },
          body: await getDiagnosticReport(grant, deps(), { ...params, ...query, baseUrl }),
        }),
      },
    },
    kernel,
  );

export const handler = reportApi(() => {
  const { keyService: keys, clock } = stores();
  const { signing: signingKeyArn } = environment("keys");
  if (signingKeyArn === undefined) throw new Error("MIC_KEYS names no signing key");
  return { keys, clock, signingKeyArn };
});
