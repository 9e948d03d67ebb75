/** Compressed frames made by the encoders of the codecs' own packages: what a scanner would send. */
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);

/** Values below zero are their two's complement. */
export interface Grey16 {
  readonly width: number;
  readonly height: number;
  readonly values: Uint16Array;
}

/** A slope with a bright square: nothing is the same when turned, mirrored or shifted. */
export function grey16(width: number, height: number): Grey16 {
  const values = Uint16Array.from({ length: width * height }, (_, i) => {
    const [x, y] = [i % width, Math.floor(i / width)];
    return x * 8 + y * 3 + (x > width / 2 && y > height / 2 ? 1000 : 0);
  });
  return { width, height, values };
}

interface Encoder {
  getDecodedBuffer(info: object): Uint8Array;
  encode(): void;
  getEncodedBuffer(): Uint8Array;
  setDecompositions?(levels: number): void;
  setQuality?(reversible: boolean, step: number): void;
}

async function encoded(
  module: string,
  encoder: string,
  image: Grey16,
  levels = 2,
  isSigned = false,
): Promise<Uint8Array> {
  const factory = require(module) as (options: object) => Promise<Record<string, new () => Encoder>>;
  const codec = new ((await factory({}))[encoder] as new () => Encoder)();
  const info = {
    width: image.width,
    height: image.height,
    bitsPerSample: 16,
    componentCount: 1,
    isSigned,
    isUsingColorTransform: false,
  };
  codec.getDecodedBuffer(info).set(new Uint8Array(image.values.buffer));
  codec.setQuality?.(true, 0);
  codec.setDecompositions?.(levels);
  codec.encode();
  return new Uint8Array(codec.getEncodedBuffer());
}

async function losslessJpeg({ width, height, values }: Grey16): Promise<Uint8Array> {
  const { NativeCodecs, Context } = require("dcmjs-codecs") as typeof import("dcmjs-codecs");
  await NativeCodecs.initializeAsync();
  const context = new Context({
    width,
    height,
    bitsAllocated: 16,
    bitsStored: 16,
    samplesPerPixel: 1,
    pixelRepresentation: 0,
    planarConfiguration: 0,
    photometricInterpretation: "MONOCHROME2",
    decodedBuffer: new Uint8Array(values.buffer),
  });
  const encoded = NativeCodecs.encodeJpeg(context, { lossy: false, predictor: 1, pointTransform: 0 });
  return encoded.getEncodedBuffer() as Uint8Array;
}

/** By transfer syntax; `levels`: of decomposition. */
export const encoders = {
  "1.2.840.10008.1.2.4.70": losslessJpeg,
  "1.2.840.10008.1.2.4.80": (image: Grey16) =>
    encoded("@cornerstonejs/codec-charls/wasmjs", "JpegLSEncoder", image),
  "1.2.840.10008.1.2.4.90": (image: Grey16, levels?: number, signed?: boolean) =>
    encoded("@cornerstonejs/codec-openjpeg/wasmjs", "J2KEncoder", image, levels, signed),
  "1.2.840.10008.1.2.4.201": (image: Grey16, levels?: number) =>
    encoded("@cornerstonejs/codec-openjph/wasmjs", "HTJ2KEncoder", image, levels),
} as const;
export type EncodedSyntax = keyof typeof encoders;
export const encodedSyntaxes = Object.keys(encoders) as readonly EncodedSyntax[];
