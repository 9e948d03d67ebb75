/** Requests and answers of the report routes. */
import * as z from "zod/mini";
import { hospitalId, instant, sha256, uid, ulid } from "./identifiers.ts";

const versionNumber = z.int().check(z.positive());

/** RFC 8785 has no bytes for half a surrogate pair, so it could never be signed. */
const text = (longest: number) =>
  z.string().check(
    z.maxLength(longest),
    z.refine((value) => value.isWellFormed(), "must be well-formed Unicode"),
  );

const content = z.strictObject({
  language: z._default(
    z.string().check(z.regex(/^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$/), z.describe("BCP 47")),
    "zh-CN",
  ),
  findings: text(20_000),
  impression: text(10_000).check(z.describe("May be empty in a draft; a signature needs it")),
  recommendation: z.exactOptional(text(5_000)),
  critical: z.exactOptional(z.boolean().check(z.describe("A finding somebody must be told of now"))),
  modality: z.exactOptional(z.string().check(z.regex(/^[A-Z0-9_ ]{1,16}$/), z.describe("PS3.3 C.7.3.1.1.1"))),
  bodyPart: z.exactOptional(text(64)),
  amendmentReason: z.exactOptional(text(1_000)),
});

const status = z.enum(["draft", "signed", "amending"]);
const saved = z.object({
  reportId: ulid,
  version: versionNumber,
  status,
  etag: z.string().check(z.describe("Also in the ETag header: send it back in If-Match")),
});

const author = z.object({ id: z.string(), name: z.string(), hospital: hospitalId });
const signer = z.extend(author, {
  licence: z.string(),
  role: z.enum(["radiologist", "physician"]),
  authenticatedAt: instant.check(z.describe("When the signer signed in")),
});
const previous = z.object({ version: versionNumber, sha256 });

const version = z.object({
  reportId: ulid,
  version: versionNumber,
  status: z.enum(["draft", "signed"]),
  author,
  createdAt: instant,
  updatedAt: instant,
  previous: z.exactOptional(previous.check(z.describe("The signed version this one amends"))),
  signature: z.exactOptional(
    z.object({
      signedAt: instant,
      signer,
      sha256: sha256.check(z.describe("Of the canonical signed document (RFC 8785)")),
      evidence: z.int().check(z.describe("Number of instances the signature covers")),
    }),
  ),
});

const report = z.extend(version, {
  hospital: hospitalId.check(z.describe("Whose study it is")),
  studyUid: uid,
  reportStatus: status,
  latestVersion: versionNumber,
  signedVersion: z.exactOptional(versionNumber),
  content,
});

const listing = z.object({
  reportId: ulid,
  status,
  version: versionNumber,
  signedVersion: z.exactOptional(versionNumber),
  signedAt: z.exactOptional(instant),
  authorHospital: hospitalId,
  createdAt: instant,
});

const evidence = z.object({ seriesUid: uid, sopUid: uid, sha256 });
const verdict = z.enum(["valid", "invalid"]);
const base64 = z.string().check(z.describe("base64"));
const verification = z.object({
  reportId: ulid,
  version: versionNumber,
  verdict: verdict.check(z.describe("Images that came later do not make a report invalid")),
  signature: verdict,
  digest: verdict,
  document: verdict.check(z.describe("Whether what readers are shown is what was signed")),
  chain: z.exactOptional(verdict.check(z.describe("Whether the amended version is still the one it names"))),
  evidence: z.object({
    unchanged: z.int(),
    altered: z.array(evidence),
    missing: z.array(evidence),
    later: z.array(z.extend(evidence, { indexedAt: instant })),
    originalsChecked: z.boolean(),
  }),
  signedAt: instant,
  signer,
  sha256,
  signed: z.exactOptional(
    z.object({
      bytes: base64.check(z.describe("The canonical signed document")),
      signature: base64.check(z.describe("ECDSA P-256 with SHA-256 over the bytes, DER")),
      publicKey: base64.check(z.describe("SubjectPublicKeyInfo, DER")),
    }),
  ),
});

const studyParams = z.object({ studyUid: uid });
const reportParams = z.object({ reportId: ulid });
const versionQuery = z.object({ version: z.optional(z.coerce.number().check(z.int(), z.positive())) });
const flag = z.optional(z.stringbool());

export const reportSchemas = {
  createReport: { params: studyParams, body: content, reply: saved },
  listStudyReports: { params: studyParams, reply: z.object({ reports: z.array(listing) }) },
  getReport: { params: reportParams, query: versionQuery, reply: report },
  updateReport: { params: reportParams, body: content, reply: saved },
  signReport: {
    params: reportParams,
    body: z.optional(
      z.strictObject({
        seenInstances: z.optional(
          z
            .int()
            .check(z.positive(), z.describe("Images you had before you: refused when there are others now")),
        ),
      }),
    ),
    reply: z.extend(saved, {
      signature: z.object({ sha256, evidence: z.int(), signedAt: instant }),
    }),
  },
  amendReport: {
    params: reportParams,
    body: z.strictObject({ reason: text(1_000).check(z.minLength(1)) }),
    reply: saved,
  },
  verifyReport: {
    params: reportParams,
    query: z.extend(versionQuery, {
      originals: flag.check(z.describe("Also compare the checksum of every stored original")),
      signed: flag.check(z.describe("Include the signed bytes, signature and public key")),
    }),
    reply: verification,
  },
  listReportVersions: { params: reportParams, reply: z.object({ versions: z.array(version) }) },
  getDiagnosticReport: {
    params: reportParams,
    query: versionQuery,
    reply: z.record(z.string(), z.unknown()).check(z.describe("FHIR R4 Bundle")),
  },
} as const;
