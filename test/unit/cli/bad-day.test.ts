/** The clinic's promise: a study of 300 images over a line that breaks twenty times arrives by itself, and once. */
import { spawn } from "node:child_process";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { type LineTest, lineTest, names } from "../../support/line-test.ts";
import { badCalls, badDay, expectNothingSentTwice, seedOfToday } from "../../support/random-faults.ts";

const slices = 300;
const seed = seedOfToday();
/** 2 Mbit/s, and a satellite between. */
const line = { bytesPerSecond: 250_000, latency: 300 };
const program = join(import.meta.dirname, "../../../cli/mic.ts");
let here: LineTest;

beforeEach(async () => {
  here = await lineTest();
  await here.write(names(slices, "DICOM/"), 4000);
});
afterEach(() => here.close());

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** `until`: killed without a word as soon as it says so. */
function mic(args: readonly string[], until: () => boolean = () => false): Promise<Ended> {
  const { MIC_API: _, MIC_TOKEN: __, MIC_CLOUD: ___, ...inherited } = process.env;
  const child = spawn(
    process.execPath,
    ["--no-warnings", program, "--api", here.proxy.api, "--token", "t", ...args],
    {
      env: { ...inherited, XDG_STATE_HOME: here.state, NODE_OPTIONS: "" },
      stdio: ["ignore", "pipe", "pipe"],
    },
  );
  const said = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const)
    child[name].setEncoding("utf8").on("data", (text: string) => {
      said[name] += text;
    });
  const watching = setInterval(() => until() && child.kill("SIGKILL"), 20);
  return new Promise((ended, failed) => {
    child.on("error", failed);
    child.on("close", (code) => {
      clearInterval(watching);
      ended({ code, ...said });
    });
  });
}

async function expectAllThere(): Promise<void> {
  const uploads = new Set(here.server.landed.map(({ key }) => key.split("/")[2] as string));
  expect(uploads.size).toBe(1);
  const ledger = await here.server.clinic.ledger([...uploads][0] as string);
  expect(ledger.totals).toMatchObject({
    indexed: slices,
    awaiting: 0,
    stored: 0,
    duplicate: 0,
    quarantined: 0,
  });
  expect(ledger.upload.fileCount).toBe(slices);
}

describe(`a study of ${slices} images on a bad day (MIC_SEED=${seed})`, () => {
  it("arrives by itself over 2 Mbit/s with 20 cuts and an API that fails too, nothing lost and nothing twice", async () => {
    await here.client({ ...line, onPut: badDay(seed, slices), onCall: badCalls(seed) });
    const { code, stdout, stderr } = await mic(["upload", here.folder, "--wait", "--json"]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(JSON.parse(stdout).totals).toMatchObject({ indexed: slices });
    await expectAllThere();
    expectNothingSentTwice(here.proxy);
  }, 240_000);

  it("arrives although the uploader is killed twice on the way, and run again", async () => {
    await here.client({ ...line, latency: 100, onPut: badDay(seed + 1, slices) });
    const parallel = 4;
    const upload = ["upload", here.folder, "--wait", "--parallel", String(parallel)];
    for (const killedAt of [80, 200]) {
      const killed = await mic(upload, () => here.proxy.puts.length >= killedAt);
      expect(killed.code).toBeNull();
    }
    const { code, stdout } = await mic(upload);
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: expect.stringContaining(`${slices} files: ${slices} indexed`),
    });
    await expectAllThere();
    expectNothingSentTwice(here.proxy, 2 * parallel);
  }, 240_000);
});
