/** The way of a study through the HTTP API: referred, read, signed, shared, opened. */
import { beforeEach, describe, expect, it } from "@jest/globals";
import { consultApi } from "../../../functions/consult/api.ts";
import { reportApi } from "../../../functions/report/api.ts";
import { shareApi } from "../../../functions/share/api.ts";
import { type Answer, type Call, callApi, testKernel } from "../../support/api.ts";
import { memoryDownloadSigner } from "../../support/memory/download-signer.ts";
import { visitor } from "../../support/principals.ts";
import { content, people, type ReadingRoom, readingRoom, study } from "../../support/reading-room.ts";

const webOrigin = "https://film.example";
const { townPhysician, countyRadiologist, strangerRadiologist } = people;
const reports = `/v1/studies/${study.studyUid}/reports`;

let room: ReadingRoom;
let ask: (call: Call) => Promise<Answer>;

beforeEach(async () => {
  room = await readingRoom();
  const { table, objects, clock } = room;
  const downloads = memoryDownloadSigner(objects, clock);
  const kernel = () => ({ ...testKernel(clock), table, objects, downloads });
  const deps = { ...room, webOrigin };
  const handlers = {
    report: reportApi(() => deps, kernel),
    share: shareApi(() => deps, kernel),
    consult: consultApi(() => clock, kernel),
  };
  ask = (call) => {
    if (call.path.startsWith("/v1/shares")) return callApi(handlers.share, call);
    return callApi(/consults|worklist/.test(call.path) ? handlers.consult : handlers.report, call);
  };
});

const refer = () =>
  ask({
    method: "POST",
    path: "/v1/consults",
    principal: townPhysician,
    body: { studyUid: study.studyUid, toHospital: "county", priority: "stat" },
  });

async function signed(): Promise<string> {
  await refer();
  const draft = await ask({ method: "POST", path: reports, principal: countyRadiologist, body: content });
  const { reportId } = draft.json;
  await ask({
    method: "POST",
    path: `/v1/reports/${reportId}/sign`,
    principal: countyRadiologist,
    headers: { "If-Match": draft.headers.etag ?? "" },
    body: { seenInstances: 3 },
  });
  return reportId;
}

describe("A county radiologist", () => {
  it("cannot report on the township's study until it is referred to the county", async () => {
    const draft = () => ask({ method: "POST", path: reports, principal: countyRadiologist, body: content });
    expect((await draft()).status).toBe(404);
    expect((await refer()).status).toBe(201);
    expect((await draft()).status).toBe(201);
  });

  it("finds the consult in the worklist, signs a report, and the township reads it", async () => {
    await refer();
    const list = await ask({ method: "GET", path: "/v1/worklist", principal: countyRadiologist });
    expect(list.json.consults).toMatchObject([{ priority: "stat", studyUid: study.studyUid }]);
    const reportId = await signed();
    const read = await ask({ method: "GET", path: `/v1/reports/${reportId}`, principal: townPhysician });
    expect(read.json).toMatchObject({ status: "signed", content, signature: { signer: { name: "王医生" } } });
    const rest = await ask({ method: "GET", path: "/v1/worklist", principal: countyRadiologist });
    expect(rest.json.consults).toEqual([]);
    const consult = await ask({
      method: "GET",
      path: `/v1/consults/${list.json.consults[0].consultId}`,
      principal: townPhysician,
    });
    expect(consult.json.status).toBe("answered");
  });

  it("is told to send If-Match, and that a draft cannot hold half a character", async () => {
    await refer();
    const draft = await ask({ method: "POST", path: reports, principal: countyRadiologist, body: content });
    const path = `/v1/reports/${draft.json.reportId}`;
    const put = await ask({ method: "PUT", path, principal: countyRadiologist, body: content });
    expect(put.status).toBe(428);
    const broken = { ...content, findings: "\ud83d" };
    const half = await ask({ method: "PUT", path, principal: countyRadiologist, body: broken });
    expect(half.status).toBe(400);
  });
});

