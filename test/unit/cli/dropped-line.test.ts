/** `mic upload` on the lines clinics have: real sockets, our own server behind them, and a proxy that breaks them. */
import { randomUUID } from "node:crypto";
import { appendFile, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, jest } from "@jest/globals";
import type { ApiClient } from "../../../cli/client.ts";
import { fileContent } from "../../../cli/content/file-content.ts";
import { beginEmergency } from "../../../cli/line/emergency.ts";
import { Pacer } from "../../../cli/line/pacer.ts";
import { Window } from "../../../cli/line/window.ts";
import type { FoundFile } from "../../../cli/upload/scan-folder.ts";
import { sendFile } from "../../../cli/upload/send-file.ts";
import type { Line } from "../../../cli/upload/send-piece.ts";
import { type UploadOptions, uploadFolder } from "../../../cli/upload/upload-folder.ts";
import type { FilesReply, FileToSend, PartsReply } from "../../../shared/contract/schemas/upload.ts";
import { partBytes } from "../../../shared/upload/limits.ts";
import type { Fault, Line as FaultyLine } from "../../support/fault-proxy.ts";
import { imageOf, type LineTest, lineTest, names, triesOf } from "../../support/line-test.ts";
import { sha256Hex } from "../../support/slices.ts";

const options: UploadOptions = {
  priority: "routine",
  encounterClass: "unknown",
  parallel: 4,
  wait: true,
  timeout: 1,
  silent: true,
};
let here: LineTest;

beforeEach(async () => {
  here = await lineTest();
  // Pauses between tries without their length, which is chance.
  jest.spyOn(Math, "random").mockReturnValue(0);
});
afterEach(async () => {
  jest.restoreAllMocks();
  await here.close();
});

/** Befalls the first PUT of every file or part, and lets the next one through. */
function firstTime(fault: Fault): NonNullable<FaultyLine["onPut"]> {
  const seen = new Set<string>();
  return ({ what }) => {
    if (seen.has(what)) return undefined;
    seen.add(what);
    return fault;
  };
}
const tries = (): readonly number[] => [...triesOf(here.proxy).values()];

describe("a line that breaks", () => {
  it.each<[string, Fault]>([
    ["is cut in the middle of a file", { kind: "cut", after: 500 }],
    ["is cut before the first byte", { kind: "cut", after: 0 }],
    ["loses the answer", { kind: "lose-answer" }],
    ["changes a byte", { kind: "corrupt" }],
    ["meets a busy storage", { kind: "answer", status: 503, code: "SlowDown" }],
    ["meets a failing storage", { kind: "answer", status: 500, code: "InternalError" }],
    ["is too slow for the storage", { kind: "answer", status: 400, code: "RequestTimeout" }],
    ["meets a storage that counts", { kind: "answer", status: 429, code: "TooManyRequests" }],
    ["meets a session that expired", { kind: "answer", status: 403, code: "ExpiredToken" }],
    ["meets a storage whose clock is another", { kind: "answer", status: 403, code: "RequestTimeTooSkewed" }],
  ])("gets every file through where it %s", async (_, fault) => {
    await here.write(names(6));
    const client = await here.client({ onPut: firstTime(fault) });
    const { ledger } = await uploadFolder(client, here.folder, options);
    expect(ledger).toMatchObject({ announced: 6, totals: { indexed: 6, awaiting: 0, quarantined: 0 } });
    expect(tries()).toEqual([2, 2, 2, 2, 2, 2]);
  });

  it("gets through where the API's answers break off or are errors", async () => {
    await here.write(names(3));
    let calls = 0;
    const client = await here.client({
      onCall: () =>
        calls++ % 2 === 0
          ? { kind: calls % 4 === 1 ? "lose-answer" : "answer", status: 502, code: "BadGateway" }
          : undefined,
    } as FaultyLine);
    const { ledger } = await uploadFolder(client, here.folder, options);
    expect(ledger).toMatchObject({ announced: 3, totals: { indexed: 3 } });
  });

  it("renews URLs that expired while a slow line was busy", async () => {
    await here.write(names(5));
    const client = await here.client({
      onPut: () => {
        if (here.proxy.puts.length === 1) here.server.clinic.clock.advance(3600_000);
        return undefined;
      },
    });
    const { ledger } = await uploadFolder(client, here.folder, { ...options, parallel: 1 });
    expect(ledger.totals).toMatchObject({ indexed: 5, awaiting: 0 });
    expect(here.proxy.puts.filter(({ status }) => status === 403).length).toBeGreaterThan(0);
  });

  it("does not care what this computer's clock says", async () => {
    await here.write(names(4));
    const client = await here.client({ onPut: firstTime({ kind: "cut", after: 100 }) });
    const real = Date.now;
    jest
      .spyOn(Date, "now")
      .mockImplementation(() => Math.floor(real() - 7 * 3600_000 + Math.sin(real()) * 3600_000));
    const { ledger } = await uploadFolder(client, here.folder, options);
    expect(ledger.totals).toMatchObject({ indexed: 4 });
    expect(tries()).toEqual([2, 2, 2, 2]);
  });
});

