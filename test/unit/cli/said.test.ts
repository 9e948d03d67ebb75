/** What commands print for people: in the language of their terminal, whole, and nothing that moves the cursor. */
import { rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, jest } from "@jest/globals";
import { Command } from "commander";
import { addOrderCommands } from "../../../cli/commands/order.ts";
import { addUploadCommands } from "../../../cli/commands/upload.ts";
import type { WatchEvent } from "../../../cli/watch/log.ts";
import { writePart10 } from "../../../shared/dicom/write.ts";
import { imageOf, type LineTest, lineTest } from "../../support/line-test.ts";
import { listen } from "../../support/upload-server.ts";
import { watchQuickly } from "../../support/watching.ts";
import { zipOf } from "../../support/zip.ts";

const before = process.env.LC_ALL;
let here: LineTest;
let said: string;

beforeEach(async () => {
  here = await lineTest();
  said = "";
  process.env.LC_ALL = "zh_CN.UTF-8";
  jest.spyOn(Math, "random").mockReturnValue(0);
});
afterEach(async () => {
  jest.restoreAllMocks();
  if (before === undefined) delete process.env.LC_ALL;
  else process.env.LC_ALL = before;
  process.exitCode = 0;
  await here.close();
});

/** Resolves to what was printed. */
async function mic(api: string, ...args: readonly string[]): Promise<string> {
  const program = new Command("mic").option("--api <url>").option("--token <token>");
  addUploadCommands(program);
  addOrderCommands(program);
  const print = (text: unknown): boolean => {
    said += String(text);
    return true;
  };
  const spies = [process.stdout, process.stderr].map((to) =>
    jest.spyOn(to, "write").mockImplementation(print),
  );
  await program
    .parseAsync(["--api", api, "--token", "t", ...args], { from: "user" })
    .finally(() => spies.map((spy) => spy.mockRestore()));
  return said;
}

/** Of one image, under this name. */
const index = (file: string): Uint8Array =>
  writePart10([
    { tag: "00080016", vr: "UI", value: "1.2.840.10008.1.3.10" },
    { tag: "00080018", vr: "UI", value: "1.2.3" },
    {
      tag: "00041220",
      vr: "SQ",
      value: [
        [
          { tag: "00041430", vr: "CS", value: "IMAGE" },
          { tag: "00041500", vr: "CS", value: [file] },
        ],
      ],
    },
  ]);

describe("what mic upload says of a disc", () => {
  beforeEach(async () => {
    await here.write(["a"]);
    await here.client();
  });

  it("is in Chinese on a Chinese terminal: what was left out, what was refused, what the index lacks", async () => {
    await writeFile(join(here.folder, "DICOMDIR"), index("B"));
    await writeFile(join(here.folder, "d.zip"), zipOf([{ name: "x", bytes: imageOf("x"), encrypted: true }]));
    await writeFile(join(here.folder, "cut.dcm"), imageOf("c").subarray(0, 700));
    const text = await mic(here.proxy.api, "upload", here.folder);
    const [uploadId = ""] = /[0-9A-Z]{26}/.exec(text) ?? [];
    const lines = (await mic(here.proxy.api, "ledger", uploadId)).split("\n");
    const of = (name: string) => lines.find((line) => line.includes(name));
    for (const name of ["d.zip/x", "cut.dcm", "DICOMDIR: "]) expect(of(name)).toMatch(/\p{Script=Han}/u);
  });

  it("is in Chinese where there is nothing to send", async () => {
    await rm(join(here.folder, "a"));
    await writeFile(join(here.folder, "d.zip"), zipOf([{ name: "x", bytes: imageOf("x"), encrypted: true }]));
    await expect(mic(here.proxy.api, "upload", here.folder)).rejects.toThrow(/d\.zip\/x: .*\p{Script=Han}/u);
  });

  it("shows the names of its index as signs where they would move the cursor", async () => {
    await writeFile(join(here.folder, "DICOMDIR"), index(`A\u001b[2J\u001b]0;x\u0007${"B".repeat(200)}`));
    const text = await mic(here.proxy.api, "upload", here.folder);
    const [, missing = ""] = /missing (.*)/.exec(text) ?? [];
    expect(missing).toMatch(/^A␛\[2J␛\]0;x␇B+$/);
  });
});

describe("why a watched folder's file stays", () => {
  it("is said in Chinese on a Chinese terminal", async () => {
    const client = await here.client();
    await writeFile(join(here.folder, "cut.dcm"), imageOf("c").subarray(0, 700));
    await writeFile(join(here.folder, "d.zip"), zipOf([{ name: "x", bytes: imageOf("x"), encrypted: true }]));
    const watching = watchQuickly(client, here.folder);
    await watching.until("settled");
    await watching.stop();
    const why = (event: WatchEvent) => watching.log.find((one) => one.event === event)?.details.why;
    for (const event of ["quarantined", "unreadable"] as const) expect(why(event)).toMatch(/\p{Script=Han}/u);
  }, 20_000);
});

describe("studies without an order", () => {
  it("are listed all, however many pages they are", async () => {
    const [all, size] = [Array.from({ length: 450 }, (_, n) => ({ studyUid: `1.2.${n}` })), 200];
    const server = createServer((request, response) => {
      const from = Number(new URL(request.url as string, "http://api").searchParams.get("cursor") ?? 0);
      const next = from + size < all.length ? { next: String(from + size) } : {};
      const page = all.slice(from, from + size);
      const studies = page.map((one) => ({
        ...one,
        seenAt: "",
        attributes: {},
        modalities: [],
        candidates: [],
      }));
      response.end(JSON.stringify({ studies, ...next }));
    });
    const api = await listen(server);
    const printed = await mic(api, "order", "unmatched", "--json");
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
    expect(JSON.parse(printed)).toMatchObject(all);
  });
});
