import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, request as httpRequest, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import { type FrontDoor, openFrontDoor } from "../../../local/front-door/front-door.ts";
import { pathOf } from "../../../local/front-door/web-pages.ts";
import { freePort } from "../../../local/processes.ts";

interface Seen {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

describe("the front door", () => {
  let emulator: Server;
  let door: FrontDoor;
  let pages = "";
  let seen: Seen[] = [];
  let address = "";

  beforeAll(async () => {
    emulator = createServer(async (request, response) => {
      let body = "";
      for await (const chunk of request) body += String(chunk);
      seen.push({ method: request.method, url: request.url, headers: request.headers, body });
      if (request.url?.includes("/dies")) {
        response.writeHead(200, { "Content-Length": 100 }).write("half");
        setTimeout(() => response.destroy(), 20);
      } else response.writeHead(206, { "Content-Range": "bytes 0-1/9", "x-amz-version-id": "v" }).end("ok");
    });
    await new Promise<void>((ready) => emulator.listen(0, "127.0.0.1", ready));
    address = `127.0.0.1:${(emulator.address() as AddressInfo).port}`;
    pages = mkdtempSync(join(tmpdir(), "mic-pages-"));
    mkdirSync(join(pages, "assets"));
    writeFileSync(join(pages, "index.html"), "<p>portal</p>");
    writeFileSync(join(pages, "s.html"), "<p>share</p>");
    writeFileSync(join(pages, "assets", "app-1a2b.js"), "1");
    door = await openFrontDoor({
      ports: { web: await freePort(), s3: await freePort() },
      pages,
    });
    const opened = [`${door.web}/api/v1/health`, `${door.web}/idp/auth`, `${door.s3}/bucket/key`];
    for (const url of opened) expect((await fetch(url)).status).toBe(503);
    door.connect({
      issuer: { handle: (request, response) => void response.end(`idp ${request.url}`) },
      endpoint: `http://${address}`,
    });
    door.connectApi("/_aws/execute-api/abc/local", "front-secret");
  });
  beforeEach(() => {
    seen = [];
  });
  afterAll(async () => {
    await door.close();
    emulator.closeAllConnections();
    emulator.close();
    rmSync(pages, { recursive: true });
  });

  it("passes an API request on with its encoding, query, body and the client's address", async () => {
    const answer = await fetch(`${door.web}/api/v1/a%2Fb?x=%E7%8E%8B&y=1`, {
      method: "POST",
      body: "{}",
      headers: {
        authorization: "Bearer t",
        "x-forwarded-for": "203.0.113.9",
        "x-mic-viewer": "203.0.113.9",
        "x-mic-front": "forged",
      },
    });
    expect(await answer.text()).toBe("ok");
    expect(seen[0]).toMatchObject({
      method: "POST",
      url: "/_aws/execute-api/abc/local/v1/a%2Fb?x=%E7%8E%8B&y=1",
      body: "{}",
      headers: { host: address, authorization: "Bearer t", "x-forwarded-for": "203.0.113.9, 127.0.0.1" },
    });
    expect(seen[0]).toMatchObject({
      headers: { "x-mic-viewer": "127.0.0.1", "x-mic-front": "front-secret" },
    });
  });

  it("passes S3's bytes with the host that was signed, and ranges and headers both ways", async () => {
    const answer = await fetch(`${door.s3}/bucket/key?X-Amz-Signature=1`, {
      headers: { range: "bytes=0-1" },
    });
    expect(answer.status).toBe(206);
    expect(answer.headers.get("content-range")).toBe("bytes 0-1/9");
    expect(answer.headers.get("x-amz-version-id")).toBe("v");
    expect(seen[0]).toMatchObject({
      url: "/bucket/key?X-Amz-Signature=1",
      headers: { host: address, range: "bytes=0-1" },
    });
  });

  it("sends an upload on while it is still coming in", async () => {
    const upload = httpRequest(`${door.s3}/bucket/large`, { method: "PUT" });
    const arrived = new Promise<void>((done) => emulator.once("request", () => done()));
    upload.write("first part");
    await arrived;
    const finished = new Promise((done) => upload.on("response", done));
    upload.end(", second part");
    await finished;
    expect(seen[0]?.body).toBe("first part, second part");
  });

  it("cuts the connection when the bytes end early, rather than passing half off as whole", async () => {
    const answer = await fetch(`${door.s3}/dies`);
    await expect(answer.text()).rejects.toThrow();
  });

  it("serves the portal for a path of its own, the share page at /s, and hashed files for ever", async () => {
    expect(await (await fetch(`${door.web}/studies/1.2.3`)).text()).toBe("<p>portal</p>");
    const share = await fetch(`${door.web}/s`);
    expect(await share.text()).toBe("<p>share</p>");
    expect(share.headers.get("cache-control")).toBe("no-cache");
    expect(share.headers.get("referrer-policy")).toBe("no-referrer");
    expect(share.headers.get("content-security-policy")).toContain(`connect-src 'self' ${door.s3}`);
    const script = await fetch(`${door.web}/assets/app-1a2b.js`);
    expect(script.headers.get("cache-control")).toContain("immutable");
    const etag = script.headers.get("etag") ?? "";
    const again = await fetch(script.url, { headers: { "if-none-match": etag } });
    expect(again.status).toBe(304);
    expect((await fetch(`${door.web}/assets/missing.js`)).status).toBe(404);
  });

  it("hands sign-in to the issuer, and only what lies under its path", async () => {
    expect(await (await fetch(`${door.web}/idp/auth?x=1`)).text()).toBe("idp /idp/auth?x=1");
    expect(await (await fetch(`${door.web}/idpage`)).text()).toBe("<p>portal</p>");
  });

  it("refuses paths that leave the folder", () => {
    expect(pathOf("/../../etc/passwd")).toBe("/etc/passwd");
    expect(pathOf("/%2e%2e/%2e%2e/etc/passwd")).toBe("/etc/passwd");
    expect(pathOf("..%2f..%2fetc/passwd")).toBeUndefined();
    expect(pathOf("/%00")).toBeUndefined();
    expect(pathOf("/%zz")).toBeUndefined();
  });
});