describe("a dead line that closes nothing", () => {
  it("is given up and tried again", async () => {
    await here.write(["a"]);
    const client = await here.client({ onPut: firstTime({ kind: "hang" }) });
    const line = { ...lineOf(), stall: { sending: 100, answering: 100 } };
    await send(client, line, "a");
    expect(here.proxy.puts.map(({ status }) => status)).toEqual([undefined, 200]);
  });
});

const lineOf = (): Line => ({ window: new Window(2), pacer: new Pacer() });

async function announce(client: ApiClient, name: string): Promise<{ file: FoundFile } & Announced> {
  const content = await fileContent(join(here.folder, name));
  if (content === undefined) throw new Error("The test announces what is no file");
  const pieces: Uint8Array[] = [];
  for await (const piece of content.read(0, content.size)) pieces.push(piece);
  const sha256 = sha256Hex(Buffer.concat(pieces));
  const files = [{ name, size: content.size, sha256 }];
  const reply = await client.post<FilesReply>("/v1/uploads", { files }, { "idempotency-key": randomUUID() });
  return { file: { name, sha256, content }, uploadId: reply.uploadId, toSend: reply.files[0] as FileToSend };
}
interface Announced {
  readonly uploadId: string;
  readonly toSend: FileToSend;
}

async function send(client: ApiClient, line: Line, name: string, resumed = false): Promise<number> {
  const { file, uploadId, toSend } = await announce(client, name);
  let bytes = 0;
  const onBytes = (moved: number): void => {
    bytes += moved;
  };
  await sendFile({ client, uploadId, line, onBytes }, file, toSend, resumed);
  return bytes;
}

