import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import type { UploadResult } from "../../../cli/upload/upload-folder.ts";
import { largestStudy, refusals } from "../../../local/demo.ts";
import { hashInputs } from "../../../local/inputs-hash.ts";
import { readOptions } from "../../../local/options.ts";
import { Progress, StepFailed, StepProblem } from "../../../local/progress.ts";
import { samples } from "../../../local/summary.ts";
import type { LedgerFile } from "../../../shared/contract/schemas/upload.ts";

function onScreen(isTTY = false) {
  let text = "";
  let now = 0;
  const screen = { isTTY, columns: 60, write: (added: string) => (text += added) };
  return { screen, now: () => (now += 1500), shown: () => text };
}

describe("a person who watches npm start", () => {
  it("sees one line a step, with its seconds and what came of it", async () => {
    const { shown, ...options } = onScreen();
    const progress = new Progress(options);
    await progress.step("Deploy the stacks", async () => 3, { done: (count) => `${count} stacks` });
    expect(shown()).toBe(`✓ ${"Deploy the stacks".padEnd(50)}    1.5 s  3 stacks\n`);
  });

  it("is told what failed, why, and where its log is, once", async () => {
    const { shown, ...options } = onScreen();
    const progress = new Progress(options);
    const failing = () =>
      progress.step("Inner", async () => {
        throw new StepProblem("The queue's policy forgets S3.", {
          log: join(process.cwd(), "logs/deploy.log"),
        });
      });
    await expect(progress.step("Outer", failing)).rejects.toThrow(StepFailed);
    expect(shown()).toContain("✗ Inner");
    expect(shown().match(/The queue's policy forgets S3\./g)).toHaveLength(1);
    expect(shown()).toContain("The whole log: logs/deploy.log");
  });

  it("is not shown failures of what was stopped on purpose", async () => {
    const { shown, ...options } = onScreen();
    const stop = new AbortController();
    const progress = new Progress({ ...options, signal: stop.signal });
    const work = async () => {
      stop.abort();
      throw new Error("killed");
    };
    await expect(progress.step("Deploy", work)).rejects.toThrow(StepFailed);
    await expect(progress.step("Next", async () => 1)).rejects.toThrow(StepFailed);
    expect(shown()).toContain("– Deploy");
    expect(shown()).not.toContain("killed");
    expect(shown()).not.toContain("Next");
  });

  it("sees on a terminal what is being done, in one line that fits", async () => {
    const { shown, ...options } = onScreen(true);
    const progress = new Progress(options);
    await progress.step("Thumbnails", async (detail) => {
      detail("1 of 2");
      await progress.step("x".repeat(100), async () => undefined);
    });
    const moving = shown()
      .split("\r\u001b[K")
      .filter((part) => !part.includes("\n"));
    expect(moving.some((part) => part.includes("Thumbnails: 1 of 2"))).toBe(true);
    expect(Math.max(...moving.map((part) => part.length))).toBeLessThan(60);
  });
});

describe("the options of npm start", () => {
  let folder = "";
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "mic-start-"));
    mkdirSync(join(folder, "images"));
    writeFileSync(join(folder, "file"), "");
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it("run the demo on the sample when nothing is said", () => {
    expect(readOptions([], folder)).toEqual({ detach: false, fresh: false, demo: true, help: false });
  });

  it("take a person's own folder, from where they stand", () => {
    expect(readOptions(["--fresh", "images"], folder)).toMatchObject({
      fresh: true,
      folder: join(folder, "images"),
    });
  });

  it.each([
    [["missing"], "There is no"],
    [["file"], "is not a folder"],
    [["images", "images"], "One folder at most"],
    [["--no-demo", "images"], "leave --no-demo out"],
    [["--fesh"], "There is no option --fesh. npm start -- --help lists them."],
  ])("refuse %j with a sentence", (args, sentence) => {
    expect(() => readOptions(args, folder)).toThrow(sentence);
  });

  it("deploy again when a file's content, name or place changes, and not otherwise", async () => {
    const inputs = join(folder, "infra");
    mkdirSync(inputs);
    writeFileSync(join(inputs, "app.ts"), "1");
    const hash = () => hashInputs(folder, ["infra", "missing"], "config");
    const first = await hash();
    expect(await hash()).toBe(first);
    writeFileSync(join(inputs, "app.ts"), "2");
    const second = await hash();
    expect(second).not.toBe(first);
    mkdirSync(join(inputs, "node_modules"));
    writeFileSync(join(inputs, "node_modules", "x"), "");
    expect(await hash()).toBe(second);
    expect(await hashInputs(folder, ["infra"], "other config")).not.toBe(second);
  });
});

describe("a person whose folder was taken through the main job", () => {
  const uploadIds = ["01M80G2BZ8CR71WTGXTVDJ7CRT"];
  const sent = (name: string, state: LedgerFile["state"], studyInstanceUid?: string): LedgerFile => ({
    fileId: name,
    name,
    size: 1,
    sha256: "",
    updatedAt: "",
    state,
    ...(studyInstanceUid && { studyInstanceUid }),
    ...(state === "quarantined" && {
      reason: { code: "cut-off", en: "The file is cut off.", zh: "文件不完整。" },
    }),
  });

  it("is told which files were refused, why, and where all are listed", () => {
    const skipped = [{ name: "a.txt", reason: { en: "This is not DICOM.", zh: "不是 DICOM。" } }];
    const files = [sent("1.dcm", "indexed"), sent("2.dcm", "quarantined"), sent("3.dcm", "conflict")];
    expect(refusals({ files, skipped, uploadIds } as unknown as UploadResult)).toEqual([
      "quarantined  2.dcm: The file is cut off.",
      "conflict  3.dcm",
      "skipped  a.txt: This is not DICOM.",
      "All that was sent: npm run mic -- ledger 01M80G2BZ8CR71WTGXTVDJ7CRT",
    ]);
    expect(refusals({ files: [sent("1.dcm", "indexed")], skipped: [], uploadIds })).toEqual([]);
  });

  it("has the largest of several studies read", () => {
    const files = [sent("1", "indexed", "1.1"), sent("2", "indexed", "1.2"), sent("3", "duplicate", "1.2")];
    expect(largestStudy({ files })).toEqual({ studyUid: "1.2", files: 2, studies: 2 });
  });

  it("gets lines to paste that find that patient, whatever the name holds", () => {
    const lines = samples({ api: "http://127.0.0.1:1/api" }, "O'Neil^Ann").join("\n");
    expect(lines).toContain("PatientName=O%27Neil%5EAnn&fuzzymatching=true'");
    expect(lines).toContain("studies --name 'O'\\''Neil^Ann'");
    expect(samples({ api: "" }).join("\n")).not.toContain("PatientName");
  });
});
