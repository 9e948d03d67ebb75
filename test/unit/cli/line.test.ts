/** How much of a line is used, what the storage's answers mean, and who goes first. */
import { spawnSync } from "node:child_process";
import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, jest } from "@jest/globals";
import { bandwidth } from "../../../cli/line/bandwidth.ts";
import { beginEmergency, EmergencyWatch } from "../../../cli/line/emergency.ts";
import { verdictOf } from "../../../cli/line/storage-answers.ts";
import { Window } from "../../../cli/line/window.ts";
import { describeProgress } from "../../../cli/upload/progress.ts";

afterEach(() => void jest.restoreAllMocks());

describe("how many requests are under way", () => {
  let now: number;
  beforeEach(() => {
    now = 0;
    jest.spyOn(performance, "now").mockImplementation(() => now);
  });
  /** Requests that take `milliseconds` each, one after the other, `bytes` each. */
  async function run(window: Window, count: number, milliseconds: (size: number) => number): Promise<void> {
    for (let n = 0; n < count; n++)
      await window.run(async () => {
        now += milliseconds(window.size);
        return 100_000;
      });
  }
  const fail = (window: Window) =>
    window
      .run(async () => {
        now += 100;
        throw new Error("cut");
      })
      .catch(() => undefined);

  it("grows while more of them carry more, and to the maximum only", async () => {
    const window = new Window(6);
    expect(window.size).toBe(2);
    await run(window, 100, (size) => 600 / size);
    expect(window.size).toBe(6);
  });

  it("stays small on a line that two fill", async () => {
    const window = new Window(16);
    await run(window, 200, () => 300);
    expect(window.size).toBeLessThanOrEqual(3);
    expect(window.bytesPerSecond).toBeCloseTo(100_000 / 0.3, -2);
  });

  it("halves when requests fail in a row, never below one, and not for a single cut", async () => {
    const window = new Window(8);
    await run(window, 200, (size) => 600 / size);
    expect(window.size).toBe(8);
    await fail(window);
    expect(window.size).toBe(8);
    await fail(window);
    expect(window.size).toBe(4);
    for (let n = 0; n < 10; n++) await fail(window);
    expect(window.size).toBe(1);
    await run(window, 100, (size) => 600 / size);
    expect(window.size).toBeGreaterThan(4);
  });
});

describe("the storage's answers", () => {
  const error = (code: string, message = "") =>
    `<Error><Code>${code}</Code><Message>${message}</Message></Error>`;
  it.each([
    [200, "", "stored"],
    [412, error("PreconditionFailed"), "stored"],
    [403, error("AccessDenied", "Request has expired"), "expired"],
    [403, error("AccessDenied", "Access Denied"), "refused"],
    [403, error("SignatureDoesNotMatch"), "refused"],
    [400, error("ExpiredToken"), "expired"],
    [403, error("RequestTimeTooSkewed"), "expired"],
    [400, error("XAmzContentChecksumMismatch"), "corrupted"],
    [400, error("BadDigest"), "corrupted"],
    [400, error("RequestTimeout"), "broken"],
    [404, error("NoSuchUpload"), "parts-gone"],
    [404, error("NoSuchBucket"), "refused"],
    [409, error("ConditionalRequestConflict"), "busy"],
    [503, error("SlowDown"), "busy"],
    [502, "<html>proxy</html>", "busy"],
    [429, "", "busy"],
  ])("%i %s is: %s", (status, body, verdict) => {
    expect(verdictOf({ status, body })).toBe(verdict);
  });
});

describe("--limit", () => {
  it("is bits a second, as lines are sold", () => {
    expect(["2M", "512K", "1.5m", "8000"].map(bandwidth)).toEqual([250_000, 64_000, 187_500, 1000]);
    for (const wrong of ["2", "fast", "-1M", "2MB", ""])
      expect(() => bandwidth(wrong)).toThrow(/bits a second/);
  });
});

describe("the progress", () => {
  const at = { label: "Sending", bytes: 2_000_000, files: 4, sent: 1_000_000, done: 2 };
  it("says how long it will take, and that the line is away", () => {
    const line = describeProgress({ ...at, speed: 250, away: false });
    expect(line).toMatch(/of 1\.9 MiB, 2 of 4 files, 250 B\/s, 1 h 6 min left$/);
    expect(describeProgress({ ...at, speed: undefined, away: true })).toMatch(
      /2 of 4 files, the line is away/,
    );
  });
});

describe("an emergency's marker", () => {
  let state: string;
  const before = process.env.XDG_STATE_HOME;
  beforeEach(async () => {
    state = await mkdtemp(join(tmpdir(), "mic-state-"));
    process.env.XDG_STATE_HOME = state;
  });
  afterEach(async () => {
    if (before === undefined) delete process.env.XDG_STATE_HOME;
    else process.env.XDG_STATE_HOME = before;
    await rm(state, { recursive: true });
  });

  it("is seen by others until it is over", () => {
    const emergency = beginEmergency();
    expect(new EmergencyWatch().running()).toBe(true);
    emergency.end();
    expect(new EmergencyWatch().running()).toBe(false);
  });

  it("of a process that is gone, or whose number another has now, holds nobody back", async () => {
    const folder = join(state, "medical-image-cloud", "emergencies");
    await mkdir(folder, { recursive: true });
    const gone = spawnSync(process.execPath, ["-e", ""]).pid;
    await writeFile(join(folder, `${gone}-x`), "1");
    expect(new EmergencyWatch().running()).toBe(false);
    expect(await readdir(folder)).toEqual([]);
    await writeFile(join(folder, `${process.pid}-x`), "1");
    let now = 0;
    jest.spyOn(performance, "now").mockImplementation(() => now);
    const watch = new EmergencyWatch();
    expect(watch.running()).toBe(true);
    now = 20_000;
    expect(watch.running()).toBe(false);
  });
});
