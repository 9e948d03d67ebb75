/** `mic` against the real API and storage over 2 Mbit/s and 300 ms that break: cut, killed, watched. */
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import type { CloudFile } from "../../local/cloud-file.ts";
import type { Ledger } from "../../shared/contract/schemas/upload.ts";
import { cloud, cloudFile, eventually, type Json, signedIn } from "../support/cloud.ts";
import { type FaultProxy, faultProxy } from "../support/fault-proxy.ts";
import { newUid } from "../support/instances.ts";
import { badDay, expectNothingSentTwice, seedOfToday } from "../support/random-faults.ts";
import { sliceFile } from "../support/slices.ts";

const technician = signedIn("technician@xinghe-village");
const program = join(import.meta.dirname, "../../cli/mic.ts");
const slices = 300;
const seed = seedOfToday();
const line = { bytesPerSecond: 250_000, latency: 300 };
const studyUid = newUid();
/** Origin of the storage's URLs. On AWS they are https and another name's: no proxy of ours can stand before them. */
const { s3 } = JSON.parse(readFileSync(cloudFile, "utf8")) as Partial<CloudFile>;
const whereProxied = s3 === undefined ? describe.skip : describe;
let folder: string;
let state: string;
let proxy: FaultProxy;

beforeAll(async () => {
  [folder, state] = (await Promise.all(
    ["folder", "state"].map((name) => mkdtemp(join(tmpdir(), `mic-bad-${name}-`))),
  )) as [string, string];
  for (let n = 0; n < slices; n++) await writeFile(join(folder, `IM${n}`), slice(n));
  if (s3 === undefined) return;
  proxy = await faultProxy({ api: cloud.api, storage: s3 }, { ...line, onPut: badDay(seed, slices) });
});
afterAll(async () => {
  await proxy?.close();
  await Promise.all([folder, state].map((each) => rm(each, { recursive: true, force: true })));
});

const slice = (n: number): Uint8Array =>
  sliceFile({ studyUid, sopUid: `${studyUid}.${n + 1}`, pixels: Buffer.alloc(4000, `slice ${n}`) });

function mic(...args: readonly string[]) {
  const child = spawn(
    process.execPath,
    ["--no-warnings", program, "--api", proxy.api, "--token", technician.token, ...args],
    {
      env: { ...process.env, XDG_STATE_HOME: state, NODE_OPTIONS: "" },
      stdio: ["ignore", "pipe", "inherit"],
    },
  );
  let stdout = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
  });
  const ended = new Promise<{ code: number | null; stdout: string }>((end) =>
    child.on("close", (code) => end({ code, stdout })),
  );
  return { child, ended, said: () => stdout };
}

whereProxied(`a study of ${slices} images on a bad day (MIC_SEED=${seed})`, () => {
  const parallel = 4;
  const upload = () => mic("upload", folder, "--wait", "--json", "--parallel", String(parallel));
  let result: Json;

  it("arrives over a line that breaks twenty times, although the uploader is killed on the way", async () => {
    const first = upload();
    await eventually("a third of it to be sent", 120, async () =>
      proxy.puts.length >= 100 ? true : undefined,
    );
    first.child.kill("SIGKILL");
    expect((await first.ended).code).toBeNull();
    const { code, stdout } = await upload().ended;
    expect(code).toBe(0);
    result = JSON.parse(stdout);
    expect(result.totals).toMatchObject({ indexed: slices, awaiting: 0, quarantined: 0, duplicate: 0 });
  });

  it("and nothing was sent twice that no fault or kill befell", () => {
    expectNothingSentTwice(proxy, parallel);
  });

  it("and its ledger balances at the server", async () => {
    const { body } = await technician.get<Ledger>(`/v1/uploads/${result.uploadId}?limit=1`);
    expect(body).toMatchObject({
      announced: slices,
      done: true,
      totals: { indexed: slices, awaiting: 0, stored: 0 },
    });
    const study = await technician.get(`/v1/studies/${studyUid}`);
    expect(study.body).toMatchObject({ instances: slices, expected: slices, conflicts: 0 });
  });
});

whereProxied("a watched folder on that line", () => {
  it("sends what lands, moves it away once it is indexed, and ends cleanly", async () => {
    const [outbox, sent] = [join(folder, "outbox"), join(state, "sent")];
    await mkdir(outbox, { recursive: true });
    const watching = mic(
      "watch",
      outbox,
      "--settle",
      "0.5",
      "--quiet",
      "2",
      "--every",
      "0.5",
      "--move-to",
      sent,
      "--json",
    );
    const uid = newUid();
    const bytes = sliceFile({ studyUid: uid, sopUid: `${uid}.1` });
    await writeFile(join(outbox, "IM1"), bytes);
    await writeFile(join(outbox, "cut"), bytes.subarray(0, 600));
    await eventually("the file to be moved", 120, async () =>
      readFile(join(sent, "IM1")).then(
        (moved) => moved.equals(bytes) || undefined,
        () => undefined,
      ),
    );
    await eventually(
      "the upload to settle",
      60,
      async () => watching.said().includes('"settled"') || undefined,
    );
    watching.child.kill("SIGTERM");
    expect((await watching.ended).code).toBe(0);
    const events = watching
      .said()
      .trim()
      .split("\n")
      .map((each) => JSON.parse(each));
    expect(events.find(({ event }) => event === "quarantined")).toMatchObject({ file: "cut" });
    expect((await readFile(join(outbox, "cut"))).length).toBe(600);
  });
});
