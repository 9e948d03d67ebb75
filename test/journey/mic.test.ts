/** The command line as a clinic, its doctors and an operator use it: processes, output, exit codes. */
import { spawnSync } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import type { Ledger } from "../../shared/contract/schemas/upload.ts";
import { type Json, signedIn, stranger } from "../support/cloud.ts";
import { burnDisc, cutAt, type Disc } from "../support/disc.ts";
import { mic, micJson } from "../support/mic.ts";

const technician = "technician@qinghe-county";
const physician = "physician@qinghe-county";
const radiologist = "radiologist@qinghe-county";
const slices = 12;
let disc: Disc;
let scratch: string;
let uploadId: string;
let studyUid: string;
let reportId: string;

beforeAll(async () => {
  disc = await burnDisc(`journey ${Date.now()} ${Math.random()}`, slices);
  scratch = await mkdtemp(join(tmpdir(), "mic-journey-"));
});
afterAll(() =>
  Promise.all([disc.folder, scratch].map((folder) => rm(folder, { recursive: true, force: true }))),
);

const byPath = (files: readonly Json[]): Map<string, Json> => new Map(files.map((file) => [file.path, file]));

describe("mic upload", () => {
  it("sends a disc, accounts for every file on it, and ends with 3 because one waits in quarantine", async () => {
    const { code, json, stderr } = await micJson(technician, "upload", disc.folder, "--wait");
    expect({ code, stderr }).toEqual({ code: 3, stderr: "" });
    expect(Object.keys(json)).toEqual(["uploadId", "uploadIds", "totals", "files", "studies"]);
    expect(json.totals).toEqual({
      awaiting: 0,
      stored: 0,
      indexed: slices,
      duplicate: 0,
      conflict: 0,
      quarantined: 1,
      skipped: 3,
    });
    const files = byPath(json.files);
    expect([...files.keys()].sort()).toEqual([...disc.images, ...Object.keys(disc.others)].sort());
    for (const path of disc.images)
      expect(files.get(path)).toEqual({ path, state: "indexed", sopInstanceUid: expect.any(String) });
    for (const [path, { state, code: reason }] of Object.entries(disc.others))
      expect(files.get(path)).toMatchObject({
        state,
        reason: { code: reason, en: expect.any(String), zh: expect.stringMatching(/\p{Script=Han}/u) },
      });
    uploadId = json.uploadId;
    const { body } = await signedIn(technician).get<Ledger>(`/v1/uploads/${uploadId}`);
    studyUid = body.files[0]?.studyInstanceUid as string;
  });

  it("sent again as an emergency finds everything there already and ends with 0", async () => {
    const { code, json } = await micJson(
      technician,
      ...["upload", join(disc.folder, "CT"), "--wait", "--priority", "stat"],
    );
    expect(code).toBe(0);
    expect(json.totals).toMatchObject({ duplicate: slices, indexed: 0, skipped: 0 });
    expect(json.files.every(({ state }: Json) => state === "duplicate")).toBe(true);
    const ledger = await signedIn(technician).get(`/v1/uploads/${json.uploadId}`);
    expect(ledger.body.priority).toBe("stat");
  });

  it("tells a person on the terminal what was left out, what is wrong and where", async () => {
    const { code, stdout, stderr } = await mic(technician, "upload", disc.folder, "--wait");
    expect(code).toBe(3);
    expect(stdout).toMatch(/^skipped +readme\.txt +This is not a DICOM file\.$/m);
    expect(stdout).toMatch(
      new RegExp(`^quarantined +damaged/cut\\.dcm +The file ends too early: .+ ${cutAt.source}$`, "m"),
    );
    expect(stdout).toContain(`${slices + 4} files: ${slices} duplicate, 1 quarantined, 3 skipped\n`);
    expect(stderr).toMatch(/Sending █+ .+, 13 of 13 files/);
  });

  it.each([
    ["a folder that is not there", ["upload", "/nowhere/at/all"], 2, /Cannot read \/nowhere\/at\/all\. Does/],
    ["no folder", ["upload"], 2, /missing required argument 'folder'/],
    ["a priority nobody knows", ["upload", ".", "--priority", "now"], 2, /Allowed choices are routine, stat/],
    ["a command nobody knows", ["uplaod", "."], 2, /unknown command 'uplaod'/],
    ["an upload id that is none", ["ledger", "bogus"], 2, /26 capital letters and digits/],
    ["a name nobody has", ["--user", "nobody", "studies"], 2, /no such user/],
  ])("given %s, says so in a sentence", async (_, args, code, sentence) => {
    const ran = await mic(technician, ...args);
    expect(ran).toMatchObject({ code, stdout: "", stderr: expect.stringMatching(sentence) });
    expect(ran.stderr).not.toMatch(/^ +at /m);
  });

  it("given nothing it could send, says of each file why not", async () => {
    const { code, stderr } = await mic(technician, "upload", join(disc.folder, "readme.txt"));
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^mic: There is no DICOM file in .+\n {2}readme\.txt: This is not a DICOM file\.\n$/,
    );
  });

  it("asked by somebody who may not upload, says who asked", async () => {
    const { code, stderr } = await mic("auditor@qinghe-county", "upload", join(disc.folder, "CT"));
    expect(code).toBe(1);
    expect(stderr).toMatch(/mic: You may not do this: .+ \(asked as auditor@qinghe-county\)\n$/);
  });
});

