import type { ManifestFile } from "../contract/schemas/upload.ts";
import { Problem } from "../errors.ts";
import type { UploadLimit, UploadLimits } from "./limits.ts";

const sentences: Record<UploadLimit, (value: number) => string> = {
  filesPerRequest: (value) => `At most ${value} files a request; announce the rest with POST …/files.`,
  filesPerUpload: (value) => `At most ${value} files an upload; start another upload for the rest.`,
  fileBytes: (value) => `At most ${value} bytes a file.`,
  partsPerRequest: (value) => `At most ${value} parts a request.`,
  nameLength: (value) => `A file's name has at most ${value} characters.`,
};

/** Throws Problem("too-large") naming the limit, its value and what was asked for. */
export function requireWithin(limits: UploadLimits, limit: UploadLimit, asked: number): void {
  if (asked <= limits[limit]) return;
  throw new Problem("too-large", sentences[limit](limits[limit]), {
    extensions: { limit, value: limits[limit], asked },
  });
}

export function checkFiles(limits: UploadLimits, files: readonly ManifestFile[], announced: number): void {
  requireWithin(limits, "filesPerRequest", files.length);
  requireWithin(limits, "filesPerUpload", announced + files.length);
  for (const { size, name } of files) {
    requireWithin(limits, "fileBytes", size);
    requireWithin(limits, "nameLength", name.length);
  }
}