describe("a chest X-ray of three parts", () => {
  const size = 2 * partBytes + 1000;
  beforeEach(() => here.write(["dx"], size));

  it("costs at most one part when the line is cut, and is whole in the archive", async () => {
    let cuts = 0;
    const client = await here.client({
      onPut: ({ what }) =>
        what.endsWith("#2") && cuts++ < 2 ? { kind: "cut", after: partBytes - 5000 } : undefined,
    });
    const { ledger } = await uploadFolder(client, here.folder, options);
    expect(ledger.totals).toMatchObject({ indexed: 1 });
    expect([...triesOf(here.proxy)].map(([what, count]) => `${what.slice(-2)} ${count}`).sort()).toEqual(
      ["#1 1", "#2 3", "#3 1"].sort(),
    );
    const sent = here.proxy.puts.reduce((sum, { bytes }) => sum + bytes, 0);
    expect(sent).toBeLessThanOrEqual(imageOf("dx", size).length + 2 * partBytes);
  });

  it("goes whole on a line that was measured to be quick, and in parts again on one that is slow", async () => {
    const client = await here.client();
    const line = lineOf();
    line.window.bytesPerSecond = 100e6;
    await send(client, line, "dx");
    expect(here.proxy.puts).toHaveLength(1);
    line.window.bytesPerSecond = 250_000;
    await here.write(["dx2"], size);
    await send(client, line, "dx2");
    expect(here.proxy.puts).toHaveLength(4);
  });

  it("counts its bytes once in the progress, whatever was lost", async () => {
    const client = await here.client({ onPut: firstTime({ kind: "cut", after: 70_000 }) });
    expect(await send(client, lineOf(), "dx")).toBe(imageOf("dx", size).length);
  });

  it("sends a part again whose bytes at the server are others", async () => {
    const client = await here.client();
    const { file, uploadId, toSend } = await announce(client, "dx");
    const base = `/v1/uploads/${uploadId}/files/${toSend.fileId}/parts`;
    const other = new Uint8Array(partBytes);
    const asked = { parts: [{ number: 1, sha256: sha256Hex(other) }] };
    const { parts } = await client.post<PartsReply>(base, asked);
    const { url, headers } = (parts[0] as PartsReply["parts"][number]).put;
    const { "content-length": _, ...rest } = headers;
    expect((await fetch(url, { method: "PUT", headers: rest, body: other })).status).toBe(200);
    await sendFile({ client, uploadId, line: lineOf(), onBytes: () => undefined }, file, toSend, true);
    expect(here.proxy.puts.filter(({ what }) => what.endsWith("#1"))).toHaveLength(2);
    await client.post(`/v1/uploads/${uploadId}/complete`, {});
    expect((await here.server.clinic.ledger(uploadId)).totals.indexed).toBe(1);
  });
});

describe("a file that is written to while it is sent", () => {
  it.each([
    ["with the same length", (path: string) => writeFile(path, imageOf("other"))],
    ["longer", (path: string) => appendFile(path, "more")],
    ["shorter", (path: string) => writeFile(path, "x")],
    ["anew with the same bytes", (path: string) => utimes(path, 1, 1)],
  ])("%s is left for later with its reason, and nothing of it is stored", async (_, write) => {
    await here.write(["a", "b"]);
    const client = await here.client();
    let announced = false;
    const patient = client.patient();
    const request = patient.request.bind(patient);
    jest.spyOn(client, "patient").mockReturnValue(patient);
    jest.spyOn(patient, "request").mockImplementation(async (...asked) => {
      const answer = await request(...asked);
      if (!announced) await write(join(here.folder, "b"));
      announced = true;
      return answer as never;
    });
    const result = await uploadFolder(client, here.folder, options);
    expect(result.notSent).toMatchObject([{ name: "b", reason: { code: "unreadable-changed" } }]);
    expect(result.ledger.totals).toMatchObject({ indexed: 1, awaiting: 1, quarantined: 0 });
  });
});

describe("an emergency", () => {
  it("holds back what is routine on this machine until it is over", async () => {
    await here.write(names(3));
    const client = await here.client();
    const emergency = beginEmergency();
    const sent = uploadFolder(client, here.folder, options);
    await new Promise((later) => setTimeout(later, 1200));
    expect(here.proxy.puts).toHaveLength(0);
    emergency.end();
    expect((await sent).ledger.totals).toMatchObject({ indexed: 3 });
  });

  it("is not held back by another", async () => {
    await here.write(names(2));
    const client = await here.client();
    const emergency = beginEmergency();
    const { ledger } = await uploadFolder(client, here.folder, { ...options, priority: "stat" });
    expect(ledger.totals).toMatchObject({ indexed: 2 });
    emergency.end();
  });
});

describe("a limit", () => {
  it("is kept over all requests together", async () => {
    await here.write(names(4), 50_000);
    const client = await here.client();
    const began = performance.now();
    await uploadFolder(client, here.folder, { ...options, limit: 100_000 });
    const seconds = (performance.now() - began) / 1000;
    // 200 kB at 100 kB/s; what is handed on at once at first is a quarter of a second.
    expect(seconds).toBeGreaterThan(1.6);
    expect(here.proxy.mostAtOnce).toBeGreaterThan(1);
  });
});
