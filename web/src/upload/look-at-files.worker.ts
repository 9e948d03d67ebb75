/** The worker that reads files, so that the page stays lively while thousands are hashed. */
import "./node-buffer.ts";
import { type Look, lookAtFile } from "./look-at-file.ts";

export interface Asked {
  readonly id: number;
  readonly file: File;
}
export type Told =
  | { readonly id: number; readonly bytes: number }
  | { readonly id: number; readonly look: Look }
  | { readonly id: number; readonly fault: string };

const tell = (told: Told): void => postMessage(told);

addEventListener("message", ({ data: { id, file } }: MessageEvent<Asked>) => {
  lookAtFile(file, (bytes) => tell({ id, bytes })).then(
    (look) => tell({ id, look }),
    (error: unknown) => tell({ id, fault: error instanceof Error ? error.name : "unknown" }),
  );
});
