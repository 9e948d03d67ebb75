import { type Header, readHeader } from "../dicom/read.ts";
import { DicomRejected } from "../dicom/rejected.ts";
import type { ObjectRef, ObjectStore } from "../ports.ts";

/** Holds nearly every header: one range request, whatever the object's size. */
const firstRead = 64 * 1024;

/** The header of a stored object, read by growing ranges. Throws DicomRejected when it is not one we can take. */
export async function readLandedHeader(objects: ObjectStore, ref: ObjectRef, size: number): Promise<Header> {
  // No range of an empty object can be asked for.
  if (size === 0) throw new DicomRejected("empty", 0);
  let bytes: Uint8Array = new Uint8Array(0);
  let wanted = Math.min(firstRead, size);
  for (;;) {
    const more = await objects.read(ref, { offset: bytes.length, length: wanted - bytes.length });
    bytes = bytes.length === 0 ? more : Buffer.concat([bytes, more]);
    const header = readHeader(bytes, { totalSize: size });
    if (!("needBytes" in header)) return header;
    if (header.needBytes <= bytes.length) throw new Error("The reader asks for bytes it has");
    wanted = Math.min(header.needBytes, size);
  }
}
