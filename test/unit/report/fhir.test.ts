import { describe, expect, it } from "@jest/globals";
import { amendReport } from "../../../shared/report/amend-report.ts";
import { draftReport } from "../../../shared/report/draft-report.ts";
import type { Bundle, DiagnosticReport, Provenance } from "../../../shared/report/fhir-types.ts";
import { getDiagnosticReport } from "../../../shared/report/get-diagnostic-report.ts";
import { quoted } from "../../../shared/report/if-match.ts";
import { signReport } from "../../../shared/report/sign-report.ts";
import { verifyReport } from "../../../shared/report/verify-report.ts";
import { verifySignedReport } from "../../../shared/report/verify-signature.ts";
import { content, people, type ReadingRoom, readingRoom, study } from "../../support/reading-room.ts";

const reportId = "01JNQZ3K00000000000000000A";
const baseUrl = "https://film.example/api";
const read = (room: ReadingRoom, more = {}): Promise<Bundle> =>
  getDiagnosticReport(room.reading(people.townRadiologist), room, { reportId, baseUrl, ...more });
const draft = (room: ReadingRoom) =>
  draftReport(room.reading(people.townRadiologist), room, { reportId, content });
const sign = (room: ReadingRoom, etag: string) =>
  signReport(room.reading(people.townRadiologist), room, { reportId, ifMatch: quoted(etag) });
const reportIn = ({ entry }: Bundle) => entry[0]?.resource as DiagnosticReport;
const provenanceIn = ({ entry }: Bundle) =>
  entry.find(({ resource }) => resource.resourceType === "Provenance")?.resource as Provenance;
const text = (base64 = ""): string => Buffer.from(base64, "base64").toString("utf8");

/** R4 datatypes: https://hl7.org/fhir/R4/datatypes.html */
const patterns: Readonly<Record<string, RegExp>> = {
  id: /^[A-Za-z0-9\-.]{1,64}$/,
  versionId: /^[A-Za-z0-9\-.]{1,64}$/,
  recorded: /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z$/,
  issued: /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z$/,
  when: /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z$/,
  effectiveDateTime: /^\d{4}-\d{2}-\d{2}/,
  data: /^[A-Za-z0-9+/]+={0,2}$/,
  system: /^(https?:\/\/|urn:)\S+$/,
  code: /^[^\s]+( [^\s]+)*$/,
};

/** Every element has a value (R4 ele-1), and primitives look as R4 says. */
function check(value: unknown, name = ""): void {
  if (Array.isArray(value)) {
    expect(value.length).toBeGreaterThan(0);
    for (const member of value) check(member, name);
  } else if (typeof value === "object" && value !== null) {
    expect(Object.keys(value).length).toBeGreaterThan(0);
    for (const [member, inner] of Object.entries(value)) check(inner, member);
  } else {
    expect(value).not.toBe("");
    expect(value).toBeDefined();
    if (patterns[name]) expect(String(value)).toMatch(patterns[name]);
  }
}

describe("An EHR that reads FHIR R4", () => {
  it("finds a final report with its doctor's licence, the study and the text", async () => {
    const room = await readingRoom();
    await sign(room, (await draft(room)).etag);
    const bundle = await read(room);
    check(bundle);
    expect(bundle.entry.map(({ resource }) => resource.resourceType)).toEqual([
      "DiagnosticReport",
      "Practitioner",
      "Provenance",
    ]);
    const report = reportIn(bundle);
    expect(report).toMatchObject({
      status: "final",
      conclusion: content.impression,
      subject: { identifier: { value: "P-17" }, display: "单^雄" },
      effectiveDateTime: "2027-03-01",
      imagingStudy: [{ identifier: { system: "urn:dicom:uid", value: `urn:oid:${study.studyUid}` } }],
      performer: [
        { display: "李医生", identifier: { value: people.townRadiologist.licence } },
        { type: "Organization", identifier: { value: "town" } },
      ],
    });
    expect(text(report.presentedForm[0]?.data)).toBe(
      `影像所见\n${content.findings}\n\n影像诊断\n${content.impression}`,
    );
  });

  it("resolves every reference within the bundle", async () => {
    const room = await readingRoom();
    await sign(room, (await draft(room)).etag);
    const bundle = await read(room);
    const known = bundle.entry.map(({ resource }) => `${resource.resourceType}/${resource.id}`);
    const referenced = JSON.stringify(bundle).matchAll(
      /"reference":"((?:Practitioner|DiagnosticReport)\/[^"/]+)/g,
    );
    for (const [, reference] of referenced) expect(known).toContain(reference);
  });

  it("can verify the signature in the Provenance against the document it names", async () => {
    const room = await readingRoom();
    await sign(room, (await draft(room)).etag);
    const [signature] = provenanceIn(await read(room)).signature;
    const { signed } = await verifyReport(room.reading(people.townRadiologist), room, {
      reportId,
      signed: true,
    });
    const bytes = (base64 = "") => new Uint8Array(Buffer.from(base64, "base64"));
    expect(verifySignedReport(bytes(signed?.bytes), bytes(signature?.data), bytes(signed?.publicKey))).toBe(
      true,
    );
  });

  it("sees a draft as partial, without a signature", async () => {
    const room = await readingRoom();
    await draft(room);
    const bundle = await read(room);
    check(bundle);
    expect(reportIn(bundle).status).toBe("partial");
    expect(provenanceIn(bundle)).toBeUndefined();
  });

  it("sees an amended report as amended, naming what it replaces, and the first version still as final", async () => {
    const room = await readingRoom();
    const first = await sign(room, (await draft(room)).etag);
    const doctor = room.reading(people.townRadiologist);
    const { etag } = await amendReport(doctor, room, { reportId, ifMatch: undefined, reason: "侧别更正" });
    expect(reportIn(await read(room))).toMatchObject({ status: "final", meta: { versionId: "1" } });
    await sign(room, etag);
    const bundle = await read(room);
    check(bundle);
    expect(reportIn(bundle)).toMatchObject({ status: "amended", meta: { versionId: "2" } });
    expect(provenanceIn(bundle).entity[1]).toMatchObject({
      role: "revision",
      what: { display: expect.stringContaining(first.signature.sha256) },
    });
    expect(reportIn(await read(room, { version: 1 })).status).toBe("final");
  });
});
