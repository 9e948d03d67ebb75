/** Requests and answers of the share routes. */
import * as z from "zod/mini";
import { hospitalId, instant, scope, sha256, uid, ulid } from "./identifiers.ts";

const permission = z.enum(["view", "download"]);

const createBody = z.strictObject({
  studyUid: uid,
  reportId: z.optional(ulid.check(z.describe("One signed report, without images; else the whole study"))),
  expiresInDays: z.optional(
    z.number().check(z.positive(), z.describe("At most 90; 7 unless said. Fractions are hours")),
  ),
  passcode: z.optional(
    z
      .string()
      .check(z.regex(/^[0-9A-Za-z]{4,12}$/), z.describe("4 to 12 letters and digits, told separately")),
  ),
  permission: z._default(permission, "view"),
  maxOpenings: z.optional(z.int().check(z.minimum(1), z.maximum(1000))),
});

const created = z.object({
  shareId: ulid,
  url: z.string().check(z.describe("Said once and stored nowhere; the token is after the #")),
  studyUid: uid,
  reportId: z.exactOptional(ulid),
  permission,
  expiresAt: instant,
  maxOpenings: z.exactOptional(z.int()),
  passcode: z.boolean(),
});

const share = z.object({
  shareId: ulid,
  studyUid: uid,
  reportId: z.exactOptional(ulid),
  permission,
  state: z.enum(["open", "revoked", "expired", "locked", "exhausted"]),
  createdBy: z.string(),
  createdAt: instant,
  expiresAt: instant,
  revokedAt: z.exactOptional(instant),
  openings: z.int(),
  maxOpenings: z.exactOptional(z.int()),
  passcode: z.boolean(),
});

const access = z.object({
  at: instant,
  outcome: z.enum(["opened", "wrong-passcode", "locked"]),
  sourceIp: z.string(),
  userAgent: z.string(),
});

const opened = z.object({
  accessToken: z.string().check(z.describe("Bearer token for this study alone")),
  tokenType: z.literal("Bearer"),
  expiresAt: instant,
  shareId: ulid,
  scope,
  permission,
});

const text = z.exactOptional(z.string());
const series = z.object({
  seriesUid: uid,
  seriesNumber: z.exactOptional(z.number()),
  modality: text,
  description: text,
  representative: z.exactOptional(uid.check(z.describe("Instance whose thumbnail stands for the series"))),
  instances: z.array(
    z.object({
      sopUid: uid,
      instanceNumber: z.exactOptional(z.number()),
      frames: z.int(),
      sopClassUid: z.string(),
      transferSyntaxUid: z.string(),
      thumbnail: text,
    }),
  ),
});
const report = z.object({
  reportId: ulid,
  version: z.int(),
  amended: z.boolean(),
  content: z.object({
    language: z.string(),
    findings: z.string(),
    impression: z.string(),
    recommendation: text,
    critical: z.exactOptional(z.boolean()),
    modality: text,
    bodyPart: text,
    amendmentReason: text,
  }),
  signer: z.object({ name: z.string(), hospital: hospitalId, licence: z.string() }),
  signedAt: instant,
  sha256,
});
const openedShare = z.object({
  shareId: ulid,
  permission,
  expiresAt: instant.check(z.describe("When the link closes")),
  study: z.object({
    studyUid: uid,
    hospital: z.object({ id: hospitalId, name: z.string() }),
    patient: z.object({
      name: z.object({ alphabetic: text, ideographic: text, phonetic: text }),
      sex: text,
      age: text,
      birthDate: text,
    }),
    date: text,
    time: text,
    description: text,
    modalities: z.array(z.string()),
  }),
  series: z.array(series),
  reports: z.array(report),
});

const shareParams = z.object({ shareId: ulid });
const limit = z.optional(z.coerce.number().check(z.int(), z.minimum(1), z.maximum(100)));
const next = z.exactOptional(z.string().check(z.describe("Pass as ?cursor= for more")));

export const shareSchemas = {
  createShare: { body: createBody, reply: created },
  listShares: {
    query: z.object({ cursor: z.optional(ulid), limit }),
    reply: z.object({ shares: z.array(share), next }),
  },
  revokeShare: { params: shareParams },
  listShareAccesses: {
    params: shareParams,
    query: z.object({
      cursor: z.optional(z.string().check(z.regex(/^ACCESS#[0-9A-Z:.#-]{1,100}$/))),
      limit,
    }),
    reply: z.object({ accesses: z.array(access), next }),
  },
  openShare: {
    body: z.strictObject({
      // Any text is looked up: a malformed token must not be told from an unknown one.
      token: z.string().check(z.maxLength(256)),
      passcode: z.optional(z.string().check(z.maxLength(64))),
      openingId: z.optional(
        z
          .uuid()
          .check(
            z.describe("Random. The same request under the same one is one opening, while its token lives"),
          ),
      ),
    }),
    reply: opened,
  },
  getOpenedShare: { reply: openedShare },
} as const;
