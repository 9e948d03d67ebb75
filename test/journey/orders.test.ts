/** From an order to its images: matched, contradicted in time, matched by hand, corrected, and film sent for it. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { eventually, type Json, send, settled, sha256, signedIn } from "../support/cloud.ts";
import { jpegPhotograph, pdfDocument } from "../support/film.ts";
import { ctSeries, newUid } from "../support/instances.ts";
import { mic, micJson } from "../support/mic.ts";
import { wantedOrder } from "../support/wanted-order.ts";

const admin = "hospital-admin@linjiang-city";
const city = signedIn(admin);
const physician = signedIn("physician@linjiang-city");
const run = String(Date.now());
const day = "20260301";
let scratch: string;
beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), "orders-journey-"));
});
afterAll(() => rm(scratch, { recursive: true, force: true }));

async function place(wanted: Json): Promise<Json> {
  const { status, body } = await physician.post("/v1/orders", wantedOrder({ day: "2026-03-01", ...wanted }));
  expect(status).toBe(201);
  return body;
}
const codesOf = ({ body }: { readonly body: Json }): readonly string[] =>
  body.findings.filter(({ source }: Json) => source === "order").map(({ code }: Json) => code);
const matched = (orderId: string) =>
  eventually("the order has its study", 60, async () => {
    const { body } = await physician.get(`/v1/orders/${orderId}`);
    return body.status === "completed" ? body : undefined;
  });

describe("a doctor's order", () => {
  it("finds its study by accession number, and within a minute the technician hears that the name is another's", async () => {
    const accession = `A${run}`.slice(0, 16);
    const studyUid = newUid();
    const order = await place({ patientId: `P${run}`, accession, name: [{ text: "张伟" }] });
    const files = ctSeries(3, { studyUid, accession, patientId: `P${run}`, patientName: "Li^Wei=李^伟" });
    await send(city, files);
    const sent = performance.now();
    const codes = await eventually("the finding", 60, async () => {
      const answer = await city.get(`/v1/studies/${studyUid}`);
      return answer.status === 200 && codesOf(answer).length > 0 ? codesOf(answer) : undefined;
    });
    const seconds = (performance.now() - sent) / 1000;
    console.info(`From the last byte sent to the finding: ${seconds.toFixed(1)} s`);
    expect(codes).toEqual(["order-name-differs"]);
    expect(seconds).toBeLessThan(60);
    const { supportingInfo } = await matched(order.id);
    expect(supportingInfo).toMatchObject([{ identifier: { value: `urn:oid:${studyUid}` } }]);
    const { body } = await city.get(`/v1/studies/${studyUid}`);
    expect(body.order).toMatchObject({ orderId: order.id, by: "accession" });
  });

  it("finds a study that was there before it, by patient and day, written in another script", async () => {
    const patientId = `Q${run}`;
    const studyUid = newUid();
    const files = ctSeries(1, { studyUid, patientId, patientName: "ZHANG WEI", studyDate: day });
    await settled(city, await send(city, files));
    const { id } = await place({ patientId, name: [{ text: "张伟" }] });
    await matched(id);
    expect(codesOf(await city.get(`/v1/studies/${studyUid}`))).toEqual([]);
  });
});

describe("a study under the wrong patient", () => {
  const [wrong, right] = [`W${run}`, `R${run}`];
  const studyUid = newUid();
  const files = ctSeries(1, { studyUid, patientId: wrong, patientName: "Wang^Wu=王^五", studyDate: day });
  let orderId: string;

  it("is listed as unmatched, and matched by hand on the command line", async () => {
    const order = await place({ patientId: right, name: [{ text: "赵六" }] });
    orderId = order.id;
    await settled(city, await send(city, files));
    await eventually("the list of unmatched studies", 60, async () => {
      const { json } = await micJson(admin, "order", "unmatched");
      return json.some((study: Json) => study.studyUid === studyUid) || undefined;
    });
    const ran = await mic(admin, "order", "match", orderId, studyUid);
    expect(ran).toMatchObject({ code: 0, stdout: `Order ${orderId}: completed, 1 studies\n` });
  });

  it("is shown and found under the order's patient, while its bytes and metadata stay as they were sent", async () => {
    expect((await mic(admin, "order", "correct", orderId, studyUid)).code).toBe(0);
    await eventually("found under the right patient", 60, async () => {
      const { body } = await city.get(
        `/dicomweb/mine/studies?PatientID=${right}&PatientName=${encodeURIComponent("赵*")}`,
      );
      return body.length === 1 || undefined;
    });
    expect((await city.get(`/dicomweb/mine/studies?PatientID=${wrong}`)).status).toBe(204);
    const root = `/dicomweb/mine/studies/${studyUid}`;
    const { body: metadata } = await city.get(`${root}/metadata`);
    expect(metadata[0]["00100020"].Value).toEqual([wrong]);
    const [seriesUid, sopUid] = ["0020000E", "00080018"].map((tag) => metadata[0][tag].Value[0]);
    const original = await city.download(`${root}/series/${seriesUid}/instances/${sopUid}`, {
      accept: "application/dicom",
    });
    expect(sha256(new Uint8Array(await original.arrayBuffer()))).toBe(sha256(files[0]?.bytes as Uint8Array));
  });

  it("is shown as it was again", async () => {
    expect((await mic(admin, "order", "restore", orderId, studyUid)).code).toBe(0);
    await eventually("found under its own patient", 60, async () => {
      const { status } = await city.get(`/dicomweb/mine/studies?PatientID=${wrong}`);
      return status === 200 || undefined;
    });
    expect((await physician.call("DELETE", `/v1/orders/${orderId}/studies/${studyUid}`)).status).toBe(403);
  });

  it("is taken from its order again, which then waits in the list", async () => {
    const { json } = await micJson(admin, "order", "unmatch", orderId, studyUid);
    expect(json).toMatchObject({ id: orderId, status: "active" });
    const listed = await mic(admin, "order", "list", "--patient", right);
    expect(listed.stdout).toMatch(
      new RegExp(`^${orderId} +active +2026-03-01 +${right} +赵六 +颅脑CT平扫$`, "m"),
    );
    const shown = await mic(admin, "order", "show", orderId);
    expect(JSON.parse(shown.stdout)).toMatchObject({ resourceType: "ServiceRequest", id: orderId });
  });
});

describe("a film and a report on paper", () => {
  it("sent for an order become images of its patient, with a thumbnail, and a document", async () => {
    const order = await micJson(
      admin,
      ...[
        "order",
        "create",
        "--patient",
        `F${run}`,
        "--name",
        "孙七",
        "--modality",
        "DX",
        "--procedure",
        "胸片",
      ],
    );
    const orderId = order.json.id;
    const files = { "chest.jpg": await jpegPhotograph({ orientation: 6 }), "report.pdf": pdfDocument() };
    for (const [name, bytes] of Object.entries(files)) await writeFile(join(scratch, name), bytes);
    const { code, json, stderr } = await micJson(admin, "upload", scratch, "--order", orderId, "--wait");
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(json.totals).toMatchObject({ indexed: 2, quarantined: 0 });
    const { supportingInfo } = await matched(orderId);
    const studyUid = supportingInfo[0].identifier.value.replace("urn:oid:", "");
    const { body: study } = await city.get(`/v1/studies/${studyUid}`);
    expect(study).toMatchObject({
      order: { orderId, by: "source" },
      attributes: { "00100020": { Value: [`F${run}`] } },
    });
    const film = study.series.find(({ modality }: Json) => modality === "OT");
    expect(study.series.map(({ modality }: Json) => modality).sort()).toEqual(["DOC", "OT"]);
    const thumbnail = await eventually("the photograph's thumbnail", 60, async () => {
      const path = `/dicomweb/mine/studies/${studyUid}/series/${film.seriesUid}/thumbnail`;
      return (await city.get(path)).status === 307 ? city.download(path) : undefined;
    });
    expect(thumbnail.headers.get("content-type")).toBe("image/jpeg");
    const again = await micJson(admin, "upload", scratch, "--order", orderId, "--wait");
    expect(again.json.totals).toMatchObject({ duplicate: 2, indexed: 0 });
  });

  it("sent without an order wait in quarantine, and say what they need", async () => {
    const bytes = await jpegPhotograph({ grey: true });
    const ledger = await settled(city, await send(city, [{ name: "film.jpg", bytes }]));
    expect(ledger.files[0]).toMatchObject({ state: "quarantined", reason: { code: "needs-order" } });
  });
});

it("leaves a record of who ordered, matched and corrected, and of what matched by itself", async () => {
  const today = new Date().toISOString().slice(0, 10);
  const agents = new Map<string, Set<string>>();
  for (let cursor = "", more = true; more; ) {
    const { body } = await city.get(
      `/v1/audit?day=${today}${cursor && `&cursor=${encodeURIComponent(cursor)}`}`,
    );
    for (const { action, agent } of body.records)
      agents.set(action, (agents.get(action) ?? new Set()).add(agent.id));
    [cursor, more] = [body.next ?? "", body.next !== undefined];
  }
  for (const action of ["createOrder", "correctIdentity", "restoreIdentity", "listUnmatchedStudies"])
    expect([...agents.keys()]).toContain(action);
  expect([...(agents.get("matchStudy") ?? [])]).toContain("machine:order");
  expect(agents.get("matchStudy")?.size).toBeGreaterThan(1);
});
