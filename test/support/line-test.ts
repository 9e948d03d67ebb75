/** What tests of the line share: a server, a proxy before it, folders of slices, and a state folder of their own. */
import { createHash } from "node:crypto";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { ApiClient } from "../../cli/client.ts";
import { type FaultProxy, faultProxy, type Line } from "./fault-proxy.ts";
import { sliceFile } from "./slices.ts";
import { type UploadServer, uploadServer } from "./upload-server.ts";

export interface LineTest {
  readonly folder: string;
  readonly state: string;
  readonly server: UploadServer;
  /** Of the last `client`. */
  readonly proxy: FaultProxy;
  /** Over a new proxy with these faults. */
  client(line?: Line): Promise<ApiClient>;
  /** `names`: within the folder. Answers the bytes, by name. */
  write(names: readonly string[], pixelBytes?: number): Promise<ReadonlyMap<string, Uint8Array>>;
  close(): Promise<void>;
}

export async function lineTest(): Promise<LineTest> {
  const [folder, state] = (await Promise.all(
    ["folder", "state"].map((name) => mkdtemp(join(tmpdir(), `mic-${name}-`))),
  )) as [string, string];
  const before = process.env.XDG_STATE_HOME;
  process.env.XDG_STATE_HOME = state;
  const server = await uploadServer();
  const proxies: FaultProxy[] = [];
  return {
    folder,
    state,
    server,
    get proxy() {
      return proxies.at(-1) as FaultProxy;
    },
    async client(line = {}) {
      proxies.push(await faultProxy(server, line));
      return new ApiClient((proxies.at(-1) as FaultProxy).api, "token");
    },
    async write(names, pixelBytes = 2000) {
      const written = new Map<string, Uint8Array>();
      for (const name of names) {
        const bytes = imageOf(name, pixelBytes);
        await mkdir(dirname(join(folder, name)), { recursive: true });
        await writeFile(join(folder, name), bytes);
        written.set(name, bytes);
      }
      return written;
    },
    async close() {
      await Promise.all(proxies.map((proxy) => proxy.close()));
      await server.close();
      if (before === undefined) delete process.env.XDG_STATE_HOME;
      else process.env.XDG_STATE_HOME = before;
      await Promise.all([folder, state].map((each) => rm(each, { recursive: true, force: true })));
    },
  };
}

/** A slice that is no other's, always the same under one name. */
export function imageOf(name: string, pixelBytes = 2000): Uint8Array {
  const digest = createHash("sha512").update(name).digest();
  const sopUid = `2.25.${BigInt(`0x${digest.toString("hex", 0, 15)}`)}`;
  return sliceFile({ studyUid: "1.2.826.9", sopUid, pixels: Buffer.alloc(pixelBytes, digest) });
}

/** How often each file or part was sent, by what it is. */
export function triesOf({ puts }: FaultProxy): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { what } of puts) counts.set(what, (counts.get(what) ?? 0) + 1);
  return counts;
}

export const names = (count: number, folder = ""): readonly string[] =>
  Array.from({ length: count }, (_, n) => `${folder}IM${String(n).padStart(4, "0")}`);
