import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, jest } from "@jest/globals";
import { ApiClient } from "../../../cli/client.ts";
import type { Content } from "../../../cli/content/content.ts";
import { announceAll } from "../../../cli/upload/announce.ts";
import { waitUntilDone } from "../../../cli/upload/ledger.ts";
import type { FoundFile } from "../../../cli/upload/scan-folder.ts";
import { Unfinished } from "../../../cli/upload/unfinished.ts";

interface Line {
  readonly fileId: string;
  readonly name: string;
  readonly sha256: string;
  state: string;
}
interface Asked {
  readonly files?: { name: string; sha256: string }[];
  readonly fileIds?: string[];
  readonly expected?: unknown;
}

const real = { fetch: globalThis.fetch, state: process.env.XDG_STATE_HOME };
const errand = {
  api: "https://images.example/api",
  folder: "/disc",
  priority: "routine",
  encounterClass: "unknown",
} as const;
let state: string;
let uploads: Map<string, Line[]>;
let creations: Asked[];
let answers: Response[];

/** As the server answers: announcing, signing again, and the ledger in one page. */
function serve(url: string, body: Asked): Response {
  const early = answers.shift();
  if (early !== undefined) return early;
  const id = /uploads\/([0-9A-Z]{26})/.exec(url)?.[1] ?? `01K${String(uploads.size).padStart(23, "0")}`;
  if (url.endsWith("/v1/uploads")) {
    uploads.set(id, []);
    creations.push(body);
  }
  const lines = uploads.get(id);
  if (lines === undefined) return Response.json({ title: "Not found" }, { status: 404 });
  const known = lines.filter(({ fileId }) => body.fileIds?.includes(fileId));
  const added = (body.files ?? []).map(({ name, sha256 }, n) => {
    return { fileId: String(lines.length + n), name, sha256, state: "awaiting" };
  });
  lines.push(...added);
  const isLedger = /uploads\/[0-9A-Z]{26}(\?.*)?$/.test(url);
  if (!isLedger) return Response.json({ uploadId: id, files: [...added, ...known] });
  const totals = { awaiting: 0, stored: lines.length, indexed: 0, duplicate: 0, conflict: 0, quarantined: 0 };
  return Response.json({ files: lines, announced: lines.length, totals, done: false });
}

beforeEach(async () => {
  state = await mkdtemp(join(tmpdir(), "mic-state-"));
  process.env.XDG_STATE_HOME = state;
  [uploads, creations, answers] = [new Map(), [], []];
  globalThis.fetch = async (url, init) => serve(String(url), init?.body ? JSON.parse(String(init.body)) : {});
});
afterEach(async () => {
  jest.restoreAllMocks();
  globalThis.fetch = real.fetch;
  if (real.state === undefined) delete process.env.XDG_STATE_HOME;
  else process.env.XDG_STATE_HOME = real.state;
  await rm(state, { recursive: true });
});

const client = new ApiClient(errand.api, "token");
const oneByte: Content = {
  size: 1,
  async *read() {
    yield new Uint8Array(1);
  },
  requireUnchanged: () => Promise.resolve(),
};
const folderOf = (count: number): FoundFile[] =>
  Array.from({ length: count }, (_, n) => {
    return { content: oneByte, name: `王小明/${n}.dcm`, sha256: String(n), studyUid: "1.2" };
  });
const announceFolder = (files: readonly FoundFile[]) =>
  announceAll({ ...errand, client, unfinished: new Unfinished(errand) }, files);

describe("a folder of more files than one upload may have", () => {
  it("becomes several uploads, each saying how many images the whole study has", async () => {
    const { announced, uploadIds } = await announceFolder(folderOf(10_001));
    expect([...uploads.values()].map((lines) => lines.length)).toEqual([10_000, 1]);
    expect(uploadIds).toEqual([...uploads.keys()]);
    expect(announced.filter(({ uploadId }) => uploadId === uploadIds[1])).toHaveLength(1);
    const expected = [{ studyUid: "1.2", instances: 10_001 }];
    expect(creations.map((request) => request.expected)).toEqual([expected, expected]);
  });
});

describe("a folder of files with very long names", () => {
  it("is announced in requests that the server reads, in order", async () => {
    const files = folderOf(1000).map((file) => ({ ...file, name: `${file.sha256}${"影".repeat(500)}` }));
    const bytes: number[] = [];
    globalThis.fetch = async (url, init) => {
      bytes.push(Buffer.byteLength(String(init?.body)));
      return serve(String(url), JSON.parse(String(init?.body)));
    };
    const { announced, uploadIds } = await announceFolder(files);
    expect(Math.max(...bytes)).toBeLessThan(1024 * 1024);
    expect(bytes).toHaveLength(2);
    expect(uploadIds).toHaveLength(1);
    expect(announced.map(({ toSend }) => toSend.name)).toEqual(files.map(({ name }) => name));
  });
});

describe("the same command after an interruption", () => {
  it("goes on with the files that never arrived, and announces only new ones", async () => {
    const { uploadIds } = await announceFolder(folderOf(3));
    const [first] = uploadIds as [string];
    const lines = uploads.get(first) as Line[];
    (lines[0] as Line).state = "stored";
    const again = await announceFolder(folderOf(4));
    expect(again.uploadIds).toEqual([first, [...uploads.keys()][1]]);
    const sent = again.announced.map(({ file, uploadId, toSend }) => [
      file.sha256,
      uploadId === first,
      toSend.state,
    ]);
    expect(sent).toEqual([
      ["0", true, "stored"],
      ["1", true, "awaiting"],
      ["2", true, "awaiting"],
      ["3", false, "awaiting"],
    ]);
  });

  it("begins anew where the server does not know the upload any more", async () => {
    await announceFolder(folderOf(1));
    uploads.clear();
    expect((await announceFolder(folderOf(1))).announced).toHaveLength(1);
    expect(creations).toHaveLength(2);
  });

  it("remembers nothing of a patient, and nothing at all once all is sent", async () => {
    await announceFolder(folderOf(2));
    const kept = join(state, "medical-image-cloud", "uploads");
    const [name = ""] = await readdir(kept);
    expect(JSON.parse(await readFile(join(kept, name), "utf8"))).toEqual({ uploadIds: [...uploads.keys()] });
    expect(new Unfinished({ ...errand, folder: "/other" }).uploadIds).toEqual([]);
    new Unfinished(errand).forget();
    expect(await readdir(kept)).toEqual([]);
  });
});

describe("a busy server", () => {
  const busy = (status: number) =>
    Response.json({ title: "Busy" }, { status, headers: { "retry-after": "0.01" } });

  it.each([429, 503, 409])("that answers %i is asked again when it said", async (status) => {
    answers = Array.from({ length: 7 }, () => busy(status));
    jest.spyOn(Math, "random").mockReturnValue(0);
    await expect(client.post("/v1/uploads", { files: [] })).resolves.toMatchObject({ files: [] });
  });

  it("is told from one that means no", async () => {
    answers = [Response.json({ title: "Conflict", detail: "Completed." }, { status: 409 })];
    await expect(client.post("/v1/uploads", {})).rejects.toMatchObject({
      status: 409,
      message: "Conflict: Completed.",
    });
  });
});

describe("waiting", () => {
  it("ends with a sentence when no file moves any more", async () => {
    const { uploadIds } = await announceFolder(folderOf(2));
    const waiting = waitUntilDone(client, uploadIds, { silent: true, timeout: 0.001 });
    await expect(waiting).rejects.toMatchObject({
      message: expect.stringMatching(/Of 2 files 2 arrived and are not looked at yet[\s\S]+mic ledger 01K/),
    });
  });
});
