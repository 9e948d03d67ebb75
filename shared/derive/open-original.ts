/** The archived original, read by ranges: its header, and any part of it, as a data set that is not deflated. */
import { bulkRange, type Element } from "../dicom/json-model.ts";
import { type Header, readHeader } from "../dicom/read.ts";
import type { Attribute } from "../pixels/attributes.ts";
import { maxTableBytes } from "../pixels/lookup-data.ts";
import type { ObjectRef, ObjectStore } from "../ports.ts";
import { InflatedSource } from "./inflated-source.ts";

/** Holds nearly every header, and costs what a smaller read does. */
const firstRead = 64 * 1024;

export interface Original {
  readonly header: Header;
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
  let length = Math.min(firstRead, size);
  for (;;) {
    const bytes = await objects.read(ref, { offset: 0, length });
    const header = readHeader(bytes, { totalSize: size });
    if (!("needBytes" in header)) return partsOf(header, sourceOf(header, objects, ref, size, bytes));
    length = Math.min(size, Math.max(header.needBytes, length + 1));
  }
}

function sourceOf(
  header: Header,
  objects: ObjectStore,
  ref: ObjectRef,
  size: number,
  prefix: Uint8Array,
): Source {
  const file = fileSource(objects, ref, size, prefix);
  if (header.inflated === undefined) return file;
  return new InflatedSource(() => file.stream(header.datasetOffset), header.inflated, size);
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

function partsOf(header: Header, source: Source): Original {
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
