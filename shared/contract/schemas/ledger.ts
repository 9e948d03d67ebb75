/** Request and answer of the audit of the ledger. */
import * as z from "zod/mini";
import { ledgerChecks } from "../../ledger/checks.ts";
import { fileId, sha256, uid, ulid } from "./identifiers.ts";

const count = z.int().check(z.nonnegative());
const check = z.enum(Object.keys(ledgerChecks) as [keyof typeof ledgerChecks]);

export const ledgerAuditQuery = z.object({
  cursor: z.optional(z.string().check(z.maxLength(2000), z.describe("`next` of the answer before"))),
  verifyBytes: z.optional(
    z
      .enum(["true", "false"])
      .check(
        z.describe("true: reads and hashes the originals of which S3 holds no SHA-256, up to 768 MB each"),
      ),
  ),
});

const violation = z.object({
  check,
  detail: z.string(),
  studyUid: z.optional(uid),
  seriesUid: z.optional(uid),
  sopUid: z.optional(uid),
  sha256: z.optional(sha256),
  uploadId: z.optional(ulid),
  fileId: z.optional(fileId),
  reportId: z.optional(ulid),
  ageHours: z.optional(count.check(z.describe("Since it was stored or last moved"))),
});

export const ledgerAuditReply = z.object({
  walk: z.string().check(z.describe("What the next request looks at")),
  checks: z
    .array(
      z.object({
        check,
        examined: count,
        violations: count,
        explained: count.check(z.describe("Under way, or otherwise as was promised")),
      }),
    )
    .check(z.describe("Of this page: add them up")),
  violations: z.array(violation).check(z.describe("At most 100 a page, in identifiers; all are counted")),
  next: z.optional(z.string().check(z.describe("Present when there is more: send it as ?cursor="))),
});

export type LedgerAuditReply = z.infer<typeof ledgerAuditReply>;
