/** UIDs of what is made from photographs and documents: the same for the same order and bytes, whoever makes it again. */
import { createHash } from "node:crypto";
import type { HospitalKey } from "../catalog/keys.ts";

/** PS3.5 §B.2: from a UUID, here a name-based one of version 8 (RFC 9562 §5.8) over SHA-256. */
function uidFrom(...names: readonly string[]): string {
  const bytes = createHash("sha256").update(names.join("\n")).digest().subarray(0, 16);
  bytes[6] = ((bytes[6] as number) & 0x0f) | 0x80;
  bytes[8] = ((bytes[8] as number) & 0x3f) | 0x80;
  return `2.25.${BigInt(`0x${bytes.toString("hex")}`)}`;
}

const ofOrder = ({ region, hospital }: HospitalKey, orderId: string) => [region, hospital, orderId] as const;

/** The study of an order that has no images of its own. */
export const sourceStudyUid = (hospital: HospitalKey, orderId: string): string =>
  uidFrom("study", ...ofOrder(hospital, orderId));
/** One series an order, study and kind of source. */
export const sourceSeriesUid = (
  hospital: HospitalKey,
  orderId: string,
  studyUid: string,
  kind: "image" | "document",
): string => uidFrom("series", ...ofOrder(hospital, orderId), studyUid, kind);

/** `sha256`: of the source, so that the same photograph sent twice is known. */
export const sourceSopUid = (hospital: HospitalKey, orderId: string, sha256: string): string =>
  uidFrom("instance", ...ofOrder(hospital, orderId), sha256);
