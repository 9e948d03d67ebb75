/** A synthetic head CT as DICOM files: an honest phantom, marked as such, for demonstrations and tests. */
import { createHash } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type WriteElement, writePart10 } from "../../shared/dicom/write.ts";
import { extent, imageSize, noiseSource, pixelSpacing, renderSlice } from "./head-phantom.ts";

export interface HeadCtOptions {
  /** Same seed, same files, byte for byte; another seed, another study of another patient. */
  readonly seed: string;
  /** Default 42. */
  readonly slices?: number;
  readonly characterSet?: "ISO_IR 192" | "GB18030";
  /** Pinyin first, characters second (PS3.5 §6.2.1). */
  readonly patientName?: string;
  readonly patientId?: string;
  readonly accessionNumber?: string;
  /** YYYYMMDD. */
  readonly studyDate?: string;
}

const rescaleIntercept = -1024;

/** Writes the study to `folder` (made where missing), one file a slice from the base up; answers their paths. */
export async function generateHeadCt(folder: string, options: HeadCtOptions): Promise<string[]> {
  await mkdir(folder, { recursive: true });
  const slices = options.slices ?? 42;
  const spacing = (extent.to - extent.from) / slices;
  const addNoise = noiseSource(digest(options.seed, "noise").readUInt32LE(0));
  const paths: string[] = [];
  for (let index = 0; index < slices; index++) {
    const z = extent.from + (index + 0.5) * spacing;
    const pixels = storedValues(renderSlice(z, addNoise));
    const elements = [
      ...studyElements(options),
      ...seriesElements(options),
      ...imageElements(options, index, z, spacing),
    ];
    const file = writePart10([...elements, { tag: "7FE00010", vr: "OW", value: pixels }], {
      characterSet: options.characterSet ?? "ISO_IR 192",
    });
    const path = join(folder, `IM${String(index + 1).padStart(4, "0")}.dcm`);
    await writeFile(path, file);
    paths.push(path);
  }
  return paths;
}

/** Hounsfield units as 16-bit signed stored values. */
function storedValues(slice: Float32Array): Uint8Array {
  const values = new Int16Array(slice.length);
  // Assignment cuts the fraction off, so a half is added to round. No clamp: the phantom stays far inside 16 bits.
  for (let i = 0; i < values.length; i++) values[i] = (slice[i] as number) - rescaleIntercept + 0.5;
  return new Uint8Array(values.buffer);
}

const digest = (seed: string, name: string): Buffer =>
  createHash("sha256").update(`head-ct/${seed}/${name}`).digest();

/** A UUID-derived UID (PS3.5 §B.2) that depends on the seed only. */
function uid(seed: string, name: string): string {
  const bytes = digest(seed, name).subarray(0, 16);
  bytes[6] = ((bytes[6] as number) & 0x0f) | 0x80;
  bytes[8] = ((bytes[8] as number) & 0x3f) | 0x80;
  return `2.25.${BigInt(`0x${bytes.toString("hex")}`)}`;
}

const studyDate = (options: HeadCtOptions): string => options.studyDate ?? "20261102";

function studyElements(options: HeadCtOptions): readonly WriteElement[] {
  const { seed } = options;
  const number = digest(seed, "patient").readUInt32LE(0) % 1_000_000;
  return [
    { tag: "00080020", vr: "DA", value: studyDate(options) },
    { tag: "00080030", vr: "TM", value: "083000" },
    { tag: "00080050", vr: "SH", value: options.accessionNumber ?? `SYN${String(number).padStart(6, "0")}` },
    { tag: "00080090", vr: "PN" },
    { tag: "00081030", vr: "LO", value: "头颅CT平扫 SYNTHETIC HEAD CT" },
    { tag: "00100010", vr: "PN", value: options.patientName ?? "Shan^Xiaoyu=单^晓宇" },
    { tag: "00100020", vr: "LO", value: options.patientId ?? `SYN-P${String(number).padStart(6, "0")}` },
    { tag: "00100030", vr: "DA", value: "19580716" },
    { tag: "00100040", vr: "CS", value: "M" },
    { tag: "00101010", vr: "AS", value: "068Y" },
    { tag: "00104000", vr: "LT", value: "SYNTHETIC PHANTOM, NOT A PATIENT" },
    { tag: "0020000D", vr: "UI", value: uid(seed, "study") },
    { tag: "00200010", vr: "SH", value: "1" },
  ];
}

