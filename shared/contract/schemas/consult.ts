/** Requests and answers of the consult routes. */
import * as z from "zod/mini";
import { hospitalId, instant, scope, uid, ulid } from "./identifiers.ts";

const priority = z.enum(["routine", "stat"]);
const status = z.enum(["requested", "answered"]);
const question = z.string().check(z.minLength(1), z.maxLength(4_000));

const consult = z.object({
  consultId: ulid,
  fromHospital: hospitalId,
  toHospital: hospitalId,
  studyUid: uid,
  scope,
  priority,
  status,
  question: z.exactOptional(question),
  createdAt: instant,
  answeredAt: z.exactOptional(instant),
  accessUntil: instant.check(
    z.describe("When the access to the study ends; another consult about it renews it"),
  ),
});
const entry = z.extend(z.omit(consult, { toHospital: true }), {
  study: z.record(z.string(), z.unknown()).check(z.describe("DICOM JSON of patient and study, for a list")),
});

export const consultSchemas = {
  createConsult: {
    body: z.strictObject({
      studyUid: uid,
      toHospital: hospitalId,
      priority: z._default(priority, "routine"),
      question: z.optional(question),
    }),
    reply: consult,
  },
  getConsult: { params: z.object({ consultId: ulid }), reply: consult },
  listWorklist: {
    query: z.object({
      status: z._default(status, "requested"),
      cursor: z.optional(z.string().check(z.regex(/^(OPEN#[01]|DONE)#[0-9A-Z]{26}$/))),
      limit: z.optional(z.coerce.number().check(z.int(), z.minimum(1), z.maximum(200))),
    }),
    reply: z.object({
      consults: z.array(entry),
      next: z.exactOptional(z.string().check(z.describe("Pass as ?cursor= for more"))),
    }),
  },
} as const;
