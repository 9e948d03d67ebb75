/** WADO-RS (PS3.18 §10.4): metadata in the answer, pixels by redirect to S3. */
import { gzipSync } from "node:zlib";
import type { Grant } from "../../shared/access/grant.ts";
import { retrieveSchemas } from "../../shared/contract/schemas/retrieve.ts";
import type { InstancePath } from "../../shared/retrieve/locate.ts";
import { requireAcceptable } from "../../shared/retrieve/media-types.ts";
import { readMetadata } from "../../shared/retrieve/read-metadata.ts";
import {
  type Retrieval,
  retrieveFrame,
  retrieveInstance,
  retrieveThumbnail,
} from "../../shared/retrieve/redirect.ts";
import { api, type Reply } from "../http.ts";

interface Asked {
  readonly grant: Grant;
  readonly headers: Headers;
  readonly query: { readonly accept?: string | undefined };
}

const retrievalOf = ({ grant, headers, query }: Asked): Retrieval => ({
  grant,
  accept: query.accept ?? headers.get("accept"),
});

/** A signed URL is one principal's for seconds: no cache may keep the redirect. */
const redirect = (location: string): Reply => ({
  status: 307,
  headers: { location, "cache-control": "no-store" },
});

async function metadata(asked: Asked, path: Partial<InstancePath>): Promise<Reply> {
  const { grant, accept } = retrievalOf(asked);
  requireAcceptable(accept === "application/json" ? null : accept, {
    type: "application/dicom+json",
    multipart: false,
  });
  const body = await readMetadata(grant, path);
  // Always gzip: a function's answer is capped at 6 MB, and datasets of one series repeat themselves.
  return {
    status: 200,
    headers: { "content-type": "application/dicom+json", "content-encoding": "gzip" },
    body: gzipSync(body),
  };
}

export const handler = api("retrieve", {
  schemas: retrieveSchemas,
  handlers: {
    retrieveStudyMetadata: (request) => metadata(request, {}),
    retrieveSeriesMetadata: (request) => metadata(request, { seriesUid: request.params.seriesUid }),
    retrieveInstanceMetadata: (request) => metadata(request, request.params),
    retrieveInstance: async (request) =>
      redirect(await retrieveInstance(retrievalOf(request), request.params)),
    retrieveFrame: async (request) =>
      redirect(await retrieveFrame(retrievalOf(request), request.params, request.params.frame)),
    retrieveInstanceThumbnail: async (request) =>
      redirect(await retrieveThumbnail(retrievalOf(request), request.params)),
    retrieveSeriesThumbnail: async (request) =>
      redirect(await retrieveThumbnail(retrievalOf(request), { seriesUid: request.params.seriesUid })),
    retrieveStudyThumbnail: async (request) => redirect(await retrieveThumbnail(retrievalOf(request), {})),
  },
});
