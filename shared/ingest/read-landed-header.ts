import type { PixelSource } from "../dicom/check-pixels.ts";
import { type Header, readHeader } from "../dicom/read.ts";
import { DicomRejected } from "../dicom/rejected.ts";
import type { ObjectRef, ObjectStore } from "../ports.ts";

/** Holds nearly every header: one range request, whatever the object's size. */
const firstRead = 64 * 1024;

export interface LandedHeader {
  readonly header: Header;
  /** The object, without asking again for what was read of it. */
  readonly source: PixelSource;
}

/** The header of a stored object, read by growing ranges. Throws DicomRejected when it is not one we can take. */
export async function readLandedHeader(
  objects: ObjectStore,
  ref: ObjectRef,
  size: number,
): Promise<LandedHeader> {
  // No range of an empty object can be asked for.
  if (size === 0) throw new DicomRejected("empty", 0);
  let bytes: Uint8Array = new Uint8Array(0);
  let wanted = Math.min(firstRead, size);
  for (;;) {
    const more = await objects.read(ref, { offset: bytes.length, length: wanted - bytes.length });
    bytes = bytes.length === 0 ? more : Buffer.concat([bytes, more]);
    const header = readHeader(bytes, { totalSize: size });
    if (!("needBytes" in header)) return { header, source: sourceOf(objects, ref, size, bytes) };
    if (header.needBytes <= bytes.length) throw new Error("The reader asks for bytes it has");
    wanted = Math.min(header.needBytes, size);
  }
}

function sourceOf(objects: ObjectStore, ref: ObjectRef, size: number, prefix: Uint8Array): PixelSource {
  return {
    size,
    read: async (offset, length) =>
      offset + length <= prefix.length
        ? prefix.subarray(offset, offset + length)
        : objects.read(ref, { offset, length }),
    stream: async (offset) =>
      prefix.length >= size
        ? once(prefix.subarray(offset))
        : objects.stream(ref, { offset, length: size - offset }),
  };
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
