/** What one file does to the reader and to derive. Throws where it does anything but what callers are told to expect. */

import { deriveInstance } from "../../shared/derive/derive-instance.ts";
import { checkPixels } from "../../shared/dicom/check-pixels.ts";
import { encapsulatedFrame, nativeFrame } from "../../shared/dicom/frames.ts";
import { type Header, readHeader } from "../../shared/dicom/read.ts";
import { readAttributesAnyway } from "../../shared/dicom/read-anyway.ts";
import { DicomRejected } from "../../shared/dicom/rejected.ts";
import {
  describe,
  instanceAttributes,
  seriesAttributes,
  studyAttributes,
} from "../../shared/dicom/summary.ts";
import { archived } from "../unit/derive/instances.ts";

/** What came of it: `read`, or the code it is refused with; and, where it was derived, what its thumbnail is. */
export interface Outcome {
  readonly read: string;
  readonly thumbnail?: string;
}

export async function tryFile(bytes: Uint8Array, derive: boolean): Promise<Outcome> {
  const header = await unlessRejected(() => readByRanges(bytes));
  const readable = readAttributesAnyway(bytes, { totalSize: bytes.length });
  if (header instanceof DicomRejected) {
    checkRefusal(header, bytes);
    return { read: header.code };
  }
  if (JSON.stringify(header.dataset) === undefined) throw new Error("The data set is no JSON");
  describe(header.dataset);
  for (const attributes of [studyAttributes, seriesAttributes, instanceAttributes])
    attributes(header.dataset);
  const cut = await unlessRejected(() => checkPixels(header, sourceOf(bytes)));
  await unlessRejected(() => firstFrame(header, bytes));
  if (cut instanceof DicomRejected) checkRefusal(cut, bytes);
  // A cut deflated stream shows it only where it is read to its end.
  else if (readable.fault)
    throw new Error(`readAttributesAnyway sees ${readable.fault.code}, readHeader and checkPixels do not`);
  const thumbnail = derive && header.pixelData ? await thumbnailOf(bytes) : undefined;
  return { read: cut instanceof DicomRejected ? cut.code : "read", ...(thumbnail && { thumbnail }) };
}

/** As ingest reads: by prefixes that grow as the reader asks. */
function readByRanges(bytes: Uint8Array): Header {
  let length = Math.min(512, bytes.length);
  for (let rounds = 0; rounds < 64; rounds++) {
    const answer = readHeader(bytes.subarray(0, length), { totalSize: bytes.length });
    if (!("needBytes" in answer)) return answer;
    if (answer.needBytes <= length || answer.needBytes > bytes.length)
      throw new Error("The reader asks for what it has");
    length = answer.needBytes;
  }
  throw new Error("The reader asks without end");
}

const sourceOf = (bytes: Uint8Array) => ({
  size: bytes.length,
  read: async (offset: number, length: number) => bytes.subarray(offset, offset + length),
  stream: async (offset: number) => once(bytes.subarray(offset)),
});

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

async function firstFrame(header: Header, bytes: Uint8Array): Promise<void> {
  if (!header.pixelData || header.inflated) return;
  if (header.pixelData.encapsulated) await encapsulatedFrame(header, 1, sourceOf(bytes).read);
  else nativeFrame(header, 1);
}

async function unlessRejected<T>(work: () => T | Promise<T>): Promise<T | DicomRejected> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof DicomRejected) return error;
    throw error;
  }
}

/** Bytes of the file, or of a data set that was inflated. */
const mostInflated = 256 * 1024 * 1024;

function checkRefusal({ code, offset, attribute }: DicomRejected, bytes: Uint8Array): void {
  if (!Number.isInteger(offset) || offset < 0 || offset > Math.max(bytes.length, mostInflated))
    throw new Error(`${code} at byte ${offset} of ${bytes.length}`);
  if (attribute !== undefined && !/^[\dA-F]{8}$/.test(attribute))
    throw new Error(`${code} of attribute ${attribute}`);
}

async function thumbnailOf(bytes: Uint8Array): Promise<string> {
  const { deps, request } = await archived(bytes);
  const derived = await deriveInstance(deps, request);
  if (!derived) throw new Error("derive did not find what was archived");
  return derived.thumbnail.replace(/^pending:.*/, "pending");
}
