/** Requests and answers of the audit routes. */
import * as z from "zod/mini";
import { isCalendarDay } from "../calendar-day.ts";
import { instant, ulid } from "./identifiers.ts";

const text = z.string();
const identifiers = z.object({
  studyUid: z.optional(text),
  studyUids: z.optional(z.array(text).check(z.describe("Of a list: this hospital's studies on the page"))),
  seriesUid: z.optional(text),
  sopUid: z.optional(text),
  reportId: z.optional(text),
  shareId: z.optional(text),
  consultId: z.optional(text),
  uploadId: z.optional(text),
});

const record = z.object({
  recordId: ulid,
  recorded: instant,
  action: text.check(z.describe("The operationId")),
  outcome: z.enum(["permitted", "denied"]),
  agent: z
    .object({
      id: text,
      kind: text,
      roles: z.array(text),
      hospital: z.optional(text),
      licence: z.optional(text),
    })
    .check(z.describe("Who")),
  source: z.object({ ip: text, userAgent: text, requestId: text }).check(z.describe("From where")),
  entity: identifiers.check(z.describe("What")),
  purpose: z.optional(text.check(z.describe("Why: PurposeOfUse as the caller stated it"))),
  detail: z.optional(text),
  policies: z.array(text).check(z.describe("Policies that decided")),
  region: text,
  hospital: text.check(z.describe("Whose data it was")),
  copy: z.optional(
    z
      .literal(true)
      .check(
        z.describe("One's own people with another hospital's data: the record itself is with that hospital"),
      ),
  ),
});

export const auditSchemas = {
  listAuditRecords: {
    query: z.object({
      day: z
        .string()
        .check(
          z.regex(/^\d{4}-\d{2}-\d{2}$/, { abort: true }),
          z.refine(isCalendarDay, "must be a day the calendar has"),
          z.describe("A day in UTC, such as 2026-01-31"),
        ),
      limit: z._default(z.coerce.number().check(z.int(), z.minimum(1), z.maximum(200)), 100),
      cursor: z.optional(ulid),
    }),
    reply: z.object({ records: z.array(record), next: z.optional(text) }),
  },
} as const;
