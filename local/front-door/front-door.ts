/**
 * What the CDN is deployed, on this machine: one plain-HTTP origin with the web pages at `/`, the API at `/api` and
 * sign-in at `/idp`, and a second one for S3's bytes, so that no browser meets the emulator's own certificate.
 */
import { readFileSync } from "node:fs";
import { createServer, type RequestListener, type Server, type ServerResponse } from "node:http";
import { frontHeaders } from "../../shared/contract/front.ts";
import type { Issuer } from "../issuer/interactions.ts";
import { describeHolder } from "../port-holder.ts";
import { forward, problem, type Upstream, upstream } from "./forward.ts";
import { securityHeaders, webPages } from "./web-pages.ts";

export interface FrontDoorOptions {
  readonly ports: { readonly web: number; readonly s3: number };
  /** Folder of the built web pages. */
  readonly pages: string;
}

/** What stands behind the front door. */
export interface Behind {
  readonly issuer: Issuer;
  /** The emulator: presigned requests were signed for its host. */
  readonly endpoint: string;
  readonly caBundle?: string;
}

export interface FrontDoor {
  readonly web: string;
  readonly s3: string;
  /** Until then both origins answer 503: they are opened first, so that nobody takes their ports meanwhile. */
  connect(behind: Behind): void;
  /**
   * From here on `/api/…` goes to this path of the emulator, such as `/_aws/execute-api/<id>/<stage>`, with the secret that
   * makes the API believe who asked, as the CDN sends it.
   */
  connectApi(path: string, frontSecret: string): void;
  close(): Promise<void>;
}

interface Connected {
  issuer?: Issuer;
  emulator?: Upstream;
  api?: { readonly path: string; readonly frontSecret: string };
}

/** Opens both origins on the loopback interface. */
export async function openFrontDoor({ ports, pages }: FrontDoorOptions): Promise<FrontDoor> {
  const connected: Connected = {};
  const s3 = `http://127.0.0.1:${ports.s3}`;
  const servers = [
    await listen(mainOrigin(pages, s3, connected), ports.web),
    await listen(storageOrigin(connected), ports.s3),
  ];
  return {
    web: `http://127.0.0.1:${ports.web}`,
    s3,
    connect({ issuer, endpoint, caBundle }) {
      const ca = caBundle === undefined ? undefined : readFileSync(caBundle, "utf8");
      Object.assign(connected, { issuer, emulator: upstream(endpoint, ca) });
    },
    connectApi: (path, frontSecret) => {
      connected.api = { path, frontSecret };
    },
    async close() {
      await Promise.all(servers.map(close));
      connected.emulator?.agent.destroy();
    },
  };
}

function mainOrigin(pages: string, s3: string, connected: Connected): RequestListener {
  const web = webPages(pages, securityHeaders(s3));
  return (request, response) => {
    const url = request.url ?? "/";
    const { issuer, emulator, api } = connected;
    if (under(url, "/idp")) {
      if (issuer) issuer.handle(request, response);
      else comingUp(response);
    } else if (under(url, "/api")) {
      if (emulator && api)
        forward(request, response, emulator, `${api.path}${url.slice("/api".length) || "/"}`, {
          [frontHeaders.secret]: api.frontSecret,
          [frontHeaders.viewer]: request.socket.remoteAddress ?? "",
        });
      else comingUp(response);
    } else void web.serve(request, response);
  };
}

function storageOrigin(connected: Connected): RequestListener {
  return (request, response) => {
    if (connected.emulator) forward(request, response, connected.emulator, request.url ?? "/");
    else comingUp(response);
  };
}

const comingUp = (response: ServerResponse): void =>
  problem(response, 503, "The local cloud is still coming up.");

function under(url: string, prefix: string): boolean {
  return url.startsWith(prefix) && ["/", "?", undefined].includes(url[prefix.length]);
}

async function listen(listener: RequestListener, port: number): Promise<Server> {
  // A study is large and a line slow: no limit on how long a request may take.
  const server = createServer({ requestTimeout: 0, keepAliveTimeout: 65_000 }, listener);
  try {
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject).listen(port, "127.0.0.1", resolve);
    });
  } catch (cause) {
    throw new Error(`The front door cannot open: ${await describeHolder(port)}.`, { cause });
  }
  return server;
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
