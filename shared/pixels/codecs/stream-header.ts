/** A compressed stream's own header, held against the object's before anything is decoded. */
import type { ImagePixel, Photometric, Unavailable } from "../image-pixel.ts";

export interface StreamHeader {
  readonly rows: number;
  readonly columns: number;
  readonly components: number;
  /** Bits of a sample. */
  readonly precision: number;
}

/**
 * Why a stream is not decoded: it is what allocates memory, and nobody reserved any for a size the object does not declare.
 * Undefined when it may be.
 */
export function refusal(image: ImagePixel, header: StreamHeader | undefined): Unavailable | undefined {
  if (header === undefined) return { unavailable: "corrupt-stream" };
  const { rows, columns, components, precision } = header;
  if (rows !== image.rows || columns !== image.columns) return { unavailable: "stream-size" };
  if (components !== 1 && components !== 3) return { unavailable: "samples-per-pixel" };
  if (precision < 1 || precision > 16) return { unavailable: "stream-features" };
  return undefined;
}

/** Bytes a sample of a stream becomes. */
export const sampleBytes = ({ precision }: StreamHeader): 1 | 2 => (precision <= 8 ? 1 : 2);

/**
 * The description of samples decoded to 8 or 16 bits, colour by pixel. What the stream holds goes before what the object
 * says: files do declare colour over grey streams. `colour`: of three components, once decoded.
 */
export function asDecoded(image: ImagePixel, header: StreamHeader, colour: Photometric): ImagePixel {
  const samples = header.components === 3 ? 3 : 1;
  const grey = image.samples === 1 ? image.photometric : "MONOCHROME2";
  const bitsAllocated = sampleBytes(header) === 1 ? 8 : 16;
  const bitsStored = Math.min(image.bitsStored, bitsAllocated);
  return {
    ...image,
    samples,
    photometric: samples === 3 ? colour : grey,
    bitsAllocated,
    bitsStored,
    highBit: Math.max(bitsStored - 1, Math.min(image.highBit, bitsAllocated - 1)),
    byPlane: false,
  };
}
