/** The upload API and the storage behind real sockets, on stores in memory: what `mic` talks to in tests of the line. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { uploadApi } from "../../functions/upload/api.ts";
import type { LandedObject } from "../../shared/ingest/ingest-object.ts";
import { callApi } from "./api.ts";
import { type Clinic, clinic } from "./clinic.ts";
import { memoryDownloadSigner } from "./memory/download-signer.ts";
import { testRegion, user } from "./principals.ts";

export interface UploadServer {
  readonly api: string;
  /** Origin of the signed URLs. */
  readonly storage: string;
  readonly clinic: Clinic;
  /** What landed, in order; each was ingested. */
  readonly landed: readonly LandedObject[];
  close(): Promise<void>;
}

/** Origin of the URLs that the signer in memory makes. */
const signedOrigin = "https://storage.test";
const bucketPrefix = "/landing/";

/** Listens on the loopback interface; what lands is ingested at once. */
export async function uploadServer(): Promise<UploadServer> {
  const here = await clinic();
  const landed: LandedObject[] = [];
  const expiries = new Map<string, string>();
  const kernel = {
    table: here.table,
    objects: here.objects,
    downloads: memoryDownloadSigner(here.objects, here.clock),
    clock: here.clock,
    region: testRegion,
    baseUrl: "http://127.0.0.1/api",
    allowedOrigins: [],
  };
  const handler = uploadApi(
    () => here.upload,
    () => kernel,
  );
  const principal = user("technician", here.hospital.hospital);

  async function answerApi(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const text = (await bodyOf(request)).toString();
    const answer = await callApi(handler, {
      method: request.method as "GET" | "POST",
      path: (request.url as string).slice("/api".length),
      principal,
      headers: plainHeaders(request),
      ...(text !== "" && { body: JSON.parse(text) }),
    });
    const json = JSON.stringify(answer.json);
    for (const [, url, expiresAt] of json.matchAll(/"url":"([^"]+)".*?"expiresAt":"([^"]+)"/g))
      expiries.set(url as string, expiresAt as string);
    const type = answer.headers["content-type"] ?? "application/json";
    response.writeHead(answer.status, { "content-type": type });
    response.end(json.replaceAll(signedOrigin, storage));
  }

  async function answerStorage(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = `${signedOrigin}${request.url}`;
    const isExpired = Date.parse(expiries.get(url) ?? "") <= here.clock.now().getTime();
    if (isExpired) return refuse(response, 403, "AccessDenied", "Request has expired");
    const body = await bodyOf(request);
    const signed = { method: "PUT" as const, url, headers: plainHeaders(request), expiresAt: "" };
    const status = await here.signer.send(signed, body);
    if (status !== 200) return refuse(response, status, codes[status] ?? "AccessDenied", "Refused");
    response.end();
    await ingestWhole(new URL(url).pathname.slice(bucketPrefix.length));
  }

  /** Parts land when they are assembled, which the signer does by itself. */
  async function ingestWhole(key: string): Promise<void> {
    const versionId = here.objects.versions({ bucket: "landing", key }).at(-1)?.versionId;
    if (versionId === undefined) return;
    const object = { key, versionId };
    landed.push(object);
    await here.ingest(object);
  }

  const apiServer = createServer((request, response) => {
    answerApi(request, response)
      .then(() => assembledKey(request))
      .then((key) =>
        key === undefined ? undefined : ingestWhole(`routine/${here.hospital.hospital}/${key}`),
      )
      .catch(() => response.destroy());
  });
  const storageServer = createServer((request, response) => {
    answerStorage(request, response).catch(() => response.destroy());
  });
  const storage = await listen(storageServer);
  const api = `${await listen(apiServer)}/api`;
  return {
    api,
    storage,
    clinic: here,
    landed,
    async close() {
      for (const server of [apiServer, storageServer]) {
        server.closeAllConnections();
        await new Promise((done) => server.close(done));
      }
    },
  };
}

const codes: Readonly<Record<number, string>> = {
  400: "BadDigest",
  404: "NoSuchUpload",
  412: "PreconditionFailed",
};

function assembledKey({ url = "" }: IncomingMessage): string | undefined {
  const [, uploadId, fileId] = /uploads\/(\w+)\/files\/(\d+)\/assemble$/.exec(url) ?? [];
  return uploadId === undefined ? undefined : `${uploadId}/${fileId}`;
}

/** In the words of S3's error answers. */
export function refuse(response: ServerResponse, status: number, code: string, message: string): void {
  const xml = `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${message}</Message></Error>`;
  response.writeHead(status, { "content-type": "application/xml", connection: "close" }).end(xml);
}

const plainHeaders = ({ headers }: IncomingMessage): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));

/** Throws when the client left before its end. */
async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of request as AsyncIterable<Buffer>) pieces.push(piece);
  return Buffer.concat(pieces);
}

/** Answers the origin. */
export async function listen(server: ReturnType<typeof createServer>): Promise<string> {
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
