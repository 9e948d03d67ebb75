/** The quarantine desk, conflicts, orders and character sets on the command line: processes, output, exit codes. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { eventually, signedIn } from "../support/cloud.ts";
import { newUid } from "../support/instances.ts";
import { mic, micJson, type Ran } from "../support/mic.ts";
import { sliceFile } from "../support/slices.ts";

const technician = "technician@qinghe-county";
const admin = "hospital-admin@qinghe-county";
const stranger = "hospital-admin@linjiang-city";
const studyUid = newUid();
const image = { studyUid, seriesUid: newUid(), sopUid: newUid(), patientId: "D-1" };
let folder: string;
let refused: string;

async function upload(name: string, bytes: Uint8Array): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, bytes);
  return (await micJson(technician, "upload", path, "--wait")).json.uploadId;
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "mic-desk-"));
  refused = await upload("refused.dcm", sliceFile({ ...image, studyUid: "", sopUid: newUid() }));
  await upload("first.dcm", sliceFile(image));
  await upload("other.dcm", sliceFile({ ...image, comment: "edited" }));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const ended = (ran: Ran, code: number, stderr: RegExp): void => {
  expect(ran).toMatchObject({ code, stderr: expect.stringMatching(stderr) });
  expect(ran.stderr).not.toMatch(/^ +at /m);
};

it.each<[string, readonly string[], RegExp]>([
  ["an upload id that is none", ["quarantine", "show", "bogus", "0"], /26 capital letters and digits/],
  ["no upload", ["quarantine", "release"], /missing required argument 'uploadId'/],
  ["no reason", ["quarantine", "discard", "0".repeat(26), "0"], /--reason <text>' not specified/],
  ["a decision nobody knows", ["conflict", "resolve", "1.2", "1.3", "--keep", "last"], /first, new, both/],
  ["no decision", ["conflict", "resolve", "1.2", "1.3"], /--keep <which>' not specified/],
  ["no character set", ["characters", "1.2"], /^mic: Say which: --set <term>/],
  ["two character sets", ["characters", "1.2", "--set", "GBK", "--declared"], /cannot be used with/],
  ["an order id that is none", ["order", "match", "bogus", "1.2"], /26 capital letters and digits/],
  ["an order for nobody", ["order", "create"], /^mic: Say whose: --patient <id>/],
  ["a queue nobody knows", ["redrive", "bogus"], /One of: ingest, /],
])("given %s, ends with 2 and a sentence", async (_, args, sentence) => {
  const ran = await mic(technician, ...args);
  ended(ran, 2, sentence);
  expect(ran.stdout).toBe("");
});

describe("mic quarantine", () => {
  it("lists and shows what was refused, why and where", async () => {
    const listed = await mic(technician, "quarantine", "list", "--code", "missing-uid");
    expect(listed.stdout).toMatch(new RegExp(`^${refused} +0 +missing-uid .+ refused\\.dcm$`, "m"));
    const { json } = await micJson(technician, "quarantine", "list");
    expect(json).toContainEqual(expect.objectContaining({ uploadId: refused, fileId: "0" }));
    const shown = await mic(technician, "quarantine", "show", refused, "0");
    expect(shown.stdout).toMatch(/^Reading stops at byte \d+, attribute 0020000D\.$/m);
    expect(shown.stdout).toMatch(/You can: release, correct, discard\.\n$/);
    const inspected = await micJson(technician, "quarantine", "show", refused, "0");
    expect(inspected.json).toMatchObject({ bytes: "kept", fault: { attribute: "0020000D" } });
  });

  it("is nobody's at another hospital, and an administrator's to correct", async () => {
    ended(await mic(stranger, "quarantine", "show", refused, "0"), 1, /^mic: Not found: .+ \(asked as /);
    expect((await mic(stranger, "quarantine", "list")).stdout).not.toContain(refused);
    ended(
      await mic(technician, "quarantine", "release", refused, "0", "--study", "new"),
      1,
      /You may not do this/,
    );
    ended(await mic(admin, "quarantine", "release", refused, "0", "--study", "abc"), 1, /A UID, or `new`/);
  });

  it("releases a corrected copy, which becomes an image", async () => {
    const { stdout } = await mic(admin, "quarantine", "release", refused, "0", "--study", "new");
    expect(stdout).toBe(`A corrected copy is being taken in. See mic ledger ${refused}\n`);
    await eventually("the corrected copy is an image", 60, async () => {
      const { json } = await micJson(technician, "ledger", refused);
      return json.totals.indexed === 1 ? json : undefined;
    });
    const listed = await mic(technician, "quarantine", "list");
    expect(listed.stdout).not.toContain(refused);
  });

  it("discards with a reason, after which there is nothing to do", async () => {
    const uploadId = await upload("lost.dcm", sliceFile({ ...image, studyUid: "", sopUid: newUid() }));
    const discard = ["quarantine", "discard", uploadId, "0", "--reason", "scanned again"];
    expect(await mic(admin, ...discard)).toMatchObject({ code: 0, stdout: "Discarded.\n" });
    const { stdout } = await mic(technician, "quarantine", "show", uploadId, "0");
    expect(stdout).toMatch(/^Discarded .+: scanned again$/m);
    expect(stdout).not.toContain("You can:");
    ended(await mic(technician, "quarantine", "release", uploadId, "0"), 1, /^mic: The request conflicts/);
  });
});

describe("mic conflict", () => {
  it("lists and shows both sides, to this hospital only", async () => {
    const listed = await mic(technician, "conflict", "list", studyUid);
    expect(listed.stdout).toMatch(new RegExp(`^${image.sopUid} +[0-9a-f]{12} .+ same *$`, "m"));
    const shown = await mic(technician, "conflict", "show", studyUid, image.sopUid);
    expect(shown.stdout).toMatch(/^ {2}\(0020,4000\) LT.*: +→ edited$/m);
    expect(shown.stdout).toMatch(/You can keep: first, new, both\.\n$/);
    const { json } = await micJson(technician, "conflict", "show", studyUid, image.sopUid);
    expect(json).toMatchObject({ pixels: "same", choices: ["first", "new", "both"] });
    ended(await mic(stranger, "conflict", "list", studyUid), 1, /^mic: Not found/);
    ended(await mic(technician, "conflict", "show", studyUid, "1.2.3"), 1, /no such conflict/);
  });

  it("is decided by an administrator, once", async () => {
    const resolve = ["conflict", "resolve", studyUid, image.sopUid, "--keep"];
    ended(await mic(technician, ...resolve, "both"), 1, /You may not do this/);
    const { json } = await micJson(admin, ...resolve, "both");
    expect(json.resolution).toMatchObject({
      keep: "both",
      sopInstanceUid: expect.stringMatching(/^2\.25\./),
    });
    ended(await mic(admin, ...resolve, "first"), 1, /Somebody has decided about this conflict/);
    expect((await mic(technician, "conflict", "list", studyUid)).stdout).toMatch(/ keep both$/m);
  });
});

describe("mic order and mic characters", () => {
  it("match a study by hand, show it under the order's patient in another character set, and take both back", async () => {
    const accession = `D${Date.now()}`;
    const { json: order } = await micJson(
      technician,
      ...[
        "order",
        "create",
        "--patient",
        "D-9",
        "--name",
        "李四",
        "--accession",
        accession,
        "--procedure",
        "CT",
      ],
    );
    const pair = [order.id, studyUid];
    const done = async (user: string, ...args: readonly string[]) => (await mic(user, ...args)).stdout;
    expect(await done(technician, "order", "match", ...pair)).toBe(
      `Order ${order.id}: completed, 1 studies\n`,
    );
    expect(await done(technician, "order", "list", "--accession", accession)).toContain(order.id);
    ended(await mic(technician, "order", "correct", ...pair), 1, /You may not do this/);
    ended(await mic(stranger, "order", "show", order.id), 1, /^mic: Not found/);
    expect(await done(admin, "order", "correct", ...pair)).toContain("completed, 1 studies");
    expect(await done(technician, "characters", studyUid, "--set", "ISO_IR 100")).toMatch(
      /^The text of \d images is read as ISO_IR 100\./,
    );
    const { body } = await signedIn(technician).get(`/v1/studies/${studyUid}`);
    expect(body.attributes["00100020"].Value).toEqual(["D-9"]);
    ended(await mic(stranger, "characters", studyUid, "--declared"), 1, /^mic: Not found/);
    ended(await mic(technician, "order", "unmatch", ...pair), 1, /restore its identity first/);
    expect(await done(admin, "order", "restore", ...pair)).toContain("completed, 1 studies");
    expect(await done(technician, "order", "unmatch", ...pair)).toBe(
      `Order ${order.id}: active, 0 studies\n`,
    );
    const { json } = await micJson(technician, "characters", studyUid, "--automatic");
    expect(json).toMatchObject({ studyUid, characterSet: "automatic" });
    expect(await done(technician, "order", "list", "--patient", "nobody's")).toBe(
      "There is no such order.\n",
    );
  });
});

it("mic queues is the operator's", async () => {
  ended(await mic(technician, "queues"), 1, /You may not do this/);
  const { json } = await micJson("network-operator@network", "queues");
  expect(json).toContainEqual(expect.objectContaining({ queue: "ingest", dead: expect.any(Number) }));
  expect((await mic(technician, "redrive", "--help")).stdout).toContain("send what failed for good back");
});
