/** Inputs of the WADO-RS routes (PS3.18 §10.4). */
import * as z from "zod/mini";
import { scope, uid } from "./identifiers.ts";

const query = z.object({
  accept: z.optional(z.string().check(z.describe("Stands in for the Accept header, PS3.18 §8.3.3.1"))),
  viewport: z.optional(z.string()),
});
const metadata = z.array(z.record(z.string(), z.unknown()));
const described = { query, reply: metadata } as const;
const redirected = { query } as const;

const frame = z
  .string()
  .check(
    z.regex(/^[1-9]\d{0,8}(,[1-9]\d{0,8}){0,999}$/),
    z.describe("Counts from 1; several with commas between, at most a thousand"),
  );

export const retrieveSchemas = {
  retrieveStudyMetadata: described,
  retrieveSeriesMetadata: described,
  retrieveInstanceMetadata: described,
  retrieveInstance: redirected,
  retrieveFrame: {
    params: z.object({ scope, studyUid: uid, seriesUid: uid, sopUid: uid, frame }),
    query,
  },
  retrieveInstanceThumbnail: redirected,
  retrieveSeriesThumbnail: redirected,
  retrieveStudyThumbnail: redirected,
} as const;
