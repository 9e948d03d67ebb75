/**
 * A corrected copy of a file: some top-level elements assigned, what they were kept in the Original Attributes Sequence
 * (PS3.3 §C.12.1, Table C.12-1), every other byte of the data set as it came, pixels included.
 */
import { deflateRawSync } from "node:zlib";
import type { Encoding } from "./element-cursor.ts";
import { type ElementSpan, elementSpans } from "./element-spans.ts";
import { transferSyntaxOf } from "./encoding.ts";
import { readFileMeta } from "./file-meta.ts";
import { inflateDataset } from "./inflate.ts";
import { textOf } from "./json-model.ts";
import { type OriginalAttributes, originalAttributesItems } from "./original-attributes.ts";
import { viewOf } from "./values.ts";
import { encodeElements, implementationClassUid, itemOf, type WriteElement } from "./write.ts";

export interface Assignment {
  /** Eight upper-case hexadecimal digits, such as `0020000D`. */
  readonly tag: string;
  readonly vr: "UI" | "CS";
  /** Values of a multi-valued attribute are separated by a backslash. */
  readonly value: string;
}

const originalAttributes = "04000561";
const preambleLength = 128;

/**
 * @param file the whole file; its structure must be sound
 * @throws DicomRejected where the structure cannot be followed
 */
export function correctFile(
  file: Uint8Array,
  assignments: readonly Assignment[],
  change: OriginalAttributes,
): Uint8Array {
  const bytes = viewOf(file);
  const found = readFileMeta(bytes, file.length);
  const { meta, datasetOffset, part10 } = found;
  const syntax = transferSyntaxOf(found, bytes, file.length);
  const stored = file.subarray(datasetOffset);
  const encoding: Encoding = { explicit: syntax.explicit, little: syntax.littleEndian };
  const dataset = syntax.deflated ? inflateDataset(stored, datasetOffset, true, file.length) : stored;
  const corrected = spliced(dataset, encoding, assignments, change);
  const assigned = (tag: string) => assignments.find((one) => one.tag === tag)?.value;
  const head = fileMeta({
    preamble: part10 ? file.subarray(0, preambleLength) : new Uint8Array(preambleLength),
    sopClassUid: assigned("00080016") ?? valueAt(dataset, encoding, "00080016"),
    sopInstanceUid: assigned("00080018") ?? valueAt(dataset, encoding, "00080018"),
    transferSyntaxUid: syntax.uid,
    sourceApplication: textOf(meta, "00020016"),
  });
  return Buffer.concat([head, ...(syntax.deflated ? [deflated(corrected)] : corrected)]);
}

/** PS3.5 §A.5: a stream of odd length is padded. */
function deflated(parts: readonly Uint8Array[]): Uint8Array {
  const stream = deflateRawSync(Buffer.concat(parts));
  return stream.length % 2 === 0 ? stream : Buffer.concat([stream, Uint8Array.of(0)]);
}

function valueAt(dataset: Uint8Array, encoding: Encoding, tag: string): string {
  const span = elementSpans(dataset, encoding).find((one) => one.tag === tag);
  if (!span) return "";
  return Buffer.from(dataset.subarray(span.value, span.end))
    .toString("latin1")
    .replace(/[\0 ]+$/, "");
}

interface Piece {
  readonly tag: string;
  readonly bytes: Uint8Array;
}

function spliced(
  dataset: Uint8Array,
  encoding: Encoding,
  assignments: readonly Assignment[],
  change: OriginalAttributes,
): readonly Uint8Array[] {
  const spans = elementSpans(dataset, encoding);
  const assigned = new Set(assignments.map(({ tag }) => tag));
  // Group lengths of groups that grow would be wrong; they are retired (PS3.5 §7.2).
  const groups = new Set([...assigned, originalAttributes].map((tag) => `${tag.slice(0, 4)}0000`));
  const kept = spans.filter(
    ({ tag }) => !assigned.has(tag) && tag !== originalAttributes && !groups.has(tag),
  );
  const before = assignments.map(({ tag, vr }) => {
    const span = spans.find((one) => one.tag === tag);
    return { tag, vr, value: span && dataset.subarray(span.value, span.end) };
  });
  const earlier = spans.find(({ tag }) => tag === originalAttributes);
  const pieces: Piece[] = [
    ...kept.map(({ tag, start, end }) => ({ tag, bytes: dataset.subarray(start, end) })),
    ...assignments.map((one) => ({ tag: one.tag, bytes: encodeElements([one], encoding) })),
    history(dataset, encoding, earlier, originalAttributesItems(before, change)),
  ];
  pieces.sort((a, b) => (a.tag < b.tag ? -1 : a.tag > b.tag ? 1 : 0));
  const rest = dataset.subarray(spans.at(-1)?.end ?? 0);
  return [...pieces.map(({ bytes }) => bytes), rest];
}

/** Earlier corrections stay: the new items stand after theirs. */
function history(
  dataset: Uint8Array,
  encoding: Encoding,
  earlier: ElementSpan | undefined,
  added: readonly (readonly WriteElement[])[],
): Piece {
  const inner = earlier?.encoding ?? encoding;
  const asUnknown = encoding.explicit && !inner.explicit;
  const delimiter = 8;
  const items = earlier
    ? dataset.subarray(earlier.value, earlier.end - (earlier.undefinedLength ? delimiter : 0))
    : new Uint8Array(0);
  const after = added.flatMap((item) => itemOf(encodeElements(item, inner), inner.little));
  const value = Buffer.concat([items, ...after]);
  const element: WriteElement = { tag: originalAttributes, vr: asUnknown ? "UN" : "SQ", value };
  return { tag: originalAttributes, bytes: encodeElements([element], encoding) };
}

interface Meta {
  readonly preamble: Uint8Array;
  readonly sopClassUid: string;
  readonly sopInstanceUid: string;
  readonly transferSyntaxUid: string;
  readonly sourceApplication: string | undefined;
}

/** PS3.10 §7.1: written anew, since it names who wrote the file. */
function fileMeta(meta: Meta): Uint8Array {
  const little: Encoding = { explicit: true, little: true };
  const source: readonly WriteElement[] =
    meta.sourceApplication === undefined
      ? []
      : [{ tag: "00020016", vr: "AE", value: meta.sourceApplication }];
  const elements = encodeElements(
    [
      { tag: "00020001", vr: "OB", value: Uint8Array.of(0, 1) },
      { tag: "00020002", vr: "UI", value: meta.sopClassUid },
      { tag: "00020003", vr: "UI", value: meta.sopInstanceUid },
      { tag: "00020010", vr: "UI", value: meta.transferSyntaxUid },
      { tag: "00020012", vr: "UI", value: implementationClassUid },
      ...source,
    ],
    little,
  );
  const length = encodeElements([{ tag: "00020000", vr: "UL", value: elements.length }], little);
  return Buffer.concat([meta.preamble, Buffer.from("DICM"), length, elements]);
}
