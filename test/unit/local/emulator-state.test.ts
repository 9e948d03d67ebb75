import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { beginRun, lossOf, savePatience } from "../../../local/emulator-state.ts";

describe("a person who stops the local cloud", () => {
  let home = "";
  let time = 0;
  const now = () => time;
  beforeEach(() => {
    time = 0;
    home = mkdtempSync(join(tmpdir(), "mic-state-"));
    mkdirSync(join(home, "state"));
    beginRun(home);
  });
  afterEach(() => rmSync(home, { recursive: true }));

  it("waits as long as the data is being written, and a minute when nothing is", () => {
    const mayGoOn = savePatience(home, { now });
    time = 59_000;
    expect(mayGoOn()).toBe(true);
    writeFileSync(join(home, "state", "dynamodb.json.tmp"), "{");
    expect(mayGoOn()).toBe(true);
    time = 118_000;
    expect(mayGoOn()).toBe(true);
    time = 120_000;
    expect(mayGoOn()).toBe(false);
  });

  it("does not wait for an emulator that hangs after its data is saved", () => {
    const mayGoOn = savePatience(home, { now });
    rmSync(join(home, "running"));
    expect(mayGoOn()).toBe(true);
    time = 3000;
    expect(mayGoOn()).toBe(false);
  });

  it("is told at the next start what is kept when nothing could be saved", () => {
    expect(lossOf(home)).toContain("Kept: nothing");
    writeFileSync(join(home, "saved"), "");
    expect(lossOf(home)).toMatch(/Kept: what was saved \d{4}-\d\d-\d\d \d\d:\d\d/);
    rmSync(join(home, "running"));
    expect(lossOf(home)).toBeUndefined();
  });
});
