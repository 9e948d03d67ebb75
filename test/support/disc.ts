/** A folder as it comes off a patient's disc: images, and everything else that lies beside them. */
import { mkdir, mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { generateHeadCt } from "../../local/samples/head-ct.ts";
import { writePart10 } from "../../shared/dicom/write.ts";
import { newUid } from "./instances.ts";

/** Media Storage Directory Storage (PS3.3 §F.1). */
const directoryClass = "1.2.840.10008.1.3.10";

export interface Disc {
  readonly folder: string;
  /** Names of the images, relative to the folder. */
  readonly images: readonly string[];
  /** Why each of the other files is not taken, by name. */
  readonly others: Readonly<Record<string, { readonly state: string; readonly code: string }>>;
}

/** Where a reader of the file that is cut after 900 bytes stops: there, or before the header of an element that is cut itself. */
export const cutAt = /(?:88[89]|89\d|900)/;

/** The generated head CT under a `seed`, a text file, a DICOMDIR, an empty file, and an image that was cut off. */
export async function burnDisc(seed: string, slices: number): Promise<Disc> {
  const folder = await mkdtemp(join(tmpdir(), "mic-disc-"));
  const paths = await generateHeadCt(join(folder, "CT"), { seed, slices });
  await mkdir(join(folder, "damaged"));
  const [first] = paths as [string];
  const directory = writePart10([
    { tag: "00080016", vr: "UI", value: directoryClass },
    { tag: "00080018", vr: "UI", value: newUid() },
    { tag: "00041130", vr: "CS", value: "DISC" },
  ]);
  await writeFile(join(folder, "DICOMDIR"), directory);
  await writeFile(join(folder, "readme.txt"), "Open viewer.exe to see your images.\n");
  await writeFile(join(folder, "empty.dcm"), "");
  await writeFile(join(folder, "damaged", "cut.dcm"), (await readFile(first)).subarray(0, 900));
  return {
    folder,
    images: paths.map((path) => `CT/${path.split(/[\\/]/).at(-1)}`),
    others: {
      DICOMDIR: { state: "skipped", code: "dicomdir" },
      "readme.txt": { state: "skipped", code: "not-dicom" },
      "empty.dcm": { state: "skipped", code: "empty" },
      "damaged/cut.dcm": { state: "quarantined", code: "truncated" },
    },
  };
}
