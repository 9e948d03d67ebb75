/** Requests and answers of the operators' catalog routes. */
import * as z from "zod/mini";
import { uid } from "./identifiers.ts";

const rebuildBody = z.strictObject({
  studyUid: z.optional(uid.check(z.describe("Without it: everything of the hospital"))),
  seriesUid: z.optional(uid),
  sopUid: z.optional(uid),
  cursor: z.optional(z.string().check(z.describe("`next` of the answer before"))),
});
const rebuildReply = z.object({
  queued: z.int().check(z.describe("Instances whose derivation was asked for again")),
  next: z.optional(z.string().check(z.describe("Present when there is more: send it as `cursor`"))),
});

export const catalogSchemas = { rebuild: { body: rebuildBody, reply: rebuildReply } } as const;

export type RebuildRequest = z.infer<typeof rebuildBody>;
export type RebuildReply = z.infer<typeof rebuildReply>;
