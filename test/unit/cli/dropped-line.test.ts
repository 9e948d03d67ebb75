import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, jest } from "@jest/globals";
import { ApiClient } from "../../../cli/client.ts";
import { sendFile } from "../../../cli/upload/send-file.ts";
import { uploadFolder } from "../../../cli/upload/upload-folder.ts";
import { sliceFile } from "../../support/slices.ts";

const real = { fetch: globalThis.fetch, state: process.env.XDG_STATE_HOME };
const client = new ApiClient("https://images.example/api", "token");
const uploadId = `01K${"0".repeat(23)}`;
let state: string;

const announced = ({ files }: { files: { name: string }[] }): Response =>
  Response.json({
    uploadId,
    files: files.map(({ name }, n) => ({ fileId: String(n), name, state: "awaiting" })),
  });

beforeEach(async () => {
  state = await mkdtemp(join(tmpdir(), "mic-state-"));
  process.env.XDG_STATE_HOME = join(state, "kept");
});
afterEach(async () => {
  jest.restoreAllMocks();
  globalThis.fetch = real.fetch;
  if (real.state === undefined) delete process.env.XDG_STATE_HOME;
  else process.env.XDG_STATE_HOME = real.state;
  await rm(state, { recursive: true });
});

describe("a line that drops", () => {
  let now: number;
  beforeEach(() => {
    now = 0;
    jest.spyOn(Math, "random").mockReturnValue(0);
    jest.spyOn(performance, "now").mockImplementation(() => now);
    globalThis.fetch = async () => {
      now += 20_000;
      throw new TypeError("fetch failed");
    };
  });
  const sending = () => ({
    client: client.patient(),
    uploadId,
    onBytes: () => undefined,
  });

  it("is waited for minutes once an upload has begun, and not before", async () => {
    await expect(client.get("/v1/health")).rejects.toThrow("Is it running?");
    expect(now).toBe(100_000);
    now = 0;
    await expect(client.patient().get("/v1/health")).rejects.toThrow("Is it running?");
    expect(now).toBeGreaterThanOrEqual(300_000);
  });

  it("keeps no file from arriving when it is back", async () => {
    const path = join(state, "a.dcm");
    await writeFile(path, "x");
    const dropped = globalThis.fetch;
    globalThis.fetch = (...asked) => (now < 200_000 ? dropped(...asked) : Promise.resolve(new Response()));
    const put = { method: "PUT", url: "https://storage.example/", headers: {}, expiresAt: "" } as const;
    const toSend = { fileId: "0", name: "a.dcm", state: "awaiting", put } as const;
    await sendFile(sending(), { path, name: "a.dcm", size: 1, sha256: "" }, toSend);
    expect(now).toBe(200_000);
  });

  it("names the upload when it stays away", async () => {
    await writeFile(join(state, "a.dcm"), sliceFile({ studyUid: "1.2" }));
    globalThis.fetch = async (url, init) => {
      if (String(url).endsWith("/v1/uploads")) return announced(JSON.parse(String(init?.body)));
      now += 20_000;
      throw new TypeError("fetch failed");
    };
    const options = {
      priority: "routine",
      encounterClass: "unknown",
      parallel: 1,
      wait: false,
      timeout: 1,
      silent: true,
    } as const;
    await expect(uploadFolder(client, state, options)).rejects.toThrow(
      /a\.dcm|Cannot reach[\s\S]+mic ledger 01K/,
    );
  });
});
