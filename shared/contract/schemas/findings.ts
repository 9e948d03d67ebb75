/** Findings as the answers about studies and uploads show them. */
import * as z from "zod/mini";
import { findingSources, severities } from "../findings.ts";
import { instant, uid, ulid } from "./identifiers.ts";

const count = z.int().check(z.nonnegative());
const advice = z.object({
  what: z.string().check(z.describe("What is wrong")),
  do: z.string().check(z.describe("What to do about it")),
});

export const finding = z.object({
  source: z.enum(findingSources),
  code: z.string(),
  severity: z.enum(severities),
  of: z.optional(z.string().check(z.describe("The series, order … it is about; absent: the study"))),
  values: z
    .record(z.string(), z.union([z.number(), z.string()]))
    .check(z.describe("Numbers and identifiers that the sentences hold; nothing of the patient")),
  foundAt: instant,
  en: advice,
  zh: advice,
});

export const quality = z
  .object({
    score: z.int().check(z.minimum(0), z.maximum(100)),
    deductions: z.array(z.object({ code: z.string(), points: z.int() })),
  })
  .check(z.describe("100 less what the findings cost; absent until the study was examined"));

export const uploadFindingsReply = z.object({
  uploadId: ulid,
  settled: z
    .boolean()
    .check(
      z.describe("Every file is final and its studies are listed; their examination follows within seconds"),
    ),
  studies: z.array(
    z.object({
      studyUid: uid,
      instances: count.check(z.describe("As last counted")),
      complete: z.boolean(),
      examined: z.boolean().check(z.describe("Its findings are of all these instances")),
      quality: z.optional(quality),
      findings: z.array(finding),
    }),
  ),
  next: z.optional(z.string().check(z.describe("Pass as ?cursor= for more studies"))),
});

export type FindingView = z.infer<typeof finding>;
export type UploadFindings = z.infer<typeof uploadFindingsReply>;

export const uploadFindingsQuery = z.object({
  cursor: z.optional(z.string()),
  limit: z.optional(z.coerce.number().check(z.int(), z.minimum(1), z.maximum(100))),
});
