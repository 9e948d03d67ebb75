/** What a technician hears of a study while the patient is still there, and what becomes of text nobody can read. */
import { mkdtemp, rename, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { generateHeadCt } from "../../local/samples/head-ct.ts";
import { encodeGb18030 } from "../../shared/dicom/gb18030-encode.ts";
import { type Json, send, settled, signedIn } from "../support/cloud.ts";
import { ctSeries, newUid } from "../support/instances.ts";
import { mic, micJson } from "../support/mic.ts";

const technician = "technician@qinghe-county";
let scratch: string;

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), "mic-findings-"));
});
afterAll(() => rm(scratch, { recursive: true, force: true }));

const codesOf = (findings: readonly Json[]): readonly string[] => findings.map(({ code }) => code);

/** Asks until the answer is as expected; what follows from the table's stream takes a moment. */
async function until<T>(ask: () => Promise<T>, expected: (answer: T) => boolean): Promise<T> {
  for (let attempt = 0; ; attempt++) {
    const answer = await ask();
    if (expected(answer) || attempt === 60) return answer;
    await sleep(500);
  }
}

describe("a disc on which slices are missing", () => {
  it("is found out when it is sent, and nothing is found any more once they are sent too", async () => {
    const folder = join(scratch, "CT");
    const paths = await generateHeadCt(folder, { seed: `findings ${newUid()}`, slices: 16 });
    const lost = paths.slice(7, 9);
    for (const path of lost) await rename(path, join(scratch, basename(path)));
    const { json } = await micJson(technician, "upload", folder, "--wait");
    const [study] = json.studies;
    expect(study).toMatchObject({ instances: 14, complete: true, examined: true });
    expect(study.findings[0]).toMatchObject({
      code: "slices-missing",
      severity: "action",
      values: { missing: 2, places: expect.stringMatching(/^7–10 /) },
    });
    const shown = await mic(technician, "study", study.studyUid);
    expect(shown.stdout).toMatch(/^14 of 14 images in 1 series, complete \(images 70\/100\)$/m);
    expect(shown.stdout).toMatch(/^!! 2 slices are missing in a series: between 7–10 /m);

    for (const path of lost) await rename(join(scratch, basename(path)), path);
    const whole = await micJson(technician, "upload", folder, "--wait");
    const [found] = whole.json.studies;
    expect(found).toMatchObject({
      instances: 16,
      examined: true,
      quality: { score: 100, deductions: [] },
    });
    // Where the hospital has orders, a study without one is told of.
    expect(codesOf(found.findings).filter((code) => code !== "order-none")).toEqual([]);
  });
});

describe("a scanner that declares Latin-1 and writes GBK", () => {
  it("is found out, and what its text is read as can be changed and taken back", async () => {
    const studyUid = newUid();
    const session = signedIn(technician);
    const written = {
      patientName: encodeGb18030("周^杰伦"),
      characterSet: "ISO_IR 100",
      patientId: studyUid,
    };
    await settled(session, await send(session, ctSeries(3, { studyUid, ...written })));
    const study = async () => (await session.get(`/v1/studies/${studyUid}`)).body;
    const flagged = await until(study, ({ findings }) => codesOf(findings).includes("text-corrected"));
    expect(codesOf(flagged.findings)).toContain("text-corrected");

    const found = async (name: string): Promise<number> => {
      const query = new URLSearchParams({ PatientName: name, PatientID: studyUid });
      const { status, body } = await session.get(`/dicomweb/mine/studies?${query}`);
      return status === 204 ? 0 : body.length;
    };
    expect(await found("周杰伦")).toBe(1);
    expect((await micJson(technician, "characters", studyUid, "--declared")).json).toEqual({
      studyUid,
      characterSet: "declared",
      instances: 3,
    });
    expect(
      await until(
        () => found("ÖÜ^½ÜÂ×"),
        (count) => count === 1,
      ),
    ).toBe(1);
    expect(await found("周杰伦")).toBe(0);
    const { body: metadata } = await session.get(`/dicomweb/mine/studies/${studyUid}/metadata`);
    expect(metadata.map((one: Json) => one["00100010"].Value[0].Alphabetic)).toEqual(
      Array(3).fill("ÖÜ^½ÜÂ×"),
    );

    await mic(technician, "characters", studyUid, "--automatic");
    expect(
      await until(
        () => found("zhou*"),
        (count) => count === 1,
      ),
    ).toBe(1);
    const refused = await mic(technician, "characters", studyUid, "--set", "EBCDIC");
    expect(refused.stderr).toMatch(/is not a character set/);
    const physician = signedIn("physician@qinghe-county");
    const asked = await physician.call("PUT", `/v1/studies/${studyUid}/character-set`, {
      characterSet: "GBK",
    });
    expect(asked.status).toBe(403);
  });
});
