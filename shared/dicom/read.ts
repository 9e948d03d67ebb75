/**
 * Reads a DICOM object up to its Pixel Data: file meta information, data set as DICOM JSON, and where the pixels lie. Only a
 * prefix of the file is needed, so the cost does not depend on the file's size.
 */
import { type Correction, correctText, declareUtf8 } from "./correct-text.ts";
import { type Encoding, MoreBytes } from "./element-cursor.ts";
import { guessEncodingAt, readFileMeta } from "./file-meta.ts";
import { inflateDataset } from "./inflate.ts";
import { type Dataset, textOf } from "./json-model.ts";
import { DicomRejected } from "./rejected.ts";
import { type TransferSyntax, transferSyntaxes } from "./transfer-syntaxes.ts";
import { isUid } from "./uid.ts";
import { isVr } from "./value-representations.ts";
import type { Bytes } from "./values.ts";
import { type PixelData, type Walked, walkDataset } from "./walk.ts";

export { DicomRejected } from "./rejected.ts";
export type { PixelData } from "./walk.ts";

export interface Header {
  /** As declared; where the file declares none, the uncompressed syntax it turned out to be written in. */
  readonly transferSyntaxUid: string;
  readonly transferSyntax: TransferSyntax;
  /** Preamble, `DICM` and a Transfer Syntax UID: the file can be handed out as `application/dicom` unchanged. */
  readonly part10: boolean;
  readonly sopClassUid: string;
  readonly sopInstanceUid: string;
  readonly studyInstanceUid: string;
  readonly seriesInstanceUid: string;
  /** Group 0002. */
  readonly meta: Dataset;
  /** Everything before the pixels; large values are referred to by `BulkDataURI` (see `bulkRange`). */
  readonly dataset: Dataset;
  /** Absent where the object has no pixels. Offsets are of the file, or of `inflated`. */
  readonly pixelData?: PixelData;
  readonly characterSet: {
    readonly declared: readonly string[];
    readonly used: readonly string[];
    /** Text was found to be in this set although the file declares another. */
    readonly corrected?: Correction;
  };
  /** First byte of the data set in the file. */
  readonly datasetOffset: number;
  /** Deflated transfer syntaxes: the data set, as far as the prefix reached. Offsets count from its first byte. */
  readonly inflated?: Uint8Array;
}

/** Headers of real objects stay far below; large multi-frame objects have tens of megabytes. */
const headerLimit = 128 * 1024 * 1024;
/** Asked for beyond what is known to be missing, so that few rounds are needed. */
const readAhead = 64 * 1024;
const mediaDirectory = "1.2.840.10008.1.3.10";

/**
 * @param bytes the file, or a prefix of it (64 KiB hold nearly every header)
 * @returns the header, or how long a prefix to come back with
 * @throws DicomRejected, and nothing else, whatever the bytes
 */
export function readHeader(
  bytes: Uint8Array,
  options: { readonly totalSize: number },
): Header | { readonly needBytes: number } {
  const { totalSize } = options;
  if (totalSize === 0) throw new DicomRejected("empty", 0);
  try {
    return readWhole(viewOf(bytes.subarray(0, totalSize)), totalSize);
  } catch (error) {
    if (!(error instanceof MoreBytes)) throw error;
    if (error.length > headerLimit) throw new DicomRejected("header-limit", bytes.length);
    return { needBytes: Math.min(totalSize, Math.max(error.length + readAhead, 2 * bytes.length)) };
  }
}

function viewOf(bytes: Uint8Array): Bytes {
  return {
    buffer: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength),
    view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength),
  };
}

