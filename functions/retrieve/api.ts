/** WADO-RS (PS3.18 §10.4): metadata in the answer, pixels by redirect to S3. */
import { gzipSync } from "node:zlib";
import type { Grant } from "../../shared/access/grant.ts";
import { dataSetType } from "../../shared/contract/media-types.ts";
import { retrieveSchemas } from "../../shared/contract/schemas/retrieve.ts";
import { nativeParts } from "../../shared/dicom/native-parts.ts";
import type { InstancePath } from "../../shared/retrieve/locate.ts";
import { readMetadata } from "../../shared/retrieve/read-metadata.ts";
import {
  type Retrieval,
  retrieveFrames,
  retrieveInstance,
  retrieveThumbnail,
} from "../../shared/retrieve/redirect.ts";
import type { Kernel } from "../http/kernel.ts";
import { api, type Reply } from "../http.ts";
import { type Stores, stores } from "../stores.ts";

interface Asked {
  readonly grant: Grant;
  readonly headers: Headers;
  readonly query: { readonly accept?: string | undefined };
}

/** A signed URL is one principal's for seconds: no cache may keep the redirect. */
const redirect = (location: string): Reply => ({
  status: 307,
  headers: { location, "cache-control": "no-store" },
});

async function metadata(retrieval: Retrieval, path: Partial<InstancePath>): Promise<Reply> {
  const { type, multipart } = dataSetType(retrieval.accept);
  const json = await readMetadata(retrieval, path);
  const { contentType, body } = multipart
    ? await nativeParts(JSON.parse(Buffer.from(json).toString("utf8")))
    : { contentType: type, body: json };
  // Always gzip: a function's answer is capped at 6 MB, and datasets of one series repeat themselves.
  return {
    status: 200,
    headers: { "content-type": contentType, "content-encoding": "gzip" },
    body: gzipSync(body),
  };
}

export const retrieveApi = (deps: () => Pick<Stores, "keyState" | "clock">, kernel?: () => Kernel) => {
  const asked = ({ grant, headers, query }: Asked): Retrieval => ({
    grant,
    keyState: deps().keyState,
    accept: query.accept ?? headers.get("accept"),
  });
  return api(
    "retrieve",
    {
      schemas: retrieveSchemas,
      handlers: {
        retrieveStudyMetadata: (request) => metadata(asked(request), {}),
        retrieveSeriesMetadata: (request) =>
          metadata(asked(request), { seriesUid: request.params.seriesUid }),
        retrieveInstanceMetadata: (request) => metadata(asked(request), request.params),
        retrieveInstance: async (request) =>
          redirect(await retrieveInstance({ ...asked(request), clock: deps().clock }, request.params)),
        retrieveFrame: async (request) =>
          redirect(
            await retrieveFrames(
              { ...asked(request), clock: deps().clock },
              request.params,
              request.params.frame.split(",").map(Number),
            ),
          ),
        retrieveInstanceThumbnail: async (request) =>
          redirect(await retrieveThumbnail(asked(request), request.params)),
        retrieveSeriesThumbnail: async (request) =>
          redirect(await retrieveThumbnail(asked(request), { seriesUid: request.params.seriesUid })),
        retrieveStudyThumbnail: async (request) => redirect(await retrieveThumbnail(asked(request), {})),
      },
    },
    kernel,
  );
};

export const handler = retrieveApi(stores);
