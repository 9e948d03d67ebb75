/** Requests and answers of the operators' catalog routes. */
import * as z from "zod/mini";
import { uid } from "./identifiers.ts";
import { ledgerAuditQuery, ledgerAuditReply } from "./ledger.ts";

const rebuildBody = z.strictObject({
  catalog: z.optional(
    z
      .boolean()
      .check(
        z.describe("true: items and metadata of the catalog too, from the archive; else what is derived"),
      ),
  ),
  studyUid: z.optional(uid.check(z.describe("Without it: everything of the hospital"))),
  seriesUid: z.optional(uid),
  sopUid: z.optional(uid),
  cursor: z.optional(z.string().check(z.describe("`next` of the answer before"))),
});
const rebuildReply = z.object({
  queued: z.int().check(z.describe("Instances, with `catalog` files kept aside too, that are done again")),
  next: z.optional(z.string().check(z.describe("Present when there is more: send it as `cursor`"))),
});

const legalHoldBody = z.strictObject({
  hold: z.boolean().check(z.describe("false releases")),
  reason: z
    .string()
    .check(
      z.minLength(1),
      z.maxLength(500),
      z.describe("Such as a case number; kept with the study and in the audit, so never a patient's name"),
    ),
  cursor: z.optional(
    z.string().check(z.maxLength(500), z.describe("`next` of the answer before, with the same `hold`")),
  ),
});
const legalHoldReply = z.object({
  studyUid: uid,
  hold: z.boolean(),
  instances: z.int().check(z.describe("Originals held or released by this request")),
  next: z.optional(z.string().check(z.describe("Present when there is more: send it as `cursor`"))),
});

const characterSetBody = z.strictObject({
  characterSet: z
    .string()
    .check(
      z.minLength(1),
      z.maxLength(200),
      z.describe(
        "Terms of Specific Character Set, such as GB18030 or ISO 2022 IR 6\\\\ISO 2022 IR 58; `declared`: as each file declares; `automatic`: as the content shows",
      ),
    ),
  cursor: z.optional(
    z
      .string()
      .check(z.maxLength(500), z.describe("`next` of the answer before, with the same `characterSet`")),
  ),
});
const characterSetReply = z.object({
  studyUid: uid,
  characterSet: z.string(),
  instances: z.int().check(z.describe("Instances read again by this request")),
  next: z.optional(z.string().check(z.describe("Present when there is more: send it as `cursor`"))),
});

export const catalogSchemas = {
  auditLedger: { query: ledgerAuditQuery, reply: ledgerAuditReply },
  rebuild: { body: rebuildBody, reply: rebuildReply },
  setCharacterSet: {
    params: z.object({ studyUid: uid }),
    body: characterSetBody,
    reply: characterSetReply,
  },
  setLegalHold: { params: z.object({ studyUid: uid }), body: legalHoldBody, reply: legalHoldReply },
} as const;

export type RebuildRequest = z.infer<typeof rebuildBody>;
export type RebuildReply = z.infer<typeof rebuildReply>;
export type CharacterSetRequest = z.infer<typeof characterSetBody>;
export type CharacterSetReply = z.infer<typeof characterSetReply>;
export type LegalHoldRequest = z.infer<typeof legalHoldBody>;
export type LegalHoldReply = z.infer<typeof legalHoldReply>;
