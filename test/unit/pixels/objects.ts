/** Small image objects in DICOM JSON for the pixel tests. */
import type { Dataset } from "../../../shared/pixels/attributes.ts";
import type { PixelElement } from "../../../shared/pixels/image-pixel.ts";

const us = (value: number) => ({ vr: "US", Value: [value] });
const cs = (value: string) => ({ vr: "CS", Value: [value] });

export interface ImageOptions {
  readonly rows?: number;
  readonly columns?: number;
  readonly allocated?: number;
  readonly stored?: number;
  readonly high?: number;
  readonly signed?: boolean;
  readonly samples?: number;
  readonly photometric?: string;
  readonly planar?: number;
  readonly frames?: number | string;
}

/** A dataset with the Image Pixel module; `more` adds or replaces (undefined: removes) attributes. */
export function imageObject(options: ImageOptions = {}, more: Dataset = {}): Dataset {
  const { rows = 4, columns = 4, allocated = 16, stored = allocated, samples = 1 } = options;
  return {
    "00080016": { vr: "UI", Value: ["1.2.840.10008.5.1.4.1.1.2"] },
    "00280002": us(samples),
    "00280004": cs(options.photometric ?? (samples === 3 ? "RGB" : "MONOCHROME2")),
    ...(options.planar === undefined ? {} : { "00280006": us(options.planar) }),
    ...(options.frames === undefined ? {} : { "00280008": { vr: "IS", Value: [options.frames] } }),
    "00280010": us(rows),
    "00280011": us(columns),
    "00280100": us(allocated),
    "00280101": us(stored),
    "00280102": us(options.high ?? stored - 1),
    "00280103": us(options.signed ? 1 : 0),
    ...more,
  };
}

export const pixelData: PixelElement = { tag: "7FE00010", vr: "OW" };

export const explicitLittleEndian = "1.2.840.10008.1.2.1";
export const explicitBigEndian = "1.2.840.10008.1.2.2";
export const rleLossless = "1.2.840.10008.1.2.5";
export const jpegBaseline = "1.2.840.10008.1.2.4.50";

/** 16-bit values as little-endian bytes. */
export function bytes16(values: readonly number[]): Uint8Array {
  return new Uint8Array(Int16Array.from(values).buffer);
}

/** One RLE frame: each plane as literal runs (PS3.5 Annex G). */
export function rleFrame(planes: readonly Uint8Array[]): Uint8Array {
  const segments = planes.map((plane) => {
    const runs: number[] = [];
    for (let i = 0; i < plane.length; i += 128) {
      const run = plane.subarray(i, i + 128);
      runs.push(run.length - 1, ...run);
    }
    if (runs.length % 2 === 1) runs.push(0x80);
    return runs;
  });
  const header = new DataView(new ArrayBuffer(64));
  header.setUint32(0, segments.length, true);
  let offset = 64;
  segments.forEach((segment, i) => {
    header.setUint32(4 + 4 * i, offset, true);
    offset += segment.length;
  });
  return Uint8Array.from([...new Uint8Array(header.buffer), ...segments.flat()]);
}
