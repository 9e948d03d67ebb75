import type { ClaimItem } from "../catalog/claim-item.ts";
import { originsOf } from "../catalog/corrected-from.ts";
import { type InstanceKey, keys } from "../catalog/keys.ts";
import { objectKeys } from "../object-keys.ts";
import { metadataOf, supersededTag } from "../object-notes.ts";
import type { Write } from "../ports.ts";
import { dicomMediaType } from "../upload/limits.ts";
import { fileAudit } from "./audit-write.ts";
import type { IngestDependencies } from "./dependencies.ts";
import { finalWrites } from "./file-state.ts";
import { type LandedFile, noteOf } from "./landed-file.ts";
import { isTaken, takenTag, waitAnew, waitingTag } from "./settle.ts";

/**
 * Other bytes under a SOP Instance UID that is taken: kept beside, shown at the study that holds the UID, never in its
 * place and never dropped.
 */
export async function recordConflict(
  deps: IngestDependencies,
  landed: LandedFile,
  key: InstanceKey,
  committed: ClaimItem,
): Promise<void> {
  const { file } = landed;
  const kept = objectKeys.conflict(key, file.sha256);
  await keepBeside(deps, landed, kept);
  // What a copy was made of is decided about with it, and kept as long.
  for (const { key: origin } of originsOf(file.release?.correctedFrom)) await waitAnew(deps.objects, origin);
  // Unless an admin is letting these very bytes take the place of the others.
  if (committed.replacing !== file.sha256) await supersede(deps, key, committed, file.sha256);
  const { studyUid, seriesUid, sopUid } = key;
  const conflict = keys.conflict(committed, sopUid, file.sha256);
  const seen = await deps.table.get(conflict, { consistent: true });
  await deps.table.write([
    ...finalWrites(file, "conflict", deps.clock.now(), { studyUid, seriesUid, sopUid }),
    {
      op: "check",
      key: keys.claim(committed, sopUid),
      when: [[{ attribute: "sha256", is: "=", value: committed.sha256 }]],
    },
    ...(seen ? [] : [conflictWrite(deps, landed, key, committed, kept)]),
    fileAudit(deps, "recordConflict", file, { studyUid, seriesUid, sopUid }),
  ]);
}

async function keepBeside({ objects }: IngestDependencies, landed: LandedFile, key: string): Promise<void> {
  const { ref, hospital } = landed;
  const aside = { bucket: "quarantine", key } as const;
  const isOther = ref.key !== key;
  // Somebody decided about the same bytes, sent in another file, and ingest has yet to take them from here.
  const taken = isOther && (await objects.head(aside)) && isTaken(await objects.tagsOf(aside));
  await objects.copy(ref, aside, {
    contentType: dicomMediaType,
    kmsKeyId: hospital.keyArn,
    metadata: metadataOf(noteOf(landed)),
  });
  await objects.tag(aside, taken ? takenTag : waitingTag);
}

/**
 * An earlier worker may have archived these bytes and lost its claim before it could commit them. They stay locked; the
 * tag says, to whoever makes the catalog again from the archive, that others were committed. Meanwhile an admin may have
 * decided for these bytes, by way of another file that holds them: who decides later takes the tag off, who decided before
 * is seen here.
 */
async function supersede(
  { objects, table }: IngestDependencies,
  key: InstanceKey,
  committed: ClaimItem,
  sha256: string,
): Promise<void> {
  const original = { bucket: "archive", key: objectKeys.original(key, sha256) } as const;
  if (!(await objects.head(original))) return;
  await objects.tag(original, supersededTag);
  const claim = (await table.get(keys.claim(committed, key.sopUid), { consistent: true })) as
    | ClaimItem
    | undefined;
  if (claim?.sha256 === sha256 || claim?.replacing === sha256) await objects.tag(original, {});
}

function conflictWrite(
  { clock }: IngestDependencies,
  { file }: LandedFile,
  key: InstanceKey,
  committed: ClaimItem,
  objectKey: string,
): Write {
  const { region, hospital, studyUid, sopUid } = committed;
  return {
    op: "put",
    item: {
      ...keys.conflict(committed, sopUid, file.sha256),
      type: "conflict",
      region,
      hospital,
      studyUid,
      sopUid,
      sha256: file.sha256,
      heldSha256: committed.sha256,
      size: file.size,
      /** Study and series the other bytes say they belong to: not always the ones that hold the UID. */
      inStudyUid: key.studyUid,
      inSeriesUid: key.seriesUid,
      objectKey,
      uploadId: file.uploadId,
      fileId: file.fileId,
      ...(file.release?.correctedFrom && { correctedFrom: file.release.correctedFrom }),
      foundAt: clock.now().toISOString(),
    },
    when: [[{ attribute: "pk", is: "absent" }]],
  };
}
