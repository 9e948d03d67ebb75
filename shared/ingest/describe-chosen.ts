import type { StudyItem } from "../catalog/items.ts";
import { type InstanceKey, keys } from "../catalog/keys.ts";
import { choiceOf, revisionOf } from "../characters/follow-choice.ts";
import { readUnder } from "../characters/read-under.ts";
import type { Header } from "../dicom/read.ts";
import type { IngestDependencies } from "./dependencies.ts";
import type { LandedFile } from "./landed-file.ts";
import { writeMetadata } from "./write-metadata.ts";

/** In the character set the study was given, where it was given one: its metadata, and the header as read in it. */
export async function describeChosen(
  deps: IngestDependencies,
  { ref, head, file, source, hospital }: LandedFile,
  found: Header,
  key: InstanceKey,
): Promise<{ readonly header: Header; readonly textRevision: number }> {
  const study = (await deps.table.get(keys.study(key))) as StudyItem | undefined;
  // What is made of a photograph or a report here is in the character set it declares.
  const header = source ? found : await readUnder(deps.objects, ref, head.size, choiceOf(study), found);
  await writeMetadata(deps, key, file.sha256, header, hospital.keyArn);
  return { header, textRevision: revisionOf(study) };
}
