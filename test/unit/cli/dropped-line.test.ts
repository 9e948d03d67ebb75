/** `mic` on the lines clinics have: real sockets, a real server of ours behind them, and a proxy that breaks them. */
import { createHash } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, jest } from "@jest/globals";
import { ApiClient } from "../../../cli/client.ts";
import { type UploadOptions, uploadFolder } from "../../../cli/upload/upload-folder.ts";
import {
  type Fault,
  type FaultProxy,
  type Line as FaultyLine,
  faultProxy,
} from "../../support/fault-proxy.ts";
import { sliceFile } from "../../support/slices.ts";
import { type UploadServer, uploadServer } from "../../support/upload-server.ts";

const realState = process.env.XDG_STATE_HOME;
const options: UploadOptions = {
  priority: "routine",
  encounterClass: "unknown",
  parallel: 4,
  wait: true,
  timeout: 1,
  silent: true,
};
let folder: string;
let state: string;
let server: UploadServer;
let proxy: FaultProxy | undefined;

beforeEach(async () => {
  [folder, state] = (await Promise.all(
    ["folder", "state"].map((name) => mkdtemp(join(tmpdir(), `mic-${name}-`))),
  )) as [string, string];
  process.env.XDG_STATE_HOME = state;
  server = await uploadServer();
  // Pauses between tries without their length, which is chance.
  jest.spyOn(Math, "random").mockReturnValue(0);
});
afterEach(async () => {
  jest.restoreAllMocks();
  await proxy?.close();
  proxy = undefined;
  await server.close();
  if (realState === undefined) delete process.env.XDG_STATE_HOME;
  else process.env.XDG_STATE_HOME = realState;
  await Promise.all([folder, state].map((each) => rm(each, { recursive: true, force: true })));
});

async function clientOver(line: FaultyLine): Promise<ApiClient> {
  proxy = await faultProxy(server, line);
  return new ApiClient(proxy.api, "token");
}

/** `bytes` of pixels that are no two alike. */
function noise(bytes: number, seed: string): Uint8Array {
  const block = createHash("sha512").update(seed).digest();
  return Buffer.alloc(bytes, block);
}

async function writeSlices(count: number, pixelBytes = 2000): Promise<void> {
  for (let n = 0; n < count; n++) {
    const sopUid = `1.2.826.9.1.${n + 1}`;
    await writeFile(
      join(folder, `IM${String(n).padStart(4, "0")}`),
      sliceFile({ studyUid: "1.2.826.9", sopUid, pixels: noise(pixelBytes, sopUid) }),
    );
  }
}

/** Fails the first PUT of every file like this, and lets the next one through. */
function firstTime(fault: (index: number) => Fault | undefined): NonNullable<FaultyLine["onPut"]> {
  const seen = new Set<string>();
  return ({ what }) => {
    if (seen.has(what)) return undefined;
    seen.add(what);
    return fault(seen.size - 1);
  };
}
const tries = (): number[] => {
  const counts = new Map<string, number>();
  for (const { what } of (proxy as FaultProxy).puts) counts.set(what, (counts.get(what) ?? 0) + 1);
  return [...counts.values()];
};

describe("a line that breaks", () => {
  it.each<[string, Fault]>([
    ["is cut in the middle of a file", { kind: "cut", after: 500 }],
    ["is cut before the first byte", { kind: "cut", after: 0 }],
    ["loses the answer", { kind: "lose-answer" }],
    ["changes a byte", { kind: "corrupt" }],
    ["meets a busy storage", { kind: "answer", status: 503, code: "SlowDown" }],
    ["meets a failing storage", { kind: "answer", status: 500, code: "InternalError" }],
    ["meets a storage that found it too slow", { kind: "answer", status: 400, code: "RequestTimeout" }],
    ["meets a storage that counts", { kind: "answer", status: 429, code: "TooManyRequests" }],
    ["meets a URL that expired", { kind: "answer", status: 403, code: "ExpiredToken" }],
    ["meets a storage whose clock is another", { kind: "answer", status: 403, code: "RequestTimeTooSkewed" }],
  ])("gets every file through where it %s", async (_, fault) => {
    await writeSlices(6);
    const { ledger } = await uploadFolder(
      await clientOver({ onPut: firstTime(() => fault) }),
      folder,
      options,
    );
    expect(ledger).toMatchObject({ announced: 6, totals: { indexed: 6, awaiting: 0, quarantined: 0 } });
    expect(tries()).toEqual([2, 2, 2, 2, 2, 2]);
  });
});
