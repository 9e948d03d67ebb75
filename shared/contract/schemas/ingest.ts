/** Requests and answers of the quarantine desk and of conflicts. */
import * as z from "zod/mini";
import { fileId, instant, sha256, uid, ulid } from "./identifiers.ts";

const count = z.int().check(z.nonnegative());
const reasonText = z.string().check(z.minLength(1), z.maxLength(500));

const reason = z.object({
  code: z.string(),
  offset: z.optional(count.check(z.describe("Byte at which reading stopped"))),
  attribute: z.optional(z.string().check(z.describe("Tag of the attribute concerned, such as 0020000D"))),
  en: z.string(),
  zh: z.string(),
});

const waiting = z.object({
  uploadId: ulid,
  fileId,
  name: z.string().check(z.describe("As the sender named it; may hold a patient's name")),
  size: count,
  sha256: z.string(),
  quarantinedAt: instant,
  keptUntil: z.optional(
    instant.check(z.describe("When its bytes expire unless somebody decides; absent: never")),
  ),
  reason,
});

const fileState = z.enum(["awaiting", "stored", "indexed", "duplicate", "conflict", "quarantined"]);

export const release = z
  .object({
    at: instant,
    by: z.string().check(z.describe("The principal's id")),
    was: z.string().check(z.describe("The reason's code it waited with, or `conflict`")),
    as: z.optional(
      z
        .object({ sha256, size: count, attributes: z.array(z.string()) })
        .check(z.describe("The corrected copy that was taken in, and the tags that differ from what came")),
    ),
  })
  .check(z.describe("Taken out of quarantine, or out of a conflict"));

export const discarded = z.object({ at: instant, by: z.string(), reason: z.string() });

const dataset = z
  .record(z.string(), z.unknown())
  .check(z.describe("PS3.18 Annex F: attributes by tag, eight hexadecimal digits"));

const action = z.enum(["release", "correct", "discard"]);

const inspected = z.object({
  ...waiting.shape,
  state: fileState,
  release: z.optional(release),
  discarded: z.optional(discarded),
  bytes: z
    .enum(["kept", "foreign-key", "expired", "discarded"])
    .check(
      z.describe(
        "`kept`: can be downloaded. `foreign-key`: kept where they landed, under a key that is not the hospital's",
      ),
    ),
  attributes: dataset.check(z.describe("What can be read before the fault; values over 8 KB are left out")),
  fault: z.optional(
    z
      .object({ code: z.string(), offset: count, attribute: z.optional(z.string()) })
      .check(z.describe("Where today's reader stops; absent when it now reads the file")),
  ),
  excerpt: z.optional(
    z
      .object({ offset: count, hex: z.string() })
      .check(z.describe("Bytes around the fault, hexadecimal; `offset` is of the first one")),
  ),
  actions: z.array(action).check(z.describe("What can help, by the reason")),
});

const decided = z.object({
  uploadId: ulid,
  fileId,
  state: fileState,
  release: z.optional(release),
  discarded: z.optional(discarded),
});

const assigned = z
  .union([uid, z.literal("new")])
  .check(
    z.describe(
      "A UID, or `new`: made here under 2.25, the same for files of the upload that belong together",
    ),
  );
const correctBody = z
  .strictObject({
    sopClassUid: z.optional(uid),
    sopInstanceUid: z.optional(assigned),
    studyInstanceUid: z.optional(assigned),
    seriesInstanceUid: z.optional(assigned),
    characterSet: z.optional(
      z
        .string()
        .check(
          z.regex(/^[A-Z0-9_ \\]{1,128}$/),
          z.describe("Specific Character Set (0008,0005), such as GB18030 or ISO_IR 192"),
        ),
    ),
  })
  .check((context) => {
    if (Object.values(context.value).some((value) => value !== undefined)) return;
    context.issues.push({
      code: "custom",
      input: context.value,
      path: [],
      message: "names nothing to correct; release the file to try it as it is",
    });
  });

