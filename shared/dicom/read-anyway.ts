/** What can still be read of a damaged or refused file, for the person who has to decide what becomes of it. */
import { type Encoding, MoreBytes } from "./element-cursor.ts";
import { checkEncoding } from "./encoding.ts";
import { type FileMeta, guessEncodingAt, readMetaToFault } from "./file-meta.ts";
import { inflateToFault } from "./inflate.ts";
import { type Dataset, textOf } from "./json-model.ts";
import { type Header, readHeader, textCorrected } from "./read.ts";
import { DicomRejected, type RejectionCode } from "./rejected.ts";
import { transferSyntaxes } from "./transfer-syntaxes.ts";
import { type Bytes, viewOf } from "./values.ts";
import { walkToFault } from "./walk.ts";

export interface Fault {
  readonly code: RejectionCode;
  /** Byte of the file, of the inflated data set where that is where the fault lies. */
  readonly offset: number;
  /** Tag of the attribute concerned, such as `0020000D`. */
  readonly attribute?: string;
}

export interface ReadableAttributes {
  /** Group 0002. */
  readonly meta: Dataset;
  /** Up to the fault or the pixels; a sequence that was open there has the items read until then. */
  readonly dataset: Dataset;
  readonly characterSet: Header["characterSet"];
  /** Why `readHeader` refuses the file; absent where it does not, or more bytes are needed to tell. */
  readonly fault?: Fault;
  /** Nothing more could be read with more bytes of the file. */
  readonly complete: boolean;
}

/** More than this is looked at by no person, and JSON takes many times its bytes. */
const inspectedBytes = 4 * 1024 * 1024;

/**
 * @param bytes the file, or a prefix of it, of which the first 4 MiB are looked at
 * @returns attributes as DICOM JSON; none where it is not DICOM. Never throws, whatever the bytes
 */
export function readAttributesAnyway(
  bytes: Uint8Array,
  { totalSize }: { readonly totalSize: number },
): ReadableAttributes {
  const inspected = bytes.subarray(0, Math.min(totalSize, inspectedBytes));
  const file = viewOf(inspected);
  const fault = faultOf(() => readHeader(inspected, { totalSize }));
  const fileMeta = readMetaToFault(file, totalSize);
  const dataset = "error" in fileMeta ? noDataset : datasetOf(file, totalSize, fileMeta);
  const waits = "error" in fileMeta ? fileMeta.error instanceof MoreBytes : dataset.waits;
  return {
    meta: fileMeta.meta,
    dataset: dataset.dataset,
    characterSet: dataset.characterSet,
    ...(fault && { fault }),
    complete: !waits,
  };
}

function faultOf(read: () => unknown): Fault | undefined {
  try {
    read();
    return undefined;
  } catch (error) {
    if (!(error instanceof DicomRejected)) throw error;
    const { code, offset, attribute } = error;
    return { code, offset, ...(attribute !== undefined && { attribute }) };
  }
}

type ReadDataset = Pick<Header, "dataset" | "characterSet"> & { readonly waits: boolean };
const noDataset: ReadDataset = { dataset: {}, characterSet: { declared: [], used: [] }, waits: false };

function datasetOf(file: Bytes, totalSize: number, fileMeta: FileMeta): ReadDataset {
  const { meta, datasetOffset } = fileMeta;
  const syntax = transferSyntaxes.get(textOf(meta, "00020010") ?? "");
  const complete = file.buffer.length >= totalSize;
  const source = syntax?.deflated
    ? { bytes: viewOf(inflateToFault(file.buffer.subarray(datasetOffset), inspectedBytes)), start: 0 }
    : { bytes: file, start: datasetOffset };
  const total = syntax?.deflated ? source.bytes.buffer.length : totalSize;
  const declared = syntax && { explicit: syntax.explicit, little: syntax.littleEndian };
  const walked = walkToFault(
    source.bytes,
    total,
    source.start,
    encodingOf(source.bytes, source.start, total, declared),
  );
  const waits = syntax?.deflated
    ? !complete && !walked.pixelData
    : "error" in walked && walked.error instanceof MoreBytes;
  return { ...textCorrected(walked), waits };
}

/** As declared where the first element agrees, else as that element looks. */
function encodingOf({ buffer }: Bytes, at: number, total: number, declared: Encoding | undefined): Encoding {
  const agrees = declared && faultOf(() => checkEncoding(buffer, at, total, declared)) === undefined;
  return agrees ? declared : (guessEncodingAt(buffer, at) ?? { explicit: true, little: true });
}
