/** An admin chose the other bytes of a conflict: the instance stands for them from here on, the first ones stay archived. */
import type { ClaimItem } from "../catalog/claim-item.ts";
import { countReplacement } from "../catalog/counters.ts";
import type { Superseded } from "../catalog/desk-items.ts";
import { extendStudyRetention } from "../catalog/ensure-study.ts";
import { followLegalHold } from "../catalog/follow-legal-hold.ts";
import type { InstanceItem } from "../catalog/items.ts";
import { type InstanceKey, keys } from "../catalog/keys.ts";
import { archivedOf, originalOf } from "../catalog/original-of.ts";
import { followChoice } from "../characters/follow-choice.ts";
import type { Header } from "../dicom/read.ts";
import { objectKeys } from "../object-keys.ts";
import { supersededTag } from "../object-notes.ts";
import type { Write } from "../ports.ts";
import { archiveOriginal, archiveUncorrected } from "./archive-original.ts";
import { ingestAudit } from "./audit-write.ts";
import { catalogItems } from "./catalog-items.ts";
import type { IngestDependencies } from "./dependencies.ts";
import { describeChosen } from "./describe-chosen.ts";
import { replacedText } from "./describe-replaced.ts";
import { finalWrites } from "./file-state.ts";
import type { LandedFile } from "./landed-file.ts";
import { retainUntil } from "./retention.ts";

/**
 * Each step may have been done by a run that died; the last, one transaction, makes it so. Throws ConditionFailed when the
 * claim or the instance is not what was read, such as when another worker has just done the same.
 */
export async function replaceInstance(
  deps: IngestDependencies,
  landed: LandedFile,
  header: Header,
  key: InstanceKey,
  committed: ClaimItem,
): Promise<void> {
  const { table, clock, retentionYears } = deps;
  const asked = retainUntil(clock.now(), retentionYears[landed.upload.encounterClass]);
  const until = later(asked, committed.retainUntil);
  const archiveVersionId = await archiveOriginal(deps, key, landed, until);
  const correctedFrom = await archiveUncorrected(deps, key, landed, until);
  const described = await describeChosen(deps, landed, header, key);
  await tagSuccession(deps, key, landed.file.sha256, committed.sha256);
  await extendStudyRetention(table, key, until.toISOString());
  const held = (await table.get(keys.instance(key), { consistent: true })) as InstanceItem | undefined;
  if (!held) throw new Error("A committed claim has no instance where its conflict says it is");
  const now = clock.now();
  const text = await replacedText(table, key, described.header, described.textRevision, now);
  const { instance } = catalogItems(landed, described.header, key, {
    now,
    retainUntil: until,
    textRevision: text.textRevision,
    ...(archiveVersionId !== undefined && { archiveVersionId }),
    ...(correctedFrom && { correctedFrom }),
  });
  await table.write([
    ...replacement(deps, landed, { claim: committed, held, instance, until }),
    ...text.writes,
  ]);
  const study = await followLegalHold(deps, key, archivedOf(instance), false);
  await followChoice(deps, key, [{ instance, ref: originalOf(instance) }], study);
}

const later = (one: Date, other: string | undefined): Date =>
  other !== undefined && new Date(other) > one ? new Date(other) : one;

/** On the originals themselves, so that a catalog made again from the archive alone knows which bytes count. */
async function tagSuccession(
  { objects }: IngestDependencies,
  key: InstanceKey,
  sha256: string,
  oldSha256: string,
): Promise<void> {
  const original = (hash: string) => ({ bucket: "archive", key: objectKeys.original(key, hash) }) as const;
  await objects.tag(original(oldSha256), supersededTag);
  await objects.tag(original(sha256), {});
}

interface Succession {
  readonly claim: ClaimItem;
  readonly held: InstanceItem;
  readonly instance: InstanceItem;
  readonly until: Date;
}

function replacement(
  deps: IngestDependencies,
  { file }: LandedFile,
  { claim, held, instance, until }: Succession,
): readonly Write[] {
  const now = deps.clock.now();
  const { studyUid, seriesUid, sopUid, sha256, size } = instance;
  const { sha256: oldSha256 } = held;
  return [
    {
      op: "update",
      key: keys.claim(claim, sopUid),
      set: {
        sha256,
        size,
        uploadId: file.uploadId,
        fileId: file.fileId,
        committedAt: now.toISOString(),
        retainUntil: until.toISOString(),
        archiveVersionId: instance.archiveVersionId,
        superseded: [...(claim.superseded ?? []), oldSha256],
      },
      remove: ["replacing"],
      when: [
        [
          { attribute: "state", is: "=", value: "committed" },
          { attribute: "sha256", is: "=", value: oldSha256 },
        ],
      ],
    },
    {
      op: "put",
      item: { ...instance, superseded: [...(held.superseded ?? []), goneFrom(held, now)] },
      when: [[{ attribute: "sha256", is: "=", value: oldSha256 }]],
    },
    ...countReplacement(instance, size - held.size),
    ...finalWrites(file, "indexed", now, { studyUid, seriesUid, sopUid }),
    ingestAudit(deps, "replaceInstance", instance, {
      studyUid,
      seriesUid,
      sopUid,
      uploadId: file.uploadId,
      detail: `file ${file.fileId} in the place of ${oldSha256}`,
    }),
  ];
}

function goneFrom(held: InstanceItem, now: Date): Superseded {
  const { sha256, size, archiveVersionId, correctedFrom, indexedAt } = held;
  return {
    sha256,
    size,
    ...(archiveVersionId !== undefined && { archiveVersionId }),
    ...(correctedFrom && { correctedFrom }),
    indexedAt,
    supersededAt: now.toISOString(),
  };
}
