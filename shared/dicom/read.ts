/**
 * Reads a DICOM object up to its Pixel Data: file meta information, data set as DICOM JSON, and where the pixels lie. Only a
 * prefix of the file is needed, so the cost does not depend on the file's size.
 */
import { type Correction, correctText, declareUtf8 } from "./correct-text.ts";
import { type Encoding, MoreBytes } from "./element-cursor.ts";
import { checkEncoding, transferSyntaxOf } from "./encoding.ts";
import { readFileMeta } from "./file-meta.ts";
import { type Identity, identify, refuseMediaDirectory } from "./identify.ts";
import { inflateHeader } from "./inflate.ts";
import { type Dataset, textOf } from "./json-model.ts";
import type { PixelData } from "./pixel-data.ts";
import { DicomRejected } from "./rejected.ts";
import type { TransferSyntax } from "./transfer-syntaxes.ts";
import { type Bytes, viewOf } from "./values.ts";
import { walkDataset } from "./walk.ts";
import type { Assigned, Walked } from "./walked.ts";

export type { PixelData } from "./pixel-data.ts";
export { DicomRejected } from "./rejected.ts";

export interface Header extends Identity {
  /** As declared; where the file declares none, the uncompressed syntax it turned out to be written in. */
  readonly transferSyntaxUid: string;
  readonly transferSyntax: TransferSyntax;
  /** Preamble, `DICM` and a Transfer Syntax UID: the file can be handed out as `application/dicom` unchanged. */
  readonly part10: boolean;
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
    /** What the reader was told to use; nothing is corrected then. */
    readonly assigned?: readonly string[];
  };
  /** First byte of the data set in the file. */
  readonly datasetOffset: number;
  /** Deflated transfer syntaxes: the data set, as far as the prefix reached. Offsets count from its first byte. */
  readonly inflated?: Uint8Array;
}

/** What was inflated of a header to read it; 0 where it is not deflated. */
export const inflatedBytes = ({ inflated, pixelData }: Header): number =>
  inflated === undefined ? 0 : (pixelData?.offset ?? inflated.length);

/** Headers of real objects stay far below, inflated too; large multi-frame objects have tens of megabytes. */
const headerLimit = 128 * 1024 * 1024;
/** Asked for beyond what is known to be missing, so that few rounds are needed. */
const readAhead = 64 * 1024;

export interface ReadOptions {
  /** Bytes of the whole file. */
  readonly totalSize: number;
  /**
   * Defined terms text is decoded under instead of what the file declares, whatever its content looks like; none: the
   * default repertoire. Items that declare another set than the file keep theirs. See `isCharacterSetTerm`.
   */
  readonly characterSet?: readonly string[];
}

/**
 * @param bytes the file, or a prefix of it (64 KiB hold nearly every header)
 * @returns the header, or how long a prefix to come back with
 * @throws DicomRejected, and nothing else, whatever the bytes
 */
export function readHeader(
  bytes: Uint8Array,
  { totalSize, characterSet }: ReadOptions,
): Header | { readonly needBytes: number } {
  if (totalSize === 0) throw new DicomRejected("empty", 0);
  try {
    return readWhole(viewOf(bytes.subarray(0, totalSize)), totalSize, characterSet);
  } catch (error) {
    if (!(error instanceof MoreBytes)) throw error;
    if (error.length > headerLimit) throw new DicomRejected("header-limit", bytes.length);
    return { needBytes: Math.min(totalSize, Math.max(error.length + readAhead, 2 * bytes.length)) };
  }
}

function readWhole(file: Bytes, totalSize: number, assigned: Assigned): Header {
  const fileMeta = readFileMeta(file, totalSize);
  const { meta, datasetOffset, part10 } = fileMeta;
  refuseMediaDirectory(fileMeta);
  const syntax = transferSyntaxOf(fileMeta, file, totalSize);
  const { walked, inflated } = walkFile(file, totalSize, datasetOffset, syntax, assigned);
  return {
    transferSyntaxUid: syntax.uid,
    transferSyntax: syntax,
    part10: part10 && textOf(meta, "00020010") !== undefined,
    ...identify(walked, datasetOffset),
    ...textCorrected(walked, assigned),
    meta,
    ...(walked.pixelData && { pixelData: walked.pixelData }),
    datasetOffset,
    ...(inflated && { inflated }),
  };
}

/** The data set with its text decoded as what it is found to be. */
export function textCorrected(
  { suspects, dataset, decoded, characterSet }: Walked,
  assigned?: Assigned,
): Pick<Header, "dataset" | "characterSet"> {
  const corrected = correctText(suspects);
  return {
    dataset: declareUtf8(dataset, decoded),
    characterSet: {
      declared: characterSet.declared,
      used: corrected ? [corrected] : characterSet.used,
      ...(corrected && { corrected }),
      ...(assigned && { assigned }),
    },
  };
}

function walkFile(
  file: Bytes,
  totalSize: number,
  start: number,
  syntax: TransferSyntax,
  assigned: Assigned,
): { readonly walked: Walked; readonly inflated?: Uint8Array } {
  const encoding: Encoding = { explicit: syntax.explicit, little: syntax.littleEndian };
  if (!syntax.deflated) {
    checkEncoding(file.buffer, start, totalSize, encoding);
    return { walked: walkDataset(file, totalSize, start, encoding, assigned) };
  }
  return walkInflated(file.buffer, totalSize, start, encoding, assigned);
}

function walkInflated(
  file: Uint8Array,
  totalSize: number,
  start: number,
  encoding: Encoding,
  assigned: Assigned,
): { readonly walked: Walked; readonly inflated: Uint8Array } {
  const complete = file.length >= totalSize;
  const bounds = { totalSize, limit: headerLimit };
  for (const { bytes, reach } of inflateHeader(file.subarray(start), start, complete, bounds)) {
    try {
      const total = reach === "whole" ? bytes.length : Number.POSITIVE_INFINITY;
      return { walked: walkDataset(viewOf(bytes), total, 0, encoding, assigned), inflated: bytes };
    } catch (error) {
      if (!(error instanceof MoreBytes)) throw error;
      if (error.length > headerLimit) break;
      // How many compressed bytes hold the missing ones cannot be known: come back with twice as many.
      if (reach !== "part") throw new MoreBytes(file.length + 1);
    }
  }
  throw new DicomRejected("header-limit", start);
}
