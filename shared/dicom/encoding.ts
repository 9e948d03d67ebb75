/** How the data set of a file is written: what its file meta information declares, held against its first bytes. */
import { type Encoding, MoreBytes } from "./element-cursor.ts";
import { type FileMeta, guessEncodingAt } from "./file-meta.ts";
import { textOf } from "./json-model.ts";
import { DicomRejected } from "./rejected.ts";
import { type TransferSyntax, transferSyntaxes } from "./transfer-syntaxes.ts";
import { isVr } from "./value-representations.ts";
import type { Bytes } from "./values.ts";

const declaration = "00020010";

/** @throws DicomRejected("unknown-transfer-syntax"), MoreBytes where the prefix ends before the data set shows it */
export function transferSyntaxOf(
  { meta, offsets, datasetOffset: at }: FileMeta,
  file: Bytes,
  totalSize: number,
): TransferSyntax {
  const declared = textOf(meta, declaration);
  if (declared === undefined) {
    if (at + 8 > file.buffer.length && file.buffer.length < totalSize) throw new MoreBytes(at + 8);
    return uncompressed(guessEncodingAt(file.buffer, at) ?? { explicit: false, little: true });
  }
  const syntax = transferSyntaxes.get(declared);
  if (!syntax)
    throw new DicomRejected("unknown-transfer-syntax", offsets.get(declaration) ?? at, declaration);
  return syntax;
}

export function uncompressed({ explicit, little }: Encoding): TransferSyntax {
  const suffix = explicit ? (little ? ".1" : ".2") : "";
  return transferSyntaxes.get(`1.2.840.10008.1.2${suffix}`) as TransferSyntax;
}

/** A data set written in another syntax than declared would be handed on to readers that believe the declaration. */
export function checkEncoding(buffer: Buffer, at: number, totalSize: number, encoding: Encoding): void {
  if (at + 8 > buffer.length) return;
  const vr = buffer.toString("latin1", at + 4, at + 6);
  const looksExplicit = isVr(vr) && (encoding.explicit || buffer.readUInt32LE(at + 4) > totalSize);
  if (encoding.explicit ? !/^[A-Z]{2}$/.test(vr) : looksExplicit)
    throw new DicomRejected("wrong-encoding", at, declaration);
}
