/** QIDO-RS (PS3.18 §10.6), and a study with its progress. */
import type { Grant } from "../../shared/access/grant.ts";
import { auditShown } from "../../shared/audit/audit-shown.ts";
import type { DicomJson } from "../../shared/catalog/items.ts";
import { dataSetType } from "../../shared/contract/media-types.ts";
import { querySchemas } from "../../shared/contract/schemas/query.ts";
import type { Dataset } from "../../shared/dicom/json-model.ts";
import { nativeModel } from "../../shared/dicom/native-model.ts";
import { nativeParts } from "../../shared/dicom/native-parts.ts";
import { Problem } from "../../shared/errors.ts";
import type { Level } from "../../shared/query/attribute-dictionary.ts";
import { parseSearch } from "../../shared/query/parse-search.ts";
import { presentFound, presentStudy } from "../../shared/query/present.ts";
import { readStudyView } from "../../shared/query/read-study-view.ts";
import { searchElements, studiesFound } from "../../shared/query/search-elements.ts";
import { searchLimits } from "../../shared/query/search-limits.ts";
import { searchStudies } from "../../shared/query/search-studies.ts";
import type { ElementLevel } from "../../shared/query/study-elements.ts";
import { api, type Reply } from "../http.ts";

/** Series and instances asked for at once when the client names no limit: viewers read a whole series. */
const elementLimit = searchLimits.maximumLimit;

interface Asked {
  readonly grant: Grant;
  readonly headers: Headers;
  readonly search: URLSearchParams;
  readonly baseUrl: string;
  readonly params: { readonly scope: string; readonly studyUid?: string; readonly seriesUid?: string };
}

interface Page {
  readonly results: readonly DicomJson[];
  readonly next: string | undefined;
  readonly capped: boolean;
}

type Type = ReturnType<typeof dataSetType>;

/** What a result takes of an answer; XML goes as base64. */
const bytesOf = (result: unknown, { multipart }: Type): number =>
  multipart
    ? (Buffer.byteLength(nativeModel(result as Dataset)) * 4) / 3
    : Buffer.byteLength(JSON.stringify(result));
const rootOf = ({ baseUrl, params }: Asked): string => `${baseUrl}/dicomweb/${params.scope}`;
const typeOf = ({ search, headers }: Asked): Type =>
  dataSetType(search.get("accept") ?? headers.get("accept"));

/** PS3.18 §10.6.3.3: 204 when nothing matches; Warning 299 when more would have. The next page is a Link (RFC 8288). */
async function reply(
  asked: Asked,
  type: Type,
  { results, next, capped }: Page,
  path: string,
): Promise<Reply> {
  const headers: Record<string, string> = {};
  if (next !== undefined) {
    const kept = [...asked.search].filter(([name]) => name !== "cursor" && name !== "offset");
    const more = new URLSearchParams([...kept, ["cursor", next]]);
    headers.link = `<${rootOf(asked)}${path}?${more}>; rel="next"`;
    const why = capped
      ? "This query is not served by an index: as much was examined as one request may"
      : "There are additional results that can be requested";
    headers.warning = `299 ${new URL(asked.baseUrl).host}: "${why}; follow the Link header"`;
  }
  if (results.length === 0) return { status: 204, headers };
  const { contentType, body } = type.multipart
    ? await nativeParts(results as readonly Dataset[])
    : { contentType: type.type, body: results };
  return { status: 200, headers: { ...headers, "content-type": contentType }, body };
}

async function studies(asked: Asked): Promise<Reply> {
  const type = typeOf(asked);
  const { grant, search } = asked;
  const parsed = parseSearch(search, "study");
  const present = (study: Parameters<typeof presentStudy>[0]) => presentStudy(study, parsed, rootOf(asked));
  const found = await searchStudies(grant, parsed, (study) => bytesOf(present(study), type));
  await auditShown(grant, found.studies);
  return reply(asked, type, { ...found, next: found.next, results: found.studies.map(present) }, "/studies");
}

/** `searched`: the levels whose attributes the answer has. */
async function elements(asked: Asked, level: ElementLevel, searched: readonly Level[]): Promise<Reply> {
  const type = typeOf(asked);
  const { grant, params } = asked;
  const { studyUid, seriesUid } = params;
  const search = parseSearch(asked.search, level, elementLimit);
  const presenting = { search, root: rootOf(asked), searched };
  const found = await searchElements(grant, {
    ...{ level, search, seriesUid },
    study: studyUid === undefined ? undefined : studyOf(grant),
    weigh: (one) => bytesOf(presentFound(one, presenting), type),
  });
  if (studyUid === undefined) await auditShown(grant, studiesFound(found.found));
  else await grant.audit({ studyUid, ...(seriesUid !== undefined && { seriesUid }) });
  const results = found.found.map((one) => presentFound(one, presenting));
  return reply(asked, type, { results, next: found.next, capped: found.capped }, pathOf(level, params));
}

const pathOf = (level: ElementLevel, { studyUid, seriesUid }: Asked["params"]): string =>
  [
    ...(studyUid === undefined ? [] : [`/studies/${studyUid}`]),
    ...(seriesUid === undefined ? [] : [`/series/${seriesUid}`]),
    level === "series" ? "/series" : "/instances",
  ].join("");

function studyOf(grant: Grant): NonNullable<Grant["study"]> {
  if (grant.study === undefined) throw new Problem("not-found", "There is no such study in this scope.");
  return grant.study;
}

export const handler = api("query", {
  schemas: querySchemas,
  handlers: {
    searchStudies: (asked) => studies(asked),
    searchSeries: (asked) => elements(asked, "series", ["study", "series"]),
    searchInstances: (asked) => elements(asked, "instance", ["study", "series", "instance"]),
    searchStudySeries: (asked) => elements(asked, "series", ["series"]),
    searchStudyInstances: (asked) => elements(asked, "instance", ["series", "instance"]),
    searchSeriesInstances: (asked) => elements(asked, "instance", ["instance"]),
    getStudy: async ({ grant, params }) => {
      await grant.audit({ studyUid: params.studyUid });
      return { status: 200, body: await readStudyView(grant, studyOf(grant)) };
    },
  },
});
