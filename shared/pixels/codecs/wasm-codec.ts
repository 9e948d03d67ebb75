/**
 * WebAssembly codecs: compiled on first use, instantiated anew after a failure. A stream that makes a codec abort leaves
 * its memory in any state, and the next frame is another patient's.
 */
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";

/** What a codec could not do with a stream. */
export class CodecFailed extends Error {
  override readonly name = "CodecFailed";
}

/** WebAssembly memory never shrinks: an instance that grew by more is not kept for the next frame. */
const keptGrowth = 64 * 1024 * 1024;

export interface Instance<Exports> {
  readonly exports: Exports;
  readonly memory: WebAssembly.Memory;
}
export type Instantiate<Exports> = (module: WebAssembly.Module) => Promise<Instance<Exports>>;

interface Idle<Exports> {
  readonly instance: Instance<Exports>;
  readonly startedWith: number;
}

const { resolve } = createRequire(import.meta.url);

export class WasmCodec<Exports> {
  readonly #file: string;
  readonly #instantiate: Instantiate<Exports>;
  #module: Promise<WebAssembly.Module> | undefined;
  #idle: Idle<Exports> | undefined;

  /** `file`: the binary, as `require` names it: in node_modules beside the sources as in a deployed package. */
  constructor(file: string, instantiate: Instantiate<Exports>) {
    this.#file = file;
    this.#instantiate = instantiate;
  }

  /**
   * Runs `use`, which must not keep the instance.
   *
   * @throws CodecFailed for whatever `use` throws, which is the cause; the instance is given up
   */
  async run<T>(use: (instance: Instance<Exports>) => T): Promise<T> {
    const one = this.#idle ?? (await this.#fresh());
    this.#idle = undefined;
    try {
      const answer = use(one.instance);
      const grown = one.instance.memory.buffer.byteLength - one.startedWith;
      if (grown <= keptGrowth) this.#idle = one;
      return answer;
    } catch (cause) {
      throw new CodecFailed("The codec cannot read this stream", { cause });
    }
  }

  async #fresh(): Promise<Idle<Exports>> {
    this.#module ??= readFile(resolve(this.#file)).then((bytes) => WebAssembly.compile(bytes));
    const instance = await this.#instantiate(await this.#module);
    return { instance, startedWith: instance.memory.buffer.byteLength };
  }
}
