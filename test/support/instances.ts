/** Small DICOM instances for journeys: each run makes its own patients, so that runs never meet. */
import { randomBytes } from "node:crypto";
import { type WriteElement, writePart10 } from "../../shared/dicom/write.ts";

export interface InstanceOptions {
  readonly studyUid: string;
  readonly seriesUid?: string;
  readonly sopUid?: string;
  readonly instanceNumber?: number;
  readonly patientName?: string | Uint8Array;
  /** As declared, whatever bytes the name has. */
  readonly characterSet?: string;
  readonly patientId?: string;
  readonly accession?: string;
  readonly studyDate?: string;
  /** Changes the pixels, and so the bytes. */
  readonly shade?: number;
}

/** PS3.5 §B.2: a UID derived from a random UUID. */
export function newUid(): string {
  return `2.25.${BigInt(`0x${randomBytes(15).toString("hex")}`)}`;
}

const size = 64;

/** A 64 × 64 CT slice with a gradient, 16 bit. */
export function ctInstance(options: InstanceOptions): Uint8Array {
  const { studyUid, instanceNumber = 1, shade = 0 } = options;
  const pixels = new Int16Array(size * size).map((_, at) => ((at % size) * 30 + shade) % 3000);
  const { characterSet } = options;
  const elements: WriteElement[] = [
    ...(characterSet === undefined ? [] : [{ tag: "00080005", vr: "CS", value: characterSet } as const]),
    { tag: "00080016", vr: "UI", value: "1.2.840.10008.5.1.4.1.1.2" },
    { tag: "00080018", vr: "UI", value: options.sopUid ?? newUid() },
    { tag: "00080020", vr: "DA", value: options.studyDate ?? "20260301" },
    { tag: "00080030", vr: "TM", value: "101500" },
    { tag: "00080050", vr: "SH", value: options.accession ?? "" },
    { tag: "00080060", vr: "CS", value: "CT" },
    { tag: "00100010", vr: "PN", value: options.patientName ?? "Test^Patient" },
    { tag: "00100020", vr: "LO", value: options.patientId ?? "TEST" },
    { tag: "0020000D", vr: "UI", value: studyUid },
    { tag: "0020000E", vr: "UI", value: options.seriesUid ?? `${studyUid}.1`.slice(0, 64) },
    { tag: "00200013", vr: "IS", value: String(instanceNumber) },
    { tag: "00280002", vr: "US", value: 1 },
    { tag: "00280004", vr: "CS", value: "MONOCHROME2" },
    { tag: "00280010", vr: "US", value: size },
    { tag: "00280011", vr: "US", value: size },
    { tag: "00280100", vr: "US", value: 16 },
    { tag: "00280101", vr: "US", value: 16 },
    { tag: "00280102", vr: "US", value: 15 },
    { tag: "00280103", vr: "US", value: 1 },
    { tag: "00281050", vr: "DS", value: "1000" },
    { tag: "00281051", vr: "DS", value: "2000" },
    { tag: "00281052", vr: "DS", value: "-1024" },
    { tag: "00281053", vr: "DS", value: "1" },
    { tag: "7FE00010", vr: "OW", value: new Uint8Array(pixels.buffer) },
  ];
  return writePart10(elements);
}

/** `count` slices of one series. */
export function ctSeries(count: number, options: InstanceOptions): { name: string; bytes: Uint8Array }[] {
  const seriesUid = newUid();
  return Array.from({ length: count }, (_, index) => ({
    name: `series/${String(index + 1).padStart(4, "0")}.dcm`,
    bytes: ctInstance({ seriesUid, instanceNumber: index + 1, shade: index, ...options }),
  }));
}