describe("mic ledger", () => {
  it("says the same of the upload later, and ends as the upload did", async () => {
    const { code, json } = await micJson(technician, "ledger", uploadId);
    expect(code).toBe(3);
    expect(json.totals).toMatchObject({ indexed: slices, quarantined: 1, skipped: 0 });
    expect(byPath(json.files).get("damaged/cut.dcm").reason.code).toBe("truncated");
    const other = await mic("technician@xinghe-village", "ledger", uploadId);
    expect(other).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^mic: .+ \(asked as technician@xinghe-village\)\n$/),
    });
  });
});

describe("mic studies", () => {
  it("finds the study by its patient's name, as a table and as DICOM JSON", async () => {
    const { body } = await signedIn(physician).get(`/v1/studies/${studyUid}`);
    const id = ["--id", body.attributes["00100020"].Value[0]];
    const { json } = await micJson(physician, "studies", "--name", "单晓宇", ...id);
    expect(json.map((study: Json) => study["0020000D"].Value[0])).toEqual([studyUid]);
    const { stdout } = await mic(physician, "studies", "--name", "shan*", "--modality", "CT", ...id);
    expect(stdout).toMatch(new RegExp(`^20261102 +单\\^晓宇 +SYN-P\\d+ +CT +${slices} +${studyUid}$`, "m"));
  });

  it("names those who saw nothing", async () => {
    const { code, stdout } = await mic(physician, "studies", "--id", "nobody's");
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: `No study matches among those ${physician} may see.\n`,
    });
  });
});

describe("mic report", () => {
  it("drafts, signs and lists", async () => {
    const findings = join(scratch, "findings.txt");
    await writeFile(findings, "左侧基底节区高密度影。\n");
    const draft = await micJson(
      radiologist,
      ...["report", "draft", studyUid, "--findings", `@${findings}`, "--impression", "脑出血。"],
    );
    reportId = draft.json.reportId;
    const signed = await mic(radiologist, "report", "sign", reportId);
    expect(signed.stdout).toMatch(new RegExp(`^Signed over ${slices} images at .+, SHA-256 [0-9a-f]{64}\n$`));
    const { stdout } = await mic(physician, "report", "list", studyUid);
    expect(stdout).toMatch(new RegExp(`^${reportId} +signed +1 `, "m"));
  });

  it("verifies on this machine, and keeps a proof that openssl verifies without us", async () => {
    const folder = join(scratch, "proof");
    const { code, json, stderr } = await micJson(physician, "report", "verify", reportId, "--save", folder);
    expect(code).toBe(0);
    expect(json).toMatchObject({ verdict: "valid", checkedHere: true, evidence: { unchanged: slices } });
    const command = /openssl (dgst .+)\n/.exec(stderr)?.[1] as string;
    if (spawnSync("openssl", ["version"]).status !== 0) {
      console.warn("no openssl on this machine: the saved proof was not verified with it");
      return;
    }
    const verify = () => spawnSync("openssl", command.split(" "), { cwd: folder, encoding: "utf8" });
    expect(verify().stdout).toBe("Verified OK\n");
    await writeFile(join(folder, "report.json"), "{}");
    expect(verify().status).not.toBe(0);
  });
});

describe("mic share", () => {
  it("makes a link, lists it, says who opened it, and closes it", async () => {
    const made = await micJson(physician, ...["share", "create", studyUid, "--days", "2", "--openings", "3"]);
    const { shareId, url } = made.json;
    const token = new URL(url).hash.slice(1);
    expect((await stranger.post("/v1/shares/open", { token })).status).toBe(200);

    const { json: links } = await micJson(physician, "share", "list");
    expect(links.find((one: Json) => one.shareId === shareId)).toMatchObject({ state: "open", openings: 1 });
    const { json: accesses } = await micJson(physician, "share", "accesses", shareId);
    expect(accesses).toMatchObject([{ outcome: "opened" }]);

    expect(await mic(physician, "share", "revoke", shareId)).toMatchObject({ code: 0, stdout: "Revoked.\n" });
    expect((await stranger.post("/v1/shares/open", { token })).status).toBe(404);
    expect((await mic(physician, "share", "list")).stdout).toMatch(new RegExp(`^${shareId} +revoked `, "m"));
  });

  it("refuses days that are no number before asking anybody", async () => {
    const { code, stderr } = await mic(physician, "share", "create", studyUid, "--days", "soon");
    expect({ code, stderr }).toMatchObject({ code: 2, stderr: expect.stringContaining("above 0") });
  });
});