describe("A hospital the study was never referred to", () => {
  it("sees neither report nor consult", async () => {
    const reportId = await signed();
    for (const path of [`/v1/reports/${reportId}`, `/v1/reports/${reportId}/verification`, reports]) {
      expect((await ask({ method: "GET", path, principal: strangerRadiologist })).status).toBe(404);
    }
  });
});

describe("Anyone who may read a report", () => {
  it("can verify it, take it as FHIR, and read its history", async () => {
    const path = `/v1/reports/${await signed()}`;
    const get = (more: string) => ask({ method: "GET", path: more, principal: townPhysician });
    const verification = await get(`${path}/verification?originals=true&signed=true`);
    expect(verification.json).toMatchObject({ verdict: "valid", evidence: { unchanged: 3 } });
    const fhir = await get(path.replace("/v1/reports", "/fhir/DiagnosticReport"));
    expect(fhir.headers["content-type"]).toBe("application/fhir+json");
    expect(fhir.json.resourceType).toBe("Bundle");
    expect((await get(`${path}/versions`)).json.versions).toHaveLength(1);
    expect((await get(reports)).json.reports).toHaveLength(1);
  });
});

describe("A patient with a link", () => {
  const share = (headers = {}) =>
    ask({
      method: "POST",
      path: "/v1/shares",
      principal: townPhysician,
      headers,
      body: { studyUid: study.studyUid, passcode: "4711" },
    });
  const open = (url: string, more = {}) =>
    ask({ method: "POST", path: "/v1/shares/open", body: { token: url.split("#")[1], ...more } });

  it("opens it with the passcode, without signing in, and sees study and report", async () => {
    await signed();
    const { url, shareId } = (await share()).json;
    expect((await open(url)).json).toMatchObject({
      status: 403,
      type: expect.stringContaining("/passcode-required"),
    });
    const opened = await open(url, { passcode: "4711" });
    expect(opened.json.accessToken).toMatch(/^mics_/);
    const page = await ask({ method: "GET", path: "/v1/shares/opened", principal: visitor(shareId) });
    expect(page.json).toMatchObject({
      study: { patient: { name: { ideographic: "单^雄" } } },
      reports: [{ content: { impression: content.impression } }],
    });
    const accesses = await ask({
      method: "GET",
      path: `/v1/shares/${shareId}/accesses`,
      principal: townPhysician,
    });
    expect(accesses.json.accesses).toMatchObject([{ outcome: "opened" }]);
  });

  it("is refused as a stranger would be once the hospital revokes it", async () => {
    const { url, shareId } = (await share()).json;
    const path = `/v1/shares/${shareId}`;
    const revoke = (principal = townPhysician) => ask({ method: "DELETE", path, principal });
    expect((await revoke(countyRadiologist)).status).toBe(404);
    expect((await revoke()).status).toBe(204);
    const { instance: _, ...refused } = (await open(url, { passcode: "4711" })).json;
    const { instance: __, ...unknown } = (await open("/s#nonsense")).json;
    expect(refused).toEqual(unknown);
    expect(refused.status).toBe(404);
    const page = await ask({ method: "GET", path: "/v1/shares/opened", principal: visitor(shareId) });
    expect(page.status).toBe(404);
  });

  it("has one link although the clinic's request was repeated on a bad line, and no reply is stored", async () => {
    const headers = { "Idempotency-Key": "9f8b0c1e-aaaa-bbbb-cccc-1234567890ab" };
    const [first, second] = [await share(headers), await share(headers)];
    expect(second.json.shareId).toBe(first.json.shareId);
    const kept = room.table.items().filter(({ pk }) => pk.startsWith("IDEMPOTENCY#"));
    expect(kept).toEqual([expect.not.objectContaining({ reply: expect.anything() })]);
    for (const { json } of [first, second])
      expect((await open(json.url, { passcode: "4711" })).status).toBe(200);
  });
});