function seriesElements(options: HeadCtOptions): readonly WriteElement[] {
  const { seed } = options;
  return [
    { tag: "00080021", vr: "DA", value: studyDate(options) },
    { tag: "00080031", vr: "TM", value: "083112" },
    { tag: "00080060", vr: "CS", value: "CT" },
    { tag: "00080070", vr: "LO", value: "Medical Image Cloud" },
    { tag: "00080080", vr: "LO", value: "SYNTHETIC" },
    { tag: "0008103E", vr: "LO", value: "SYNTHETIC HEAD BRAIN" },
    { tag: "00081090", vr: "LO", value: "Head phantom" },
    { tag: "00180015", vr: "CS", value: "HEAD" },
    { tag: "00180060", vr: "DS", value: "120" },
    { tag: "00181020", vr: "LO", value: "1" },
    { tag: "00181030", vr: "LO", value: "HEAD ROUTINE" },
    { tag: "00181100", vr: "DS", value: "250" },
    { tag: "00181120", vr: "DS", value: "0" },
    { tag: "00181210", vr: "SH", value: "SOFT" },
    { tag: "00185100", vr: "CS", value: "HFS" },
    { tag: "0020000E", vr: "UI", value: uid(seed, "series") },
    { tag: "00200011", vr: "IS", value: "2" },
    { tag: "00200052", vr: "UI", value: uid(seed, "frame of reference") },
    { tag: "00201040", vr: "LO" },
  ];
}

function imageElements(
  options: HeadCtOptions,
  index: number,
  z: number,
  spacing: number,
): readonly WriteElement[] {
  const corner = ((1 - imageSize) / 2) * pixelSpacing;
  const decimal = (value: number): string => String(Number(value.toFixed(4)));
  return [
    { tag: "00080008", vr: "CS", value: ["DERIVED", "SECONDARY", "AXIAL"] },
    { tag: "00080016", vr: "UI", value: "1.2.840.10008.5.1.4.1.1.2" },
    { tag: "00080018", vr: "UI", value: uid(options.seed, `image ${index}`) },
    { tag: "00080022", vr: "DA", value: studyDate(options) },
    { tag: "00080023", vr: "DA", value: studyDate(options) },
    { tag: "00080032", vr: "TM", value: "083112" },
    { tag: "00080033", vr: "TM", value: "083114" },
    { tag: "00082111", vr: "ST", value: "Computed from ellipsoids: a synthetic phantom" },
    { tag: "00180050", vr: "DS", value: decimal(spacing) },
    { tag: "00180088", vr: "DS", value: decimal(spacing) },
    { tag: "00200012", vr: "IS", value: "1" },
    { tag: "00200013", vr: "IS", value: String(index + 1) },
    { tag: "00200032", vr: "DS", value: [corner, corner, z].map(decimal) },
    { tag: "00200037", vr: "DS", value: ["1", "0", "0", "0", "1", "0"] },
    { tag: "00201041", vr: "DS", value: decimal(z) },
    { tag: "00204000", vr: "LT", value: "SYNTHETIC" },
    ...pixelElements(decimal(pixelSpacing)),
  ];
}

function pixelElements(spacing: string): readonly WriteElement[] {
  return [
    { tag: "00280002", vr: "US", value: 1 },
    { tag: "00280004", vr: "CS", value: "MONOCHROME2" },
    { tag: "00280010", vr: "US", value: imageSize },
    { tag: "00280011", vr: "US", value: imageSize },
    { tag: "00280030", vr: "DS", value: [spacing, spacing] },
    { tag: "00280100", vr: "US", value: 16 },
    { tag: "00280101", vr: "US", value: 16 },
    { tag: "00280102", vr: "US", value: 15 },
    { tag: "00280103", vr: "US", value: 1 },
    { tag: "00280301", vr: "CS", value: "NO" },
    { tag: "00281050", vr: "DS", value: ["40", "80", "600"] },
    { tag: "00281051", vr: "DS", value: ["80", "200", "2800"] },
    { tag: "00281052", vr: "DS", value: String(rescaleIntercept) },
    { tag: "00281053", vr: "DS", value: "1" },
    { tag: "00281054", vr: "LO", value: "HU" },
    { tag: "00281055", vr: "LO", value: ["BRAIN", "SUBDURAL", "BONE"] },
  ];
}
