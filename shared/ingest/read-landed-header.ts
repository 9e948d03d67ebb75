import type { PixelSource } from "../dicom/check-pixels.ts";
import { growPrefix, kept, largeHeader } from "../dicom/grow-prefix.ts";
import { type Header, inflatedBytes, readHeader } from "../dicom/read.ts";
import { DicomRejected } from "../dicom/rejected.ts";
import type { ObjectRef, ObjectStore } from "../ports.ts";
import { oneAtATime } from "./one-at-a-time.ts";

/** Holds nearly every header: one range request, whatever the object's size. */
const firstRead = 64 * 1024;

type Readable = Pick<ObjectStore, "read" | "stream">;

export interface LandedHeader {
  /** Without what was inflated to read it, which may be a hundred times the file. */
  readonly header: Omit<Header, "inflated">;
  /** The object, without asking again for what was read of it and is kept. */
  readonly source: PixelSource;
}

/**
 * Reads the header of a stored object, by growing ranges, and works on it. `work` gets the refusal instead where it is not an
 * object we can take.
 */
export async function withLandedHeader<T>(
  objects: Readable,
  ref: ObjectRef,
  size: number,
  work: (landed: LandedHeader | DicomRejected) => Promise<T>,
): Promise<T> {
  const read = await readLandedHeader(objects, ref, size, { atMost: largeHeader });
  if (read) return work(read);
  return oneAtATime(async () => {
    const large = await readLandedHeader(objects, ref, size);
    if (!large) throw new Error("A header cannot be longer than its file");
    return work(large);
  });
}

/**
 * The header again, with its text in the character set given (as in `ReadOptions`). Takes no turn among large ones: it is for
 * those who work on one. Throws DicomRejected.
 */
export async function readHeaderAgain(
  objects: Readable,
  ref: ObjectRef,
  size: number,
  characterSet?: readonly string[],
): Promise<LandedHeader["header"]> {
  const read = await readLandedHeader(objects, ref, size, { characterSet });
  if (read instanceof DicomRejected) throw read;
  if (!read) throw new Error("A header cannot be longer than its file");
  return read.header;
}

interface HowRead {
  readonly atMost?: number;
  readonly characterSet?: readonly string[] | undefined;
}

/** Undefined where the header takes more than `atMost` bytes. */
async function readLandedHeader(
  objects: Readable,
  ref: ObjectRef,
  size: number,
  { atMost = Number.POSITIVE_INFINITY, characterSet }: HowRead = {},
): Promise<LandedHeader | DicomRejected | undefined> {
  try {
    // No range of an empty object can be asked for.
    if (size === 0) throw new DicomRejected("empty", 0);
    let bytes: Uint8Array = new Uint8Array(0);
    for (let wanted = Math.min(firstRead, size); ; ) {
      const read = (offset: number, length: number) => objects.read(ref, { offset, length });
      bytes = await growPrefix(read, bytes, wanted);
      const header = readHeader(bytes, { totalSize: size, ...(characterSet && { characterSet }) });
      if (!("needBytes" in header)) {
        if (inflatedBytes(header) > atMost) return undefined;
        return { header: lightened(header), source: sourceOf(objects, ref, size, kept(bytes)) };
      }
      if (header.needBytes <= bytes.length) throw new Error("The reader asks for bytes it has");
      wanted = Math.min(header.needBytes, size);
      if (wanted > atMost) return undefined;
    }
  } catch (error) {
    if (error instanceof DicomRejected) return error;
    throw error;
  }
}

function lightened({ inflated: _, ...header }: Header): LandedHeader["header"] {
  return header;
}

function sourceOf(objects: Readable, ref: ObjectRef, size: number, prefix: Uint8Array): PixelSource {
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
