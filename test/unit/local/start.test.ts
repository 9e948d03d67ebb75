import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { hashInputs } from "../../../local/inputs-hash.ts";
import { readOptions } from "../../../local/options.ts";
import { Progress, StepFailed, StepProblem } from "../../../local/progress.ts";

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
    [["--fesh"], "--fesh"],
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
