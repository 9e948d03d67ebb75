/** The codecs that Emscripten built with a factory of its own (`@cornerstonejs/codec-…`). */
import { type DecodedFrame, type ImagePixel, nativeFrameBytes, type Unavailable } from "../image-pixel.ts";
import { CodecFailed, type Instance, WasmCodec } from "./wasm-codec.ts";

interface FactoryOptions {
  readonly instantiateWasm: (
    imports: WebAssembly.Imports,
    done: (instance: WebAssembly.Instance, module: WebAssembly.Module) => void,
  ) => object;
  readonly print: (text: string) => void;
  readonly printErr: (text: string) => void;
}
type Factory<Exports> = (options: FactoryOptions) => Promise<Exports>;
/** Imports the JavaScript that belongs to a binary. */
type Glue = () => Promise<{ readonly default: unknown }>;

/** `wasm`: the binary's file, as `require` names it. */
export function emscriptenCodec<Exports>(wasm: string, glue: Glue): WasmCodec<Exports> {
  return new WasmCodec(wasm, async (module): Promise<Instance<Exports>> => {
    const factory = (await glue()).default as Factory<Exports>;
    let memory: WebAssembly.Memory | undefined;
    // Options of its own for each instance: factories write themselves into what they are given.
    const exports = await factory({
      instantiateWasm: (imports, done) => {
        const instance = new WebAssembly.Instance(module, imports);
        memory = Object.values(instance.exports).find((one) => one instanceof WebAssembly.Memory);
        done(instance, module);
        return instance.exports;
      },
      // What a codec prints may be of the stream: it does not go to the log.
      print: () => undefined,
      printErr: () => undefined,
    });
    if (memory === undefined) throw new Error(`${wasm} exports no memory`);
    return { exports, memory };
  });
}

/** What the decoders of these packages have in common. Buffers are views of the codec's memory. */
export interface EncodedReader {
  getEncodedBuffer(length: number): Uint8Array;
  getDecodedBuffer(): Uint8Array;
  delete(): void;
}

/** `decode` has the decoder decode what it was given, and answers the description of what it makes. */
export async function decodeWith<Exports, Decoder extends EncodedReader>(
  codec: WasmCodec<Exports>,
  make: (exports: Exports) => Decoder,
  frame: Uint8Array,
  decode: (decoder: Decoder) => ImagePixel,
): Promise<DecodedFrame | Unavailable> {
  try {
    return await codec.run(({ exports }) => {
      const decoder = make(exports);
      decoder.getEncodedBuffer(frame.length).set(frame);
      const image = decode(decoder);
      const bytes = decoder.getDecodedBuffer();
      // A codec may also answer less, without a word, for a stream that ends early.
      if (bytes.length !== nativeFrameBytes(image)) throw new CodecFailed("The stream is not whole");
      const copy = new Uint8Array(bytes);
      decoder.delete();
      return { image, bytes: copy };
    });
  } catch (error) {
    if (error instanceof CodecFailed) return { unavailable: "corrupt-stream" };
    throw error;
  }
}
