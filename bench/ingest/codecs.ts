/** A slice in each transfer syntax, of the real files beside the checkout: decode and thumbnail, beside dcmtk where it can. */
import { transferSyntaxes } from "../../shared/dicom/transfer-syntaxes.ts";
import { type RealFile, realFiles } from "../../test/support/reference-files.ts";
import * as dcmtk from "../dcmtk.ts";
import { digits, median, repeat } from "../measure.ts";
import { makeThumbnail, thumbnailInput } from "../per-instance.ts";

export const codecHead = ["transfer syntax", "size", "thumbnail ms", "dcmtk's process ms", "ratio"];

/** Of each syntax the largest picture, which says most about the codec. */
export async function codecRows(rounds: number): Promise<string[][]> {
  const pictures = (realFiles() ?? []).filter(
    ({ expected, rows, columns, transferSyntaxUID }) =>
      expected === "index+thumbnail" && rows && columns && transferSyntaxUID,
  );
  const area = (file: (typeof pictures)[number]): number => (file.rows ?? 0) * (file.columns ?? 0);
  const bySyntax = Map.groupBy(pictures, ({ transferSyntaxUID }) => transferSyntaxUID as string);
  const rows: string[][] = [];
  for (const uid of [...bySyntax.keys()].sort()) {
    const [largest] = (bySyntax.get(uid) ?? []).toSorted((a, b) => area(b) - area(a));
    if (largest) rows.push(await rowOf(uid, largest, rounds));
  }
  return rows;
}

async function rowOf(
  uid: string,
  { file, bytes, rows, columns }: RealFile,
  rounds: number,
): Promise<string[]> {
  const input = await thumbnailInput(bytes());
  const ours: number[] = [];
  const theirs: number[] = [];
  for (let round = 0; round <= rounds; round++) {
    const thumbnail = median(await repeat(5, () => makeThumbnail(input)));
    const peer = await dcmtk.thumbnail(file, input.index, input.grey).catch(() => undefined);
    if (round === 0) continue;
    ours.push(thumbnail);
    if (peer !== undefined) theirs.push(peer);
  }
  const name = `${transferSyntaxes.get(uid)?.name ?? ""} ${uid}`.trim();
  const compared =
    theirs.length > 0
      ? [digits(median(theirs)), `${digits(median(theirs) / median(ours))} ×`]
      : ["cannot", "–"];
  return [name, `${columns} × ${rows}`, digits(median(ours)), ...compared];
}
