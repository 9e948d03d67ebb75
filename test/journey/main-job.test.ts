import { beforeAll, describe, expect, it } from "@jest/globals";
import { verifySignedReport } from "../../shared/report/verify-signature.ts";
import {
  eventually,
  type Json,
  Session,
  send,
  settled,
  sha256,
  signedIn,
  stranger,
} from "../support/cloud.ts";
import { ctSeries, newUid } from "../support/instances.ts";

const technician = signedIn("technician@xinghe-village");
const villageDoctor = signedIn("physician@xinghe-village");
const radiologist = signedIn("radiologist@qinghe-county");

const studyUid = newUid();
const patientId = `P${Date.now()}`;
const files = ctSeries(12, {
  studyUid,
  patientId,
  patientName: "Ouyang^Xue=欧阳^雪",
  accession: `A${Date.now()}`,
});
let consult: Json;
let reportId = "";
let link: Json;

describe("the main job, from a township's scanner to a patient's phone", () => {
  beforeAll(async () => {
    const uploadId = await send(technician, files, { expected: [{ studyUid, instances: files.length }] });
    const ledger = await settled(technician, uploadId);
    expect(ledger.totals).toMatchObject({ indexed: files.length, awaiting: 0, quarantined: 0 });
  });

  it("shows the clinic a complete study with exact counts", async () => {
    const study = await eventually("complete study", 30, async () => {
      const { body } = await technician.get(`/v1/studies/${studyUid}`);
      return body.complete ? body : undefined;
    });
    expect(study).toMatchObject({ instances: 12, expected: 12, conflicts: 0 });
  });

  it("lets the clinic refer it to the county hospital, where it appears on the worklist", async () => {
    const made = await villageDoctor.post("/v1/consults", {
      studyUid,
      toHospital: "qinghe-county",
      question: "出血？",
    });
    expect(made.status).toBe(201);
    consult = made.body;
    const { body } = await radiologist.get("/v1/worklist");
    expect(body.consults).toContainEqual(expect.objectContaining({ consultId: consult.consultId, studyUid }));
  });

  it.each([["欧阳雪"], ["ouyang*"], ["oyx"], ["*雪"]])(
    "is found by the county's radiologist as %s",
    async (name) => {
      const query = new URLSearchParams({ PatientName: name, PatientID: patientId });
      const { status, body } = await radiologist.get(`/dicomweb/mine/studies?${query}`);
      expect(status).toBe(200);
      expect(body.map((study: Json) => study["0020000D"].Value[0])).toEqual([studyUid]);
    },
  );

  it("is read image by image: metadata, frames, thumbnails and the original bit for bit, straight from storage", async () => {
    const root = `/dicomweb/${consult.scope}/studies/${studyUid}`;
    const { body: series } = await radiologist.get(`${root}/series`);
    const seriesUid = series[0]["0020000E"].Value[0];
    const { body: instances } = await radiologist.get(`${root}/series/${seriesUid}/instances`);
    expect(instances).toHaveLength(12);
    const { body: metadata } = await radiologist.get(`${root}/series/${seriesUid}/metadata`);
    expect(metadata).toHaveLength(12);
    const first = metadata.find((one: Json) => one["00200013"].Value[0] === 1);
    const instance = `${root}/series/${seriesUid}/instances/${first["00080018"].Value[0]}`;
    await eventually("frames", 30, async () =>
      (await radiologist.get(`${instance}/frames/1`)).status === 307 ? true : undefined,
    );

    const frame = await radiologist.download(`${instance}/frames/1`);
    expect(frame.headers.get("content-type")).toMatch(
      /^multipart\/related; type="application\/octet-stream"/,
    );
    expect((await frame.arrayBuffer()).byteLength).toBeGreaterThan(64 * 64 * 2);
    const thumbnail = await radiologist.download(`${instance}/thumbnail`);
    expect(thumbnail.headers.get("content-type")).toBe("image/jpeg");
    const original = await radiologist.download(instance, { accept: "application/dicom" });
    expect(sha256(new Uint8Array(await original.arrayBuffer()))).toBe(sha256(files[0]?.bytes as Uint8Array));
  });

  it("gets a report that is signed over exactly these images and never changes again", async () => {
    const content = { findings: "右侧基底节区高密度影。", impression: "急性脑出血。", critical: true };
    const draft = await radiologist.post(`/v1/studies/${studyUid}/reports`, content);
    expect(draft.status).toBe(201);
    reportId = draft.body.reportId;
    const match = { "if-match": draft.headers.get("etag") as string };
    const signed = await radiologist.post(`/v1/reports/${reportId}/sign`, {}, match);
    expect(signed.body).toMatchObject({ status: "signed", signature: { evidence: 12 } });
    expect(
      (
        await radiologist.call("PUT", `/v1/reports/${reportId}`, content, {
          "if-match": signed.headers.get("etag") as string,
        })
      ).status,
    ).toBe(409);
  });

  it("can be verified by anyone, offline, with the signed bytes and the public key", async () => {
    const { body } = await radiologist.get(`/v1/reports/${reportId}/verification?signed=true&originals=true`);
    expect(body).toMatchObject({
      verdict: "valid",
      evidence: { unchanged: 12, altered: [], missing: [], later: [] },
    });
    const [bytes, signature, key] = ["bytes", "signature", "publicKey"].map((part) =>
      Buffer.from(body.signed[part], "base64"),
    );
    expect(verifySignedReport(bytes as Buffer, signature as Buffer, key as Buffer)).toBe(true);
    expect(JSON.parse((bytes as Buffer).toString("utf8")).evidence).toHaveLength(12);
  });

  it("says which images came after the signature", async () => {
    const late = ctSeries(1, { studyUid, patientId, patientName: "Ouyang^Xue=欧阳^雪" });
    await settled(technician, await send(technician, late));
    const { body } = await radiologist.get(`/v1/reports/${reportId}/verification`);
    expect(body).toMatchObject({
      verdict: "valid",
      evidence: { unchanged: 12, later: [{ sopUid: expect.any(String) }] },
    });
  });

  it("is a FHIR DiagnosticReport with its Provenance", async () => {
    const { body } = await villageDoctor.get(`/fhir/DiagnosticReport/${reportId}`);
    const types = body.entry.map((entry: Json) => entry.resource.resourceType);
    expect(types).toEqual(expect.arrayContaining(["DiagnosticReport", "Provenance"]));
  });

  it("reaches the patient by a link that shows images and report, and nothing else", async () => {
    link = (await villageDoctor.post("/v1/shares", { studyUid, passcode: "2468" })).body;
    const token = new URL(link.url).hash.slice(1);
    expect((await stranger.post("/v1/shares/open", { token })).status).toBe(403);
    const opened = await stranger.post("/v1/shares/open", { token, passcode: "2468" });
    expect(opened.status).toBe(200);
    const patient = new Session(opened.body.accessToken);
    const shown = await patient.get("/v1/shares/opened");
    expect(shown.body.study.patient.name.ideographic).toContain("欧阳");
    expect(shown.body.reports).toMatchObject([{ content: { impression: "急性脑出血。" } }]);
    const { body: all } = await patient.get(`/dicomweb/${opened.body.scope}/studies`);
    expect(all).toHaveLength(1);
    expect((await patient.get("/dicomweb/mine/studies?PatientID=x")).status).toBeGreaterThanOrEqual(400);
    expect((await patient.post("/v1/shares", { studyUid })).status).toBe(403);
  });

  it("leaves a record of every step for the hospital's auditor", async () => {
    const day = new Date().toISOString().slice(0, 10);
    const admin = signedIn("hospital-admin@xinghe-village");
    const actions = new Set<string>();
    let cursor = "";
    do {
      const { body } = await admin.get(
        `/v1/audit?day=${day}${cursor && `&cursor=${encodeURIComponent(cursor)}`}`,
      );
      for (const record of body.records) actions.add(record.action);
      cursor = body.next ?? "";
    } while (cursor !== "");
    expect([...actions]).toEqual(
      expect.arrayContaining([
        "createUpload",
        "createConsult",
        "signReport",
        "createShare",
        "openShare",
        "retrieveFrame",
      ]),
    );
  });
});
