/** Serves the built web pages as the CDN does deployed: hashed files for ever, documents checked each time. */
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { extname, join, normalize, sep } from "node:path";
import { pipeline } from "node:stream/promises";
import { pagePolicy } from "../../shared/contract/page-policy.ts";

const mediaTypes: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".mjs": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".json": "application/json",
  ".map": "application/json",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".jpg": "image/jpeg",
  ".ico": "image/x-icon",
  ".webp": "image/webp",
  ".woff2": "font/woff2",
  ".wasm": "application/wasm",
  ".txt": "text/plain; charset=utf-8",
  ".webmanifest": "application/manifest+json",
};

const immutable = "public, max-age=31536000, immutable";

/** Headers of every page; images come from S3's own origin, which the page must be let talk to. */
export function securityHeaders(s3Origin: string): Readonly<Record<string, string>> {
  return {
    "Content-Security-Policy": pagePolicy({ storage: s3Origin, issuers: [] }),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    // A link's token is in the fragment, which no browser sends; nothing else of the address should travel either.
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
  };
}

interface Found {
  readonly file: string;
  readonly size: number;
  readonly etag: string;
}

export interface WebPages {
  serve(request: IncomingMessage, response: ServerResponse): Promise<void>;
}

/** `folder` is read at each request: a rebuild shows without a restart. */
export function webPages(folder: string, headers: Readonly<Record<string, string>>): WebPages {
  return {
    async serve(request, response) {
      if (request.method !== "GET" && request.method !== "HEAD") {
        response.writeHead(405, { Allow: "GET, HEAD", ...headers }).end();
        return;
      }
      const path = pathOf(request.url ?? "/");
      const found = path === undefined ? undefined : await findPage(folder, path);
      if (!found) {
        response
          .writeHead(404, { "Content-Type": "text/plain; charset=utf-8", ...headers })
          .end("Not found\n");
        return;
      }
      await send(request, response, found, headers);
    },
  };
}

/** The decoded path without query; undefined where it is malformed or leaves the folder. */
export function pathOf(url: string): string | undefined {
  try {
    const decoded = decodeURIComponent(url.split(/[?#]/, 1)[0] ?? "/");
    const path = normalize(decoded);
    return decoded.includes("\0") || path.split(sep).includes("..") ? undefined : path;
  } catch {
    return undefined;
  }
}

/** The file itself, the page of that name, or the application's one document for a path of its own. */
async function findPage(folder: string, path: string): Promise<Found | undefined> {
  // A UID has dots too: only endings we serve are files.
  const candidates = mediaTypes[extname(path)]
    ? [path]
    : [`${path.replace(/\/$/, "")}.html`, join(path, "index.html"), "index.html"];
  for (const candidate of candidates) {
    const found = await fileAt(join(folder, candidate));
    if (found) return found;
  }
  return undefined;
}

async function fileAt(file: string): Promise<Found | undefined> {
  const entry = await stat(file).catch(() => undefined);
  if (!entry?.isFile()) return undefined;
  return { file, size: entry.size, etag: `"${entry.size.toString(36)}-${entry.mtimeMs.toString(36)}"` };
}

async function send(
  request: IncomingMessage,
  response: ServerResponse,
  { file, size, etag }: Found,
  headers: Readonly<Record<string, string>>,
): Promise<void> {
  const hashed = /[/\\]assets[/\\]/.test(file);
  const all = { ...headers, "Cache-Control": hashed ? immutable : "no-cache", ETag: etag };
  if (request.headers["if-none-match"] === etag) {
    response.writeHead(304, all).end();
    return;
  }
  const type = mediaTypes[extname(file)] ?? "application/octet-stream";
  response.writeHead(200, { ...all, "Content-Type": type, "Content-Length": size });
  if (request.method === "HEAD") response.end();
  else await pipeline(createReadStream(file), response).catch(() => response.destroy());
}
