/** One frame of any transfer syntax we read, to native little-endian bytes. */
import { inflateFrame } from "./codecs/deflate.ts";
import {
  type DecodedFrame,
  type ImagePixel,
  nativeFrameBytes,
  type Size,
  type Unavailable,
} from "./image-pixel.ts";
import { nativeFrame, swapToLittleEndian } from "./native-bytes.ts";

/** A transfer syntax that is indexed now and decoded once a decoder for it exists. */
export interface Pending {
  readonly pending: string;
}

export interface DecodeOptions {
  /** Of the first pixel, in a native frame of 1 bit. */
  readonly bitOffset?: number;
  /** A reduced picture is enough, no smaller than this; where the codec has none the whole frame is decoded. */
  readonly atLeast?: Size;
}
type Decode = (
  image: ImagePixel,
  frame: Uint8Array,
  options: DecodeOptions,
) => DecodedFrame | Unavailable | Promise<DecodedFrame | Unavailable>;

export interface Decoder {
  /** Encapsulated frames are fragments in items; native ones are a run of bytes (PS3.5 §A.4). */
  readonly encapsulated: boolean;
  /** Whether a fragment is the first of a frame, where an object has several (PS3.5 §A.4: offset tables may be absent, and lie). */
  readonly startsFrame: (fragment: Uint8Array) => boolean;
  /** Loaded on first use: a function that never meets a syntax never pays for its codec. */
  readonly load: () => Promise<Decode>;
}

const native: Decoder = {
  encapsulated: false,
  startsFrame: () => true,
  load:
    async () =>
    (image, frame, { bitOffset }) =>
      withImage(image, nativeFrame(image, frame, bitOffset)),
};

const bigEndian: Decoder = {
  ...native,
  load:
    async () =>
    (image, frame, { bitOffset }) =>
      withImage(image, nativeFrame(image, swapToLittleEndian(image, frame), bitOffset)),
};

/** PS3.5 §A.4.2 and §A.4.11: a frame is one fragment. */
const oneFragment = { encapsulated: true, startsFrame: () => true } as const;

const rle: Decoder = {
  ...oneFragment,
  load: async () => {
    const { decodeRle } = await import("./rle.ts");
    return (declared, frame) => {
      // RLE compresses whole planes (PS3.5 §8.2.2): a file that says 4:2:2 means full resolution.
      const whole = declared.photometric === "YBR_FULL_422";
      const image = whole ? { ...declared, photometric: "YBR_FULL" as const } : declared;
      return withImage(image, decodeRle(image, frame));
    };
  },
};

/** Start Of Image and the next marker: inside entropy-coded data FF is never followed by D8. */
const jpegStarts = ([a, b, c]: Uint8Array): boolean => a === 0xff && b === 0xd8 && c === 0xff;
const encapsulatedJpeg = { encapsulated: true, startsFrame: jpegStarts } as const;

const jpegOf8Bits: Decoder = {
  ...encapsulatedJpeg,
  load: async () => (await import("./jpeg.ts")).decodeJpegBaseline,
};
/** Streams of 8 bits are lossy JPEG as any other, whatever process the object names. */
const jpegLossy: Decoder = {
  ...encapsulatedJpeg,
  load: async () => {
    const [{ decodeJpegBaseline }, { decodeJpegFamily }, { jpegHeader }] = await Promise.all([
      import("./jpeg.ts"),
      import("./codecs/jpeg-family.ts"),
      import("./codecs/jpeg-header.ts"),
    ]);
    return (image, frame) =>
      jpegHeader(frame)?.precision === 8 ? decodeJpegBaseline(image, frame) : decodeJpegFamily(image, frame);
  },
};
const jpegLossless: Decoder = {
  ...encapsulatedJpeg,
  load: async () => (await import("./codecs/jpeg-family.ts")).decodeJpegFamily,
};
const jpegLs: Decoder = {
  ...encapsulatedJpeg,
  load: async () => (await import("./codecs/jpeg-ls.ts")).decodeJpegLs,
};

/** A codestream, or the signature box of the file format around one. */
const jpeg2000Starts = ["ff4fff51", "0000000c6a502020"];
const encapsulatedJpeg2000 = {
  encapsulated: true,
  startsFrame: (fragment: Uint8Array): boolean => {
    const start = Buffer.from(fragment.subarray(0, 8)).toString("hex");
    return jpeg2000Starts.some((mark) => start.startsWith(mark));
  },
} as const;
const jpeg2000: Decoder = {
  ...encapsulatedJpeg2000,
  load: async () => {
    const { decodeJpeg2000 } = await import("./codecs/jpeg-2000.ts");
    return (image, frame, { atLeast }) => decodeJpeg2000(image, frame, atLeast);
  },
};
const htj2k: Decoder = {
  ...encapsulatedJpeg2000,
  load: async () => {
    const { decodeHtj2k } = await import("./codecs/jpeg-2000.ts");
    return (image, frame, { atLeast }) => decodeHtj2k(image, frame, atLeast);
  },
};

const deflatedFrame: Decoder = {
  ...oneFragment,
  load: async () => (image, frame) => withImage(image, inflateFrame(image, frame)),
};

export const decoders: Readonly<Record<string, Decoder>> = {
  "1.2.840.10008.1.2": native,
  "1.2.840.10008.1.2.1": native,
  "1.2.840.10008.1.2.1.98": { ...native, ...oneFragment },
  "1.2.840.10008.1.2.1.99": native,
  "1.2.840.10008.1.2.2": bigEndian,
  "1.2.840.10008.1.2.5": rle,
  "1.2.840.10008.1.2.8.1": deflatedFrame,
  "1.2.840.10008.1.2.4.50": jpegOf8Bits,
  "1.2.840.10008.1.2.4.51": jpegLossy,
  "1.2.840.10008.1.2.4.53": jpegLossy,
  "1.2.840.10008.1.2.4.55": jpegLossy,
  "1.2.840.10008.1.2.4.57": jpegLossless,
  "1.2.840.10008.1.2.4.70": jpegLossless,
  "1.2.840.10008.1.2.4.80": jpegLs,
  "1.2.840.10008.1.2.4.81": jpegLs,
  "1.2.840.10008.1.2.4.90": jpeg2000,
  "1.2.840.10008.1.2.4.91": jpeg2000,
  "1.2.840.10008.1.2.4.201": htj2k,
  "1.2.840.10008.1.2.4.202": htj2k,
  "1.2.840.10008.1.2.4.203": htj2k,
};

function withImage(image: ImagePixel, bytes: Uint8Array | Unavailable): DecodedFrame | Unavailable {
  return "unavailable" in bytes ? bytes : { image, bytes };
}

/**
 * Decodes one frame. `frame`: for native syntaxes the bytes at `nativeFrameLocation` (with its `bitOffset`), for
 * encapsulated ones the frame's fragments joined. The answer's `image` describes the decoded bytes. Never throws on what a
 * file holds.
 */
export async function decodeFrame(
  transferSyntaxUid: string,
  image: ImagePixel,
  frame: Uint8Array,
  options: DecodeOptions = {},
): Promise<DecodedFrame | Unavailable | Pending> {
  const decoder = decoders[transferSyntaxUid];
  if (decoder === undefined) return { pending: transferSyntaxUid };
  if (frame.length === 0 || nativeFrameBytes(image) === 0) return { unavailable: "pixel-data-too-short" };
  const decode = loaded.get(decoder) ?? (await decoder.load());
  loaded.set(decoder, decode);
  return decode(image, frame, options);
}

const loaded = new Map<Decoder, Decode>();
