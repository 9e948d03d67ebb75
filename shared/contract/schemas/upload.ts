/** Requests and answers of the upload routes. Limits on counts and sizes are the use cases' to answer, with the limit. */
import * as z from "zod/mini";
import { uploadLimits } from "../../upload/limits.ts";
import { uploadFindingsQuery, uploadFindingsReply } from "./findings.ts";
import { fileId, instant, sha256, uid, ulid } from "./identifiers.ts";
import { discarded, release } from "./ingest.ts";

const count = z.int().check(z.nonnegative());

const manifestFile = z.strictObject({
  name: z
    .string()
    .check(
      z.minLength(1),
      z.maxLength(uploadLimits.nameLength),
      z.regex(/^(?!\/)(?!(?:.*\/)?\.{1,2}(?:\/|$))[^\p{Cc}\\]+$/u),
      z.describe("Relative path with forward slashes, as the ledger will show it"),
    ),
  size: z.int().check(z.positive()),
  sha256,
  orderId: z.optional(
    ulid.check(
      z.describe("The order a JPEG, PNG or PDF belongs to: it becomes a DICOM object of its patient"),
    ),
  ),
});

/** The ledger's rows are told apart by name. The second one is pointed at: names may be patients'. */
const manifest = z.array(manifestFile).check((context) => {
  const first = new Map<string, number>();
  for (const [index, { name }] of context.value.entries()) {
    const earlier = first.get(name);
    if (earlier === undefined) first.set(name, index);
    else
      context.issues.push({
        code: "custom",
        input: context.value,
        path: [index, "name"],
        message: `is the name of files/${earlier} too; give every file a name of its own`,
      });
  }
});

const priority = z.enum(["routine", "stat"]);
const encounterClass = z
  .enum(["outpatient", "inpatient", "unknown"])
  .check(z.describe("Decides how long originals are kept: 15, 30 and 15 years unless configured otherwise"));

const expectation = z.strictObject({
  studyUid: uid,
  instances: z
    .int()
    .check(z.positive(), z.describe("Instances the whole study has, whichever upload sends them")),
});

const createUploadBody = z.strictObject({
  files: z._default(manifest, []),
  priority: z._default(priority, "routine"),
  encounterClass: z._default(encounterClass, "unknown"),
  expected: z.optional(z.array(expectation).check(z.maxLength(50))),
});

const addUploadFilesBody = z.strictObject({
  files: z._default(manifest, []),
  fileIds: z._default(z.array(fileId).check(z.describe("Files announced before, to sign again")), []),
});

const signedRequest = z.object({
  method: z.enum(["PUT", "GET"]),
  url: z.string(),
  headers: z.record(z.string(), z.string()).check(z.describe("Signed into the URL: send exactly these")),
  expiresAt: instant,
});
const fileState = z.enum(["awaiting", "stored", "indexed", "duplicate", "conflict", "quarantined"]);

const fileToSend = z.object({
  fileId,
  name: z.string(),
  state: fileState,
  put: z.optional(signedRequest.check(z.describe("Up to 64 MiB: one PUT. Absent once the file has arrived"))),
  multipart: z.optional(
    z
      .object({ partSize: z.int(), parts: z.int() })
      .check(
        z.describe(
          "From 8 MiB up: sign parts, PUT each, then assemble. The last part is what remains. Beside `put`, the choice is the client's",
        ),
      ),
  ),
});

const filesReply = z.object({ uploadId: ulid, files: z.array(fileToSend) });

const ledgerFile = z.object({
  fileId,
  name: z.string(),
  size: count,
  sha256,
  state: fileState,
  reason: z.optional(
    z.object({
      code: z.string(),
      offset: z.optional(z.int().check(z.describe("Byte of the file where the fault lies"))),
      attribute: z.optional(z.string().check(z.describe("Tag of the attribute concerned, such as 0020000D"))),
      en: z.string(),
      zh: z.string(),
    }),
  ),
  studyInstanceUid: z.optional(uid),
  seriesInstanceUid: z.optional(uid),
  sopInstanceUid: z.optional(uid),
  release: z.optional(release),
  discarded: z.optional(discarded),
  updatedAt: instant,
});

const ledger = z.object({
  uploadId: ulid,
  createdAt: instant,
  completedAt: z.optional(instant),
  priority,
  encounterClass,
  done: z.boolean().check(z.describe("Completed, and every file in a final state")),
  announced: count.check(z.describe("Files announced: always the sum of the totals")),
  totals: z.object({
    awaiting: count,
    stored: count,
    indexed: count,
    duplicate: count,
    conflict: count,
    quarantined: count,
  }),
  files: z.array(ledgerFile),
  next: z.optional(z.string().check(z.describe("Pass as ?cursor= for more files"))),
});

const uploadParams = z.object({ uploadId: ulid });
const fileParams = z.object({ uploadId: ulid, fileId });
const pageQuery = z.object({
  cursor: z.optional(z.string()),
  limit: z.optional(z.coerce.number().check(z.int(), z.minimum(1), z.maximum(1000))),
});

export const uploadSchemas = {
  createUpload: { body: createUploadBody, reply: filesReply },
  listUploads: {
    query: pageQuery,
    reply: z.object({
      uploads: z.array(
        z.object({ uploadId: ulid, createdAt: instant, createdBy: z.string(), priority, encounterClass }),
      ),
      next: z.optional(z.string()),
    }),
  },
  getUpload: { params: uploadParams, query: pageQuery, reply: ledger },
  getUploadFindings: { params: uploadParams, query: uploadFindingsQuery, reply: uploadFindingsReply },
  addUploadFiles: { params: uploadParams, body: addUploadFilesBody, reply: filesReply },
  signUploadParts: {
    params: fileParams,
    body: z.strictObject({
      parts: z
        .array(z.strictObject({ number: z.int().check(z.positive()), sha256 }))
        .check(z.minLength(1), z.maxLength(uploadLimits.partsPerRequest)),
    }),
    reply: z.object({
      parts: z.array(z.object({ number: z.int(), size: z.int(), put: signedRequest })),
    }),
  },
  listUploadParts: {
    params: fileParams,
    reply: z.object({
      partSize: z.int(),
      parts: z.int(),
      arrived: z.array(z.object({ number: z.int(), size: z.int(), sha256: z.optional(sha256) })),
    }),
  },
  assembleUploadFile: {
    params: fileParams,
    reply: z.object({ fileId, state: fileState }),
  },
  completeUpload: {
    params: uploadParams,
    reply: z.object({ uploadId: ulid, completedAt: instant }),
  },
} as const;

export type ManifestFile = z.infer<typeof manifestFile>;
export type CreateUploadRequest = z.infer<typeof createUploadBody>;
export type AddFilesRequest = z.infer<typeof addUploadFilesBody>;
export type FileToSend = z.infer<typeof fileToSend>;
export type FilesReply = z.infer<typeof filesReply>;
export type Ledger = z.infer<typeof ledger>;
export type LedgerFile = z.infer<typeof ledgerFile>;
export type PartRequest = z.infer<typeof uploadSchemas.signUploadParts.body>["parts"][number];
export type PartsReply = z.infer<typeof uploadSchemas.signUploadParts.reply>;
export type ArrivedReply = z.infer<typeof uploadSchemas.listUploadParts.reply>;
