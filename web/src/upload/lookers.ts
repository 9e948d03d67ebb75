/** A few workers that read files, one file each at a time. */
import type { Look } from "./look-at-file.ts";
import type { Asked, Told } from "./look-at-files.worker.ts";

export interface Lookers {
  readonly count: number;
  look(file: File, onBytes: (bytes: number) => void): Promise<Look>;
  end(): void;
}

/** One fewer than the machine's processors, four at most: reading a disc is slower than hashing. */
export function hireLookers(): Lookers {
  const count = Math.max(1, Math.min(4, (navigator.hardwareConcurrency || 2) - 1));
  const workers = Array.from(
    { length: count },
    () => new Worker(new URL("./look-at-files.worker.ts", import.meta.url), { type: "module" }),
  );
  let next = 0;
  return {
    count,
    look(file, onBytes) {
      const id = next++;
      const worker = workers[id % count] as Worker;
      return new Promise((resolve, reject) => {
        const heard = new AbortController();
        const { signal } = heard;
        const hear = ({ data }: MessageEvent<Told>): void => {
          if (data.id !== id) return;
          if ("bytes" in data) {
            onBytes(data.bytes);
            return;
          }
          heard.abort();
          if ("look" in data) resolve(data.look);
          else reject(new Error(`a file could not be examined: ${data.fault}`));
        };
        worker.addEventListener("message", hear, { signal });
        worker.addEventListener("error", () => reject(new Error("the reading worker ended")), { signal });
        worker.postMessage({ id, file } satisfies Asked);
      });
    },
    end: () => {
      for (const worker of workers) worker.terminate();
    },
  };
}
