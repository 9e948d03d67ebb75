/**
 * What the CDN is deployed, on this machine: one plain-HTTP origin with the web pages at `/`, the API at `/api` and
 * sign-in at `/idp`, and a second one for S3's bytes, so that no browser meets the emulator's own certificate.
 */
import { readFileSync } from "node:fs";
import { createServer, type RequestListener, type Server } from "node:http";
import type { Issuer } from "../issuer/interactions.ts";
import { forward, problem, type Upstream, upstream } from "./forward.ts";
import { securityHeaders, webPages } from "./web-pages.ts";

export interface FrontDoorOptions {
  readonly ports: { readonly web: number; readonly s3: number };
  readonly issuer: Issuer;
  /** Folder of the built web pages. */
  readonly pages: string;
  /** The emulator: presigned requests were signed for its host. */
  readonly endpoint: string;
  readonly caBundle?: string;
}

export interface FrontDoor {
  readonly web: string;
  readonly s3: string;
  /** From here on `/api/…` goes to this path of the emulator, such as `/_aws/execute-api/<id>/<stage>`. */
  connectApi(path: string): void;
  close(): Promise<void>;
}

/** Opens both origins on the loopback interface. */
export async function openFrontDoor(options: FrontDoorOptions): Promise<FrontDoor> {
  const ca = options.caBundle === undefined ? undefined : readFileSync(options.caBundle, "utf8");
  const emulator = upstream(options.endpoint, ca);
  const s3 = `http://127.0.0.1:${options.ports.s3}`;
  const api: { path?: string } = {};
  const servers = [
    await listen(mainOrigin(options, emulator, s3, api), options.ports.web),
    await listen(
      (request, response) => forward(request, response, emulator, request.url ?? "/"),
      options.ports.s3,
    ),
  ];
  return {
    web: `http://127.0.0.1:${options.ports.web}`,
    s3,
    connectApi: (path) => {
      api.path = path;
    },
    async close() {
      await Promise.all(servers.map(close));
      emulator.agent.destroy();
    },
  };
}

function mainOrigin(
  { issuer, pages }: FrontDoorOptions,
  emulator: Upstream,
  s3: string,
  api: { readonly path?: string },
): RequestListener {
  const web = webPages(pages, securityHeaders(s3));
  return (request, response) => {
    const url = request.url ?? "/";
    if (under(url, "/idp")) issuer.handle(request, response);
    else if (!under(url, "/api")) void web.serve(request, response);
    else if (api.path === undefined) problem(response, 503, "The API is still being deployed.");
    else forward(request, response, emulator, `${api.path}${url.slice("/api".length) || "/"}`);
  };
}

function under(url: string, prefix: string): boolean {
  return url.startsWith(prefix) && ["/", "?", undefined].includes(url[prefix.length]);
}

function listen(listener: RequestListener, port: number): Promise<Server> {
  // A study is large and a line slow: no limit on how long a request may take.
  const server = createServer({ requestTimeout: 0, keepAliveTimeout: 65_000 }, listener);
  return new Promise((resolve, reject) => {
    server.once("error", reject).listen(port, "127.0.0.1", () => resolve(server));
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
