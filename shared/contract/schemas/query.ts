/** Answers of the search routes. Their query strings are QIDO-RS (PS3.18 §10.6) and parsed by `shared/query/`. */
import * as z from "zod/mini";
import { finding, quality } from "./findings.ts";
import { hospitalId, instant, uid, ulid } from "./identifiers.ts";

const dataset = z
  .record(z.string(), z.unknown())
  .check(z.describe("PS3.18 Annex F: attributes by tag, eight hexadecimal digits"));
const datasets = z.array(dataset);
/** QIDO-RS keys are open-ended: repeated parameters, keywords and tags. */
const search = z.record(z.string(), z.union([z.string(), z.array(z.string())]));
const count = z.int().check(z.nonnegative());

const study = z.object({
  region: z.string(),
  hospital: hospitalId,
  studyUid: uid,
  attributes: dataset,
  modalities: z.array(z.string()),
  instances: count.check(z.describe("Indexed so far: exact at this moment")),
  expected: z.optional(count.check(z.describe("Announced by the uploads of this study"))),
  complete: z.boolean(),
  characterSet: z.optional(
    z.string().check(z.describe("Chosen by a person for the study's text; absent: as the content shows")),
  ),
  quality: z.optional(quality),
  findings: z.array(finding).check(z.describe("What is wrong with the study, most urgent first")),
  order: z.optional(
    z
      .object({
        orderId: ulid,
        by: z.enum(["accession", "patient", "source", "hand"]),
        at: instant,
        identity: z.optional(
          z.literal("order").check(z.describe("Shown under the order's patient, not the images' own")),
        ),
      })
      .check(z.describe("What it was made for")),
  ),
  conflicts: count.check(z.describe("Other bytes under a UID of the study that nobody has decided on")),
  resolvedConflicts: count,
  series: z.array(
    z.object({
      seriesUid: uid,
      modality: z.optional(z.string()),
      attributes: dataset,
      instances: count,
    }),
  ),
});

export const querySchemas = {
  searchStudies: { query: search, reply: datasets },
  searchSeries: { query: search, reply: datasets },
  searchInstances: { query: search, reply: datasets },
  searchStudySeries: { query: search, reply: datasets },
  searchStudyInstances: { query: search, reply: datasets },
  searchSeriesInstances: { query: search, reply: datasets },
  getStudy: { query: z.object({ hospital: z.optional(hospitalId) }), reply: study },
} as const;

export type StudyView = z.infer<typeof study>;
