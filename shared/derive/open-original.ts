/** The archived original, read by ranges: its header, and any part of it, as a data set that is not deflated. */
import { growPrefix, kept } from "../dicom/grow-prefix.ts";
import { bulkRange, type Element } from "../dicom/json-model.ts";
import { type Header, inflatedBytes, readHeader } from "../dicom/read.ts";
import type { Attribute } from "../pixels/attributes.ts";
import { maxTableBytes } from "../pixels/lookup-data.ts";
import type { ObjectRef, ObjectStore } from "../ports.ts";
import { InflatedSource } from "./inflated-source.ts";

/** Holds nearly every header, and costs what a smaller read does. */
const firstRead = 64 * 1024;

export interface Original {
  /** Without what was inflated to read it. */
  readonly header: Omit<Header, "inflated">;
  /** Bytes at an offset as the header counts them: of the file, or of the inflated data set. */
  read(offset: number, length: number): Promise<Uint8Array>;
  /** Everything from an offset to the end. */
  stream(offset: number): Promise<AsyncIterable<Uint8Array>>;
  /** A lookup table the header refers to; undefined when it is larger than any table. */
  readTable(attribute: Attribute): Promise<Uint8Array | undefined>;
}

/**
 * Reads the header of the object at `ref`, `size` bytes in all; comes back for more where the first range is too short.
 * Throws DicomRejected for bytes that are not a DICOM object.
 */
export async function openOriginal(objects: ObjectStore, ref: ObjectRef, size: number): Promise<Original> {
  const original = await openWithin(objects, ref, size, Number.POSITIVE_INFINITY);
  if (!original) throw new Error("A header cannot be longer than its file");
  return original;
}

/** The same; undefined where the header takes more than `atMost` bytes, inflated where it is deflated. */
export async function openWithin(
  objects: ObjectStore,
  ref: ObjectRef,
  size: number,
  atMost: number,
): Promise<Original | undefined> {
  const read = (offset: number, length: number) => objects.read(ref, { offset, length });
  let bytes: Uint8Array = new Uint8Array(0);
  for (let length = Math.min(firstRead, size); length <= Math.max(atMost, firstRead); ) {
    bytes = await growPrefix(read, bytes, length);
    const header = readHeader(bytes, { totalSize: size });
    if (!("needBytes" in header)) {
      if (inflatedBytes(header) > atMost) return undefined;
      return partsOf(header, sourceOf(header, objects, ref, size, bytes));
    }
    if (header.needBytes <= length) throw new Error("The reader asks for bytes it has");
    length = Math.min(size, header.needBytes);
  }
  return undefined;
}

function sourceOf(
  header: Header,
  objects: ObjectStore,
  ref: ObjectRef,
  size: number,
  prefix: Uint8Array,
): Source {
  const file = fileSource(objects, ref, size, kept(prefix));
  if (header.inflated === undefined) return file;
  return new InflatedSource(() => file.stream(header.datasetOffset), kept(header.inflated), size);
}

type Source = Pick<Original, "read" | "stream">;

function fileSource(objects: ObjectStore, ref: ObjectRef, size: number, prefix: Uint8Array): Source {
  return {
    read: async (offset, length) => {
      if (offset + length <= prefix.length) return prefix.subarray(offset, offset + length);
      return objects.read(ref, { offset, length });
    },
    stream: async (offset) => {
      if (prefix.length >= size) return once(prefix.subarray(offset));
      return objects.stream(ref, { offset, length: size - offset });
    },
  };
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

function partsOf({ inflated: _, ...header }: Header, source: Source): Original {
  return {
    header,
    read: (offset, length) => source.read(offset, length),
    stream: (offset) => source.stream(offset),
    readTable: async (attribute) => {
      const range = bulkRange(attribute as Element);
      if (range === undefined || range.length > maxTableBytes) return undefined;
      const bytes = Buffer.from(await source.read(range.offset, range.length));
      if (header.transferSyntax.littleEndian) return bytes;
      return bytes.subarray(0, bytes.length - (bytes.length % 2)).swap16();
    },
  };
}
