/** Forwards a request to another server and its answer back, byte by byte: nothing is held in memory. */
import type { IncomingHttpHeaders, IncomingMessage, OutgoingHttpHeaders, ServerResponse } from "node:http";
import { Agent as HttpAgent, request as httpRequest } from "node:http";
import { Agent as HttpsAgent, request as httpsRequest } from "node:https";
import { pipeline } from "node:stream/promises";

export interface Upstream {
  readonly protocol: "http:" | "https:";
  readonly hostname: string;
  readonly port: number;
  /** The `Host` sent on: a signature covers it. */
  readonly host: string;
  readonly agent: HttpAgent | HttpsAgent;
}

/** `ca`: certificates (PEM) that `url`'s server is checked against, besides none other. */
export function upstream(url: string, ca?: string): Upstream {
  const { protocol, hostname, port, host } = new URL(url);
  const agent = { keepAlive: true, maxSockets: 256 };
  if (protocol === "http:")
    return { protocol, hostname, port: Number(port || 80), host, agent: new HttpAgent(agent) };
  const secure = new HttpsAgent({ ...agent, ...(ca === undefined ? {} : { ca }) });
  return { protocol: "https:", hostname, port: Number(port || 443), host, agent: secure };
}

/** RFC 9110 §7.6.1: these concern one connection only; Node writes its own. */
const hopByHop = new Set([
  "connection",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
  "expect",
]);

/**
 * `path` is sent as it is: percent-encoding and query are part of what was signed. `more`: headers put over the client's.
 * Answers 502 when the server cannot be reached; cuts the connection when it fails half way, so that nobody takes half
 * an answer for a whole one.
 */
export function forward(
  request: IncomingMessage,
  response: ServerResponse,
  to: Upstream,
  path: string,
  more: Readonly<Record<string, string>> = {},
): void {
  const send = to.protocol === "https:" ? httpsRequest : httpRequest;
  const onward = send({
    agent: to.agent,
    hostname: to.hostname,
    port: to.port,
    method: request.method,
    path,
    headers: { ...onwardHeaders(request, to), ...more },
  });
  onward.on("response", (answer) => {
    response.writeHead(answer.statusCode ?? 502, endToEnd(answer.headers));
    // A client that left, or a server that died: both ends are closed by the pipeline.
    pipeline(answer, response).catch(() => response.destroy());
  });
  onward.on("error", () => refuse(response));
  response.on("close", () => onward.destroy());
  pipeline(request, onward).catch(() => {
    // Reported by `onward`'s own error, or the client left.
  });
}

function onwardHeaders(request: IncomingMessage, { host, protocol }: Upstream): OutgoingHttpHeaders {
  const client = request.socket.remoteAddress ?? "";
  const before = request.headers["x-forwarded-for"];
  return {
    ...endToEnd(request.headers),
    host,
    // As the CDN does: whoever asked comes last.
    "x-forwarded-for": before === undefined ? client : `${before}, ${client}`,
    // The emulator decides by this whether transport was secure; what it may trust is this server's own connection.
    "x-forwarded-proto": protocol.slice(0, -1),
  };
}

function endToEnd(headers: IncomingHttpHeaders): OutgoingHttpHeaders {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !hopByHop.has(name)));
}

function refuse(response: ServerResponse): void {
  if (response.headersSent) response.destroy();
  else problem(response, 502, "The local cloud's emulator did not answer. Its log is in .local/.");
}

/** RFC 9457. */
export function problem(response: ServerResponse, status: number, detail: string): void {
  const body = JSON.stringify({ type: "about:blank", status, detail });
  response.writeHead(status, { "Content-Type": "application/problem+json" }).end(body);
}
