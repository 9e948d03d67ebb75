/** Identifiers, digests and times as every route takes and answers them. */
import * as z from "zod/mini";
import { uidPattern } from "../../dicom/uid.ts";
import { fileIdPattern, hospitalIdPattern, sha256Pattern, ulidPattern } from "../identifiers.ts";

export const uid = z
  .string()
  .check(
    z.regex(uidPattern),
    z.describe("UID: PS3.5 §9.1, and the little more that files in the field hold"),
  );
export const ulid = z.string().check(z.regex(ulidPattern), z.describe("ULID"));
export const hospitalId = z
  .string()
  .check(z.regex(hospitalIdPattern), z.describe("Lower-case letters, digits and hyphens; never changes"));
export const sha256 = z.string().check(z.regex(sha256Pattern), z.describe("SHA-256, lower-case hexadecimal"));
export const fileId = z.string().check(z.regex(fileIdPattern), z.describe("Decimal index within the upload"));
export const instant = z.string().check(z.describe("UTC, ISO-8601"));
/** An image root. */
export const scope = z
  .string()
  .check(
    z.regex(/^(mine|(hospital|consult|share)-[A-Za-z0-9-]{1,63})$/),
    z.describe("Image root: /dicomweb/{scope}"),
  );

/** What each path parameter may be. The others are identifiers we made, found or not found. */
export const parameterForms: Readonly<Record<string, z.ZodMiniType<unknown>>> = {
  studyUid: uid,
  seriesUid: uid,
  sopUid: uid,
  scope,
  hospital: hospitalId,
};