const keep = z.enum(["first", "new", "both"]);
const resolution = z.object({
  keep,
  by: z.string(),
  at: instant,
  reason: z.optional(z.string()),
  done: z.boolean().check(z.describe("false: ingest has yet to follow, usually within seconds")),
  sopInstanceUid: z.optional(uid.check(z.describe("Of the copy, where both were kept"))),
});

const side = z.object({
  sha256,
  size: count,
  uploadId: z.optional(ulid.check(z.describe("Absent of an image that gave way to the other"))),
  fileId: z.optional(fileId),
  at: instant.check(z.describe("Indexed, or found")),
  studyInstanceUid: uid,
  seriesInstanceUid: uid,
  href: z.optional(z.string().check(z.describe("The bytes, by redirect; absent when they expired"))),
});

const difference = z.object({
  tag: z.string(),
  keyword: z.optional(z.string()),
  vr: z.string(),
  first: z.optional(z.unknown().check(z.describe("Absent: the first has no such attribute"))),
  new: z.optional(z.unknown()),
});

const conflict = z.object({
  sopInstanceUid: uid,
  sha256: sha256.check(z.describe("Of the other bytes: with the SOP Instance UID it names the conflict")),
  foundAt: instant,
  first: side.check(z.describe("What the study holds under the UID now")),
  new: side.check(z.describe("What came later")),
  differences: z.array(difference),
  pixels: z
    .enum(["same", "differ", "not-compared"])
    .check(
      z.describe(
        "Pixel Data byte for byte; `not-compared`: encoded differently, deflated, too large, or gone",
      ),
    ),
  choices: z
    .array(keep)
    .check(z.describe("`new` only where both say the same study and series; none once it is decided")),
  resolution: z.optional(resolution),
});

const fileParams = z.object({ uploadId: ulid, fileId });
const conflictParams = z.object({ studyUid: uid, sopUid: uid, sha256 });

export const ingestSchemas = {
  listQuarantine: {
    query: z.object({
      cursor: z.optional(z.string().check(z.maxLength(200))),
      limit: z.optional(z.coerce.number().check(z.int(), z.minimum(1), z.maximum(200))),
      code: z.optional(
        z.string().check(z.regex(/^[a-z-]{1,40}$/), z.describe("Only files with this reason")),
      ),
    }),
    reply: z.object({
      files: z.array(waiting),
      next: z.optional(z.string().check(z.describe("Pass as ?cursor= for more"))),
    }),
  },
  getQuarantinedFile: { params: fileParams, reply: inspected },
  retrieveQuarantinedFile: { params: fileParams },
  releaseQuarantinedFile: {
    params: fileParams,
    body: z.optional(
      z.strictObject({
        orderId: z.optional(
          ulid.check(z.describe("Whose photograph or document it is, where it was sent for no order")),
        ),
      }),
    ),
    reply: decided,
  },
  correctQuarantinedFile: { params: fileParams, body: correctBody, reply: decided },
  discardQuarantinedFile: {
    params: fileParams,
    body: z.strictObject({
      reason: reasonText.check(z.describe("Kept in the ledger and the audit, so never a patient's name")),
    }),
    reply: decided,
  },
  listConflicts: {
    params: z.object({ studyUid: uid }),
    reply: z.object({ conflicts: z.array(conflict) }),
  },
  retrieveConflictingFile: { params: conflictParams },
  resolveConflict: {
    params: conflictParams,
    body: z.strictObject({
      keep,
      reason: z.optional(reasonText.check(z.describe("Kept in the audit, so never a patient's name"))),
    }),
    reply: z.object({ sopInstanceUid: uid, sha256, resolution }),
  },
} as const;

export type Waiting = z.infer<typeof waiting>;
export type Inspected = z.infer<typeof inspected>;
export type Decided = z.infer<typeof decided>;
export type CorrectRequest = z.infer<typeof correctBody>;
export type ConflictView = z.infer<typeof conflict>;
export type ConflictSide = z.infer<typeof side>;
export type Difference = z.infer<typeof difference>;
export type ResolutionView = z.infer<typeof resolution>;
export type Keep = z.infer<typeof keep>;
export type ReleaseView = z.infer<typeof release>;
