import { beforeAll, describe, expect, it } from "@jest/globals";
import { type Session, send, settled, signedIn, stranger } from "../support/cloud.ts";
import { ctInstance, newUid } from "../support/instances.ts";

const technician = signedIn("technician@xinghe-village");
const outsider = signedIn("radiologist@linjiang-city");
const studyUid = newUid();
const seriesUid = newUid();
const sopUid = newUid();
let uploadId = "";

describe("another hospital's doctor", () => {
  beforeAll(async () => {
    const bytes = ctInstance({ studyUid, seriesUid, sopUid, patientName: "Bao^Mi=保^密" });
    uploadId = await send(technician, [{ name: "a.dcm", bytes }]);
    await settled(technician, uploadId);
  });

  it("finds nothing by name, id or UID in any scope of their own", async () => {
    for (const query of ["PatientName=保密", "PatientName=bao*", `StudyInstanceUID=${studyUid}`]) {
      expect((await outsider.get(`/dicomweb/mine/studies?${query}`)).status).toBe(204);
      expect((await outsider.get(`/dicomweb/hospital-linjiang-city/studies?${query}`)).status).toBe(204);
    }
  });

  const instance = `studies/${studyUid}/series/${seriesUid}/instances/${sopUid}`;
  it.each([
    `/dicomweb/hospital-xinghe-village/studies`,
    `/dicomweb/hospital-xinghe-village/${instance}`,
    `/dicomweb/hospital-xinghe-village/${instance}/frames/1`,
    `/dicomweb/mine/${instance}/metadata`,
    `/dicomweb/mine/${instance}/thumbnail`,
    `/dicomweb/mine/studies/${studyUid}/series`,
    `/dicomweb/consult-01ARZ3NDEKTSV4RRFFQ69G5FAV/studies`,
    `/dicomweb/share-01ARZ3NDEKTSV4RRFFQ69G5FAV/studies`,
    `/v1/studies/${studyUid}`,
    `/v1/studies/${studyUid}?hospital=xinghe-village`,
    `/v1/studies/${studyUid}/reports`,
  ])("cannot tell %s from something that does not exist", async (path) => {
    const answer = await outsider.get(path);
    expect([403, 404]).toContain(answer.status);
    expect(JSON.stringify(answer.body)).not.toContain("保");
  });

  it("cannot read the other hospital's upload or make a link to its study", async () => {
    expect((await outsider.get(`/v1/uploads/${uploadId}`)).status).toBe(403);
    expect((await outsider.post("/v1/shares", { studyUid })).status).toBe(404);
    const countyTechnician = signedIn("technician@qinghe-county");
    expect((await countyTechnician.get(`/v1/uploads/${uploadId}`)).status).toBe(404);
  });
});

describe("a stranger", () => {
  const refused = async (session: Session, path: string): Promise<number> => (await session.get(path)).status;

  it.each(["/v1/uploads", "/dicomweb/mine/studies", `/v1/studies/${studyUid}`, "/v1/audit"])(
    "is refused %s without a token",
    async (path) => {
      expect(await refused(stranger, path)).toBe(401);
    },
  );

  it.each([
    ["rubbish", "rubbish"],
    ["an unsigned token", `${btoa('{"alg":"none"}')}.${btoa('{"sub":"x","roles":["hospital-admin"]}')}.`],
    ["a token with a changed claim", tampered(technician.token)],
    ["an opened link's token that nobody was given", `mics_${"A".repeat(43)}`],
  ])("is refused with %s", async (_, token) => {
    const { Session } = await import("../support/cloud.ts");
    expect([401, 403]).toContain(await refused(new Session(token), "/v1/uploads"));
  });

  it("may read health and the API's description", async () => {
    expect((await stranger.get("/v1/health")).status).toBe(200);
    expect((await stranger.get("/v1/openapi.json")).body.openapi).toMatch(/^3\.1/);
  });
});

function tampered(token: string): string {
  const [header, payload, signature] = token.split(".") as [string, string, string];
  const claims = JSON.parse(Buffer.from(payload, "base64url").toString("utf8"));
  const changed = Buffer.from(JSON.stringify({ ...claims, hospital: "qinghe-county" })).toString("base64url");
  return `${header}.${changed}.${signature}`;
}
