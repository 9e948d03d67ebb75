/** One frame of any transfer syntax we read, to native little-endian bytes. */
import { type ImagePixel, nativeFrameBytes, type Unavailable } from "./image-pixel.ts";
import type { DecodedFrame } from "./jpeg.ts";
import { nativeFrame, swapToLittleEndian } from "./native-bytes.ts";

/** A transfer syntax that is indexed now and decoded once a decoder for it exists. */
export interface Pending {
  readonly pending: string;
}
type Decode = (
  image: ImagePixel,
  frame: Uint8Array,
  bitOffset: number,
) => DecodedFrame | Unavailable | Promise<DecodedFrame | Unavailable>;

export interface Decoder {
  /** Encapsulated frames are fragments in items; native ones are a run of bytes (PS3.5 §A.4). */
  readonly encapsulated: boolean;
  /** The media type a frame is kept under: as it came, or decoded to Explicit VR Little Endian (PS3.18 §8.7.3). */
  readonly keptAs: "native" | "jpeg";
  /** Whether a fragment is the first of a frame, where an object has several (PS3.5 §A.4: offset tables may be absent, and lie). */
  readonly startsFrame: (fragment: Uint8Array) => boolean;
  /** Loaded on first use: a function that never meets a syntax never pays for its codec. */
  readonly load: () => Promise<Decode>;
}

const native: Decoder = {
  encapsulated: false,
  keptAs: "native",
  startsFrame: () => true,
  load: async () => (image, frame, bitOffset) => withImage(image, nativeFrame(image, frame, bitOffset)),
};

export const decoders: Readonly<Record<string, Decoder>> = {
  "1.2.840.10008.1.2": native,
  "1.2.840.10008.1.2.1": native,
  "1.2.840.10008.1.2.1.99": native,
  "1.2.840.10008.1.2.2": {
    ...native,
    load: async () => (image, frame, bitOffset) =>
      withImage(image, nativeFrame(image, swapToLittleEndian(image, frame), bitOffset)),
  },
  "1.2.840.10008.1.2.5": {
    encapsulated: true,
    keptAs: "native",
    // PS3.5 §A.4.2: a frame is one fragment.
    startsFrame: () => true,
    load: async () => {
      const { decodeRle } = await import("./rle.ts");
      return (declared, frame) => {
        // RLE compresses whole planes (PS3.5 §8.2.2): a file that says 4:2:2 means full resolution.
        const whole = declared.photometric === "YBR_FULL_422";
        const image = whole ? { ...declared, photometric: "YBR_FULL" as const } : declared;
        return withImage(image, decodeRle(image, frame));
      };
    },
  },
  "1.2.840.10008.1.2.4.50": {
    encapsulated: true,
    keptAs: "jpeg",
    // Start Of Image and the next marker: inside entropy-coded data FF is never followed by D8.
    startsFrame: ([a, b, c]) => a === 0xff && b === 0xd8 && c === 0xff,
    load: async () => (await import("./jpeg.ts")).decodeJpegBaseline,
  },
};

function withImage(image: ImagePixel, bytes: Uint8Array | Unavailable): DecodedFrame | Unavailable {
  return "unavailable" in bytes ? bytes : { image, bytes };
}

/**
 * Decodes one frame. `frame`: for native syntaxes the bytes at `nativeFrameLocation` (with its `bitOffset`), for
 * encapsulated ones the frame's fragments joined. The answer's `image` describes the decoded bytes. Never throws.
 */
export async function decodeFrame(
  transferSyntaxUid: string,
  image: ImagePixel,
  frame: Uint8Array,
  bitOffset = 0,
): Promise<DecodedFrame | Unavailable | Pending> {
  const decoder = decoders[transferSyntaxUid];
  if (decoder === undefined) return { pending: transferSyntaxUid };
  if (frame.length === 0 || nativeFrameBytes(image) === 0) return { unavailable: "pixel-data-too-short" };
  const decode = loaded.get(decoder) ?? (await decoder.load());
  loaded.set(decoder, decode);
  return decode(image, frame, bitOffset);
}

const loaded = new Map<Decoder, Decode>();
