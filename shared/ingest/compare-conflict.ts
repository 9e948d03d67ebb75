/** How the two sides of a conflict differ: attribute by attribute, and whether the pixels do. */
import { createHash } from "node:crypto";
import type { ConflictView, Difference } from "../contract/schemas/ingest.ts";
import type { Dataset } from "../dicom/json-model.ts";
import type { Header } from "../dicom/read.ts";
import { DicomRejected } from "../dicom/rejected.ts";
import type { ObjectRef, ObjectStore } from "../ports.ts";
import { attributes as searchable } from "../query/attribute-dictionary.ts";
import { withLandedHeader } from "./read-landed-header.ts";
import { shownElement } from "./shown-attributes.ts";

/** A request has seconds, for all conflicts it shows: what is larger than its part is not compared. */
const comparedBytes = 384 * 1024 * 1024;
const differencesAtMost = 500;

export interface Side {
  readonly ref: ObjectRef;
  readonly size: number;
}
export type Comparison = Pick<ConflictView, "differences" | "pixels">;

/**
 * Both sides were read before: a header that cannot be read now is a fault of storage, not of the file.
 * @param among how many conflicts the request compares
 */
export async function compareSides(
  objects: ObjectStore,
  first: Side,
  other: Side,
  among: number,
): Promise<Comparison> {
  const one = await headerOf(objects, first);
  const two = await headerOf(objects, other);
  return {
    differences: differencesOf({ ...one.meta, ...one.dataset }, { ...two.meta, ...two.dataset }),
    pixels:
      first.size + other.size > comparedBytes / among
        ? "not-compared"
        : await comparePixels(objects, { ...first, header: one }, { ...other, header: two }),
  };
}

const headerOf = (objects: ObjectStore, { ref, size }: Side): Promise<Header> =>
  withLandedHeader(objects, ref, size, async (read) => {
    if (read instanceof DicomRejected) throw read;
    return read.header;
  });

/** Attributes that one side lacks or holds otherwise, by tag. Where bulk data lies in the file is no difference. */
export function differencesOf(first: Dataset, other: Dataset): Difference[] {
  const tags = [...new Set([...Object.keys(first), ...Object.keys(other)])].sort();
  return tags
    .filter((tag) => comparable(first[tag]) !== comparable(other[tag]))
    .slice(0, differencesAtMost)
    .map((tag) => {
      const [one, two] = [first[tag], other[tag]];
      const keyword = (searchable as Readonly<Record<string, { readonly keyword: string }>>)[tag]?.keyword;
      return {
        tag,
        ...(keyword !== undefined && { keyword }),
        vr: (two ?? one)?.vr ?? "UN",
        ...(one && { first: shownElement(one).Value ?? [] }),
        ...(two && { new: shownElement(two).Value ?? [] }),
      };
    });
}

const comparable = (element: Dataset[string] | undefined): string =>
  JSON.stringify(element ?? null).replaceAll(/bulkdata\/\d+-/g, "bulkdata/-");

interface Read extends Side {
  readonly header: Header;
}

async function comparePixels(objects: ObjectStore, first: Read, other: Read): Promise<Comparison["pixels"]> {
  const [one, two] = [first.header, other.header];
  if (!one.pixelData && !two.pixelData) return "same";
  if (!one.pixelData || !two.pixelData) return "differ";
  const otherwise = one.transferSyntaxUid !== two.transferSyntaxUid || one.transferSyntax.deflated;
  if (otherwise) return "not-compared";
  const [a, b] = await Promise.all([pixelHash(objects, first), pixelHash(objects, other)]);
  return a === b ? "same" : "differ";
}

async function pixelHash(objects: ObjectStore, { ref, size, header: { pixelData } }: Read): Promise<string> {
  const offset = pixelData?.offset ?? size;
  const length = pixelData?.length ?? size - offset;
  const hash = createHash("sha256");
  for await (const chunk of await objects.stream(ref, { offset, length })) hash.update(chunk);
  return hash.digest("hex");
}