function readWhole(file: Bytes, totalSize: number): Header {
  const { meta, datasetOffset, part10 } = readFileMeta(file, totalSize);
  if (textOf(meta, "00020002") === mediaDirectory) throw new DicomRejected("dicomdir", 0, "00020002");
  const declared = textOf(meta, "00020010");
  const syntax = transferSyntaxOf(declared, file, datasetOffset, totalSize);
  const { walked, inflated } = walkFile(file, totalSize, datasetOffset, syntax);
  const corrected = correctText(walked.suspects);
  return {
    transferSyntaxUid: syntax.uid,
    transferSyntax: syntax,
    part10: part10 && declared !== undefined,
    ...identify(walked.dataset, datasetOffset),
    meta,
    dataset: declareUtf8(walked.dataset, walked.suspects),
    ...(walked.pixelData && { pixelData: walked.pixelData }),
    characterSet: {
      declared: walked.characterSet.declared,
      used: corrected ? [corrected] : walked.characterSet.used,
      ...(corrected && { corrected }),
    },
    datasetOffset,
    ...(inflated && { inflated }),
  };
}

function transferSyntaxOf(
  declared: string | undefined,
  file: Bytes,
  at: number,
  totalSize: number,
): TransferSyntax {
  if (declared === undefined) {
    if (at + 8 > file.buffer.length && file.buffer.length < totalSize) throw new MoreBytes(at + 8);
    return uncompressed(guessEncodingAt(file.buffer, at) ?? { explicit: false, little: true });
  }
  const syntax = transferSyntaxes.get(declared);
  if (!syntax) throw new DicomRejected("unknown-transfer-syntax", at, "00020010");
  return syntax;
}

function uncompressed({ explicit, little }: Encoding): TransferSyntax {
  const suffix = explicit ? (little ? ".1" : ".2") : "";
  return transferSyntaxes.get(`1.2.840.10008.1.2${suffix}`) as TransferSyntax;
}

function walkFile(
  file: Bytes,
  totalSize: number,
  start: number,
  syntax: TransferSyntax,
): { readonly walked: Walked; readonly inflated?: Uint8Array } {
  const encoding: Encoding = { explicit: syntax.explicit, little: syntax.littleEndian };
  if (!syntax.deflated) {
    checkEncoding(file.buffer, start, totalSize, encoding);
    return { walked: walkDataset(file, totalSize, start, encoding) };
  }
  const complete = file.buffer.length >= totalSize;
  const inflated = inflateDataset(file.buffer.subarray(start), start, complete, totalSize);
  try {
    const total = complete ? inflated.length : Number.POSITIVE_INFINITY;
    return { walked: walkDataset(viewOf(inflated), total, 0, encoding), inflated };
  } catch (error) {
    // How many compressed bytes hold the missing ones cannot be known: come back with twice as many.
    throw error instanceof MoreBytes ? new MoreBytes(file.buffer.length + 1) : error;
  }
}

/** A data set written in another syntax than declared would be handed on to readers that believe the declaration. */
function checkEncoding(buffer: Buffer, at: number, totalSize: number, encoding: Encoding): void {
  if (at + 8 > buffer.length) return;
  const vr = buffer.toString("latin1", at + 4, at + 6);
  const looksExplicit = isVr(vr) && (encoding.explicit || buffer.readUInt32LE(at + 4) > totalSize);
  if (encoding.explicit ? !/^[A-Z]{2}$/.test(vr) : looksExplicit)
    throw new DicomRejected("wrong-encoding", at, "00020010");
}

function identify(dataset: Dataset, offset: number) {
  if (dataset["00041220"] || textOf(dataset, "00080016") === mediaDirectory)
    throw new DicomRejected("dicomdir", offset, "00041220");
  return {
    sopClassUid: uidOf(dataset, "00080016", offset),
    sopInstanceUid: uidOf(dataset, "00080018", offset),
    studyInstanceUid: uidOf(dataset, "0020000D", offset),
    seriesInstanceUid: uidOf(dataset, "0020000E", offset),
  };
}

function uidOf(dataset: Dataset, tag: string, offset: number): string {
  const uid = textOf(dataset, tag);
  if (uid === undefined) throw new DicomRejected("missing-uid", offset, tag);
  if (!isUid(uid) || (dataset[tag]?.Value?.length ?? 0) > 1)
    throw new DicomRejected("invalid-uid", offset, tag);
  return uid;
}
