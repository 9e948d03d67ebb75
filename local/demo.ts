/** The main job, shown step by step: only the HTTP API and the clinic's uploader, as people use them. */
import type { CloudFile } from "./cloud-file.ts";
import type { Progress } from "./progress.ts";

export interface Demonstration {
  readonly file: CloudFile;
  readonly progress: Progress;
  /** The person's own DICOM files instead of the sample. */
  readonly folder: string | undefined;
}

export async function demonstrate(_options: Demonstration): Promise<{ readonly link: string }> {
  return { link: "" };
}
