/**
 * JPEG of every process DICOM has, 8 to 16 bits, lossy and lossless: the codecs of dcmjs-codecs. Their binary is used without
 * the package's own JavaScript, which brings a whole DICOM library along.
 */
import type { DecodedFrame, ImagePixel, Photometric, Unavailable } from "../image-pixel.ts";
import { nativeFrameBytes } from "../image-pixel.ts";
import { type JpegHeader, jpegHeader, tooManyScans } from "./jpeg-header.ts";
import { asDecoded, refusal } from "./stream-header.ts";
import { CodecFailed, type Instance, WasmCodec } from "./wasm-codec.ts";

/** A number each is a pointer or a count; the names are the module's. */
interface Exports {
  readonly memory: WebAssembly.Memory;
  CreateCodecsContext(): number;
  ReleaseCodecsContext(context: number): void;
  CreateDecoderParameters(): number;
  ReleaseDecoderParameters(parameters: number): void;
  SetConvertColorspaceToRgb(parameters: number, yes: number): void;
  SetColumns(context: number, value: number): void;
  SetRows(context: number, value: number): void;
  SetBitsAllocated(context: number, value: number): void;
  SetBitsStored(context: number, value: number): void;
  SetSamplesPerPixel(context: number, value: number): void;
  SetPixelRepresentation(context: number, value: number): void;
  SetPlanarConfiguration(context: number, value: number): void;
  SetPhotometricInterpretation(context: number, value: number): void;
  SetEncodedBufferSize(context: number, value: number): void;
  GetEncodedBuffer(context: number): number;
  GetDecodedBuffer(context: number): number;
  GetDecodedBufferSize(context: number): number;
  DecodeJpeg(context: number, parameters: number): void;
  _initialize(): void;
}

const fails = (): never => {
  throw new CodecFailed("The stream is damaged");
};
const nothing = (): number => 0;
const imports: WebAssembly.Imports = {
  env: {
    onCodecsException: fails,
    onCodecsInfo: nothing,
    onCodecsTrace: nothing,
    emscripten_notify_memory_growth: nothing,
  },
  // It decodes without files, clock and environment; what it would print goes nowhere.
  wasi_snapshot_preview1: {
    proc_exit: fails,
    clock_time_get: nothing,
    fd_write: nothing,
    fd_close: nothing,
    environ_sizes_get: nothing,
    environ_get: nothing,
    fd_seek: nothing,
  },
};

const codec = new WasmCodec<Exports>("dcmjs-codecs/build/dcmjs-native-codecs.wasm", async (module) => {
  const instance = new WebAssembly.Instance(module, imports);
  const exports = instance.exports as unknown as Exports;
  exports._initialize();
  return { exports, memory: exports.memory };
});

/** As the module numbers them. */
const photometrics: readonly Photometric[] = [
  "MONOCHROME1",
  "MONOCHROME2",
  "PALETTE COLOR",
  "RGB",
  "YBR_FULL",
  "YBR_FULL_422",
];
/** Lossless processes; all others come out as RGB where they have colour. */
const lossless: ReadonlySet<number> = new Set([0xc3, 0xc7, 0xcb, 0xcf]);
const jpegLs = 0xf7;
/** A progressive stream is held as coefficients before it is samples. */
const mostBytes = 128 * 1024 * 1024;

/** Decodes one frame (PS3.5 §8.2.1, §8.2.2). */
export async function decodeJpegFamily(
  image: ImagePixel,
  frame: Uint8Array,
): Promise<DecodedFrame | Unavailable> {
  const header = jpegHeader(frame);
  const refused = refusal(image, header?.process === jpegLs ? undefined : header);
  if (refused || header === undefined) return refused ?? { unavailable: "corrupt-stream" };
  if (tooManyScans(frame)) return { unavailable: "stream-features" };
  const decoded = asDecoded(image, header, colourOf(image, header));
  if (nativeFrameBytes(decoded) > mostBytes) return { unavailable: "frame-too-large" };
  try {
    return { image: decoded, bytes: await codec.run((instance) => decode(instance, decoded, frame, header)) };
  } catch (error) {
    if (error instanceof CodecFailed) return { unavailable: "corrupt-stream" };
    throw error;
  }
}

function colourOf({ photometric }: ImagePixel, { process }: JpegHeader): Photometric {
  return lossless.has(process) && photometric.startsWith("YBR_FULL") ? "YBR_FULL" : "RGB";
}

function decode(
  { exports, memory }: Instance<Exports>,
  image: ImagePixel,
  frame: Uint8Array,
  { process }: JpegHeader,
): Uint8Array {
  const context = exports.CreateCodecsContext();
  const parameters = exports.CreateDecoderParameters();
  exports.SetColumns(context, image.columns);
  exports.SetRows(context, image.rows);
  exports.SetBitsAllocated(context, image.bitsAllocated);
  exports.SetBitsStored(context, image.bitsStored);
  exports.SetSamplesPerPixel(context, image.samples);
  exports.SetPixelRepresentation(context, image.signed ? 1 : 0);
  exports.SetPlanarConfiguration(context, 0);
  exports.SetPhotometricInterpretation(context, photometrics.indexOf(image.photometric));
  exports.SetConvertColorspaceToRgb(parameters, lossless.has(process) ? 0 : 1);
  exports.SetEncodedBufferSize(context, frame.length);
  // The view is taken anew after each call: memory that grows is another buffer.
  new Uint8Array(memory.buffer).set(frame, exports.GetEncodedBuffer(context));
  exports.DecodeJpeg(context, parameters);
  const length = exports.GetDecodedBufferSize(context);
  if (length !== nativeFrameBytes(image)) throw new CodecFailed("The stream is not whole");
  const bytes = new Uint8Array(memory.buffer, exports.GetDecodedBuffer(context), length).slice();
  exports.ReleaseDecoderParameters(parameters);
  exports.ReleaseCodecsContext(context);
  return bytes;
}
