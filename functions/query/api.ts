/** QIDO-RS (PS3.18 §10.6), and a study with its progress. */
import type { Grant } from "../../shared/access/grant.ts";
import { auditShown } from "../../shared/audit/audit-shown.ts";
import { querySchemas } from "../../shared/contract/schemas/query.ts";
import { Problem } from "../../shared/errors.ts";
import { parseSearch } from "../../shared/query/parse-search.ts";
import { presentInstance, presentSeries, presentStudy } from "../../shared/query/present.ts";
import { readStudyView } from "../../shared/query/read-study-view.ts";
import { searchLimits } from "../../shared/query/search-limits.ts";
import { searchInstances, searchSeries } from "../../shared/query/search-series.ts";
import { searchStudies } from "../../shared/query/search-studies.ts";
import { api, type Reply } from "../http.ts";

/** Instances asked for at once when the client names no limit: viewers read a whole series. */
const instanceLimit = searchLimits.maximumLimit;

interface Page {
  readonly results: readonly unknown[];
  readonly next: string | undefined;
  readonly capped?: boolean;
  readonly url: string;
  readonly search: URLSearchParams;
}

const bytesOf = (result: unknown): number => Buffer.byteLength(JSON.stringify(result));

/** PS3.18 §10.6.3.3: 204 when nothing matches; Warning 299 when more would have. The next page is a Link (RFC 8288). */
function page({ results, next, capped = false, url, search }: Page): Reply {
  const headers: Record<string, string> = { "content-type": "application/dicom+json" };
  if (next !== undefined) {
    const more = new URLSearchParams([...search].filter(([name]) => name !== "cursor" && name !== "offset"));
    more.set("cursor", next);
    headers.link = `<${url}?${more}>; rel="next"`;
    const why = capped
      ? `This query is not served by an index: ${searchLimits.studiesExamined} studies were examined`
      : "There are additional results that can be requested";
    headers.warning = `299 ${new URL(url).host}: "${why}; follow the Link header"`;
  }
  return results.length === 0 ? { status: 204, headers } : { status: 200, headers, body: results };
}

function studyOf(grant: Grant): NonNullable<Grant["study"]> {
  if (grant.study === undefined) throw new Problem("not-found", "There is no such study in this scope.");
  return grant.study;
}

interface InstanceSearch {
  readonly grant: Grant;
  readonly search: URLSearchParams;
  readonly baseUrl: string;
  readonly params: { readonly scope: string; readonly studyUid: string; readonly seriesUid?: string };
}

async function instances({ grant, search, baseUrl, params }: InstanceSearch): Promise<Reply> {
  const parsed = parseSearch(search, "instance", instanceLimit);
  const root = `${baseUrl}/dicomweb/${params.scope}`;
  const found = await searchInstances(grant, studyOf(grant), params.seriesUid, parsed, (instance, study) =>
    bytesOf(presentInstance(instance, study, parsed, root)),
  );
  await grant.audit(params);
  const within = params.seriesUid === undefined ? "" : `/series/${params.seriesUid}`;
  const results = found.items.map((instance) => presentInstance(instance, found.study, parsed, root));
  return page({
    results,
    next: found.next,
    url: `${root}/studies/${params.studyUid}${within}/instances`,
    search,
  });
}

export const handler = api("query", {
  schemas: querySchemas,
  handlers: {
    searchStudies: async ({ grant, search, baseUrl, params }) => {
      const parsed = parseSearch(search, "study");
      const root = `${baseUrl}/dicomweb/${params.scope}`;
      const found = await searchStudies(grant, parsed, (study) => bytesOf(presentStudy(study, parsed, root)));
      await auditShown(grant, found.studies);
      const results = found.studies.map((study) => presentStudy(study, parsed, root));
      return page({ results, next: found.next, capped: found.capped, url: `${root}/studies`, search });
    },
    searchStudySeries: async ({ grant, search, baseUrl, params }) => {
      const parsed = parseSearch(search, "series", instanceLimit);
      const root = `${baseUrl}/dicomweb/${params.scope}`;
      const found = await searchSeries(grant, studyOf(grant), parsed, (series, study) =>
        bytesOf(presentSeries(series, study, parsed, root)),
      );
      await grant.audit({ studyUid: params.studyUid });
      const results = found.items.map((series) => presentSeries(series, found.study, parsed, root));
      return page({ results, next: found.next, url: `${root}/studies/${params.studyUid}/series`, search });
    },
    searchStudyInstances: (request) => instances(request),
    searchSeriesInstances: (request) => instances(request),
    getStudy: async ({ grant, params }) => {
      await grant.audit({ studyUid: params.studyUid });
      return { status: 200, body: await readStudyView(grant, studyOf(grant)) };
    },
  },
});
