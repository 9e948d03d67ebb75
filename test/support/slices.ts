/** Small DICOM files for tests that are not about pixels. */
import { createHash } from "node:crypto";
import type { Vr } from "../../shared/dicom/value-representations.ts";
import { type WriteElement, writePart10 } from "../../shared/dicom/write.ts";

export interface Slice {
  readonly studyUid?: string;
  readonly seriesUid?: string;
  readonly sopUid?: string;
  readonly modality?: string;
  readonly patientName?: string | Uint8Array;
  readonly patientId?: string;
  /** As declared, whatever bytes the name has. */
  readonly characterSet?: string;
  readonly studyDate?: string;
  readonly accession?: string;
  readonly instanceNumber?: number;
  /** Millimetres: the place of an axial slice. */
  readonly z?: number;
  readonly birthDate?: string;
  readonly sex?: string;
  readonly bodyPart?: string;
  readonly laterality?: string;
  /** Image Laterality, which an image says for itself. */
  readonly imageLaterality?: string;
  /** Makes other bytes under the same UIDs. */
  readonly comment?: string;
  readonly pixels?: Uint8Array;
}

/** A whole file, CT unless told otherwise. */
export function sliceFile(slice: Slice = {}): Uint8Array {
  const { studyUid = "1.2.826.1", seriesUid = `${studyUid}.1`, sopUid = `${seriesUid}.1` } = slice;
  const { characterSet } = slice;
  const elements: readonly WriteElement[] = [
    ...(characterSet === undefined ? [] : [{ tag: "00080005", vr: "CS", value: characterSet } as const]),
    { tag: "00080016", vr: "UI", value: "1.2.840.10008.5.1.4.1.1.2" },
    { tag: "00080018", vr: "UI", value: sopUid },
    { tag: "00080020", vr: "DA", value: slice.studyDate ?? "20260214" },
    { tag: "00080030", vr: "TM", value: "101500" },
    { tag: "00080050", vr: "SH", value: slice.accession ?? "A-1" },
    { tag: "00080060", vr: "CS", value: slice.modality ?? "CT" },
    { tag: "00100010", vr: "PN", value: slice.patientName ?? "Wang^Xiaodong=王^小东" },
    { tag: "00100020", vr: "LO", value: slice.patientId ?? "P-1" },
    ...optional("00100030", "DA", slice.birthDate),
    ...optional("00100040", "CS", slice.sex),
    ...optional("00180015", "CS", slice.bodyPart),
    ...optional("00200060", "CS", slice.laterality),
    ...optional("00200062", "CS", slice.imageLaterality),
    { tag: "0020000D", vr: "UI", value: studyUid },
    { tag: "0020000E", vr: "UI", value: seriesUid },
    { tag: "00200013", vr: "IS", value: String(slice.instanceNumber ?? 1) },
    ...placeOf(slice.z),
    { tag: "00204000", vr: "LT", value: slice.comment ?? "" },
    { tag: "7FE00010", vr: "OW", value: slice.pixels ?? new Uint8Array(8) },
  ];
  return writePart10(elements);
}

function placeOf(z: number | undefined): readonly WriteElement[] {
  if (z === undefined) return [];
  return [
    { tag: "00200032", vr: "DS", value: `0\\0\\${z}` },
    { tag: "00200037", vr: "DS", value: "1\\0\\0\\0\\1\\0" },
  ];
}
const optional = (tag: string, vr: Vr, value: string | undefined): readonly WriteElement[] =>
  value === undefined ? [] : [{ tag, vr, value }];

export const sha256Hex = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");
