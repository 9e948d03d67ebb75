/**
 * What was made of a photograph for an order that has changed since: a worker that died may have archived it, and written
 * study and series of it. It stays locked, and says that it does not count, so that a catalog made again from the archive
 * shows nobody's photograph under another patient. Only while its claim is held: then nobody commits those bytes.
 */
import type { AbandonedBytes, ClaimItem } from "../catalog/claim-item.ts";
import type { InstanceSource, SeriesItem, StudyItem } from "../catalog/items.ts";
import { type HospitalKey, type InstanceKey, keys } from "../catalog/keys.ts";
import { originalOf, sourceOf } from "../catalog/original-of.ts";
import { isSuperseded, supersededTag } from "../object-notes.ts";
import { sourceSopUid } from "../order/source-uids.ts";
import type { Condition, Item, ObjectRef } from "../ports.ts";
import type { CatalogItems } from "./catalog-items.ts";
import { acquireClaim, releaseClaim } from "./claim.ts";
import type { IngestDependencies } from "./dependencies.ts";
import type { LandedFile } from "./landed-file.ts";

/** Before the claim is committed: these bytes count, and study and series say what they say. */
export async function replaceAbandoned(
  deps: IngestDependencies,
  claim: ClaimItem,
  source: InstanceSource,
  { study, series }: CatalogItems,
): Promise<void> {
  if (!claim.abandoned) return;
  await supersedeAbandoned(deps, claim, source);
  // The order may say again what it said before.
  for (const ref of archivedFor(claim, claim, source))
    if (isSuperseded(await deps.objects.tagsOf(ref))) await deps.objects.tag(ref, {});
  await describeAgain(deps, study, claim.sopUid);
  await describeAgain(deps, series, claim.sopUid);
}

/** The source goes to no study of this order: what was archived of it for the order does not count. */
export async function abandonFor(
  deps: IngestDependencies,
  owner: HospitalKey,
  landed: LandedFile,
  source: InstanceSource,
  orderId: string,
): Promise<void> {
  const sopUid = sourceSopUid(owner, orderId, landed.file.sha256);
  const claim = (await deps.table.get(keys.claim(owner, sopUid), { consistent: true })) as
    | ClaimItem
    | undefined;
  if (claim?.state !== "claimed") return;
  const { studyUid, seriesUid } = claim;
  // For the source's own bytes, which no original has: whoever held it before cannot commit any more.
  const taken = await acquireClaim(deps, { ...owner, studyUid, seriesUid, sopUid }, landed);
  if (!taken.held) return;
  await supersedeAbandoned(deps, taken.claim, source);
  await releaseClaim(deps, taken.claim);
}

async function supersedeAbandoned(
  { objects }: IngestDependencies,
  claim: ClaimItem,
  source: InstanceSource,
): Promise<void> {
  for (const one of claim.abandoned ?? [])
    for (const ref of archivedFor(claim, one, source))
      if (await objects.head(ref)) await objects.tag(ref, supersededTag);
}

/** The original of a claim, and the photograph beside it. */
function archivedFor(
  { region, hospital, sopUid }: InstanceKey,
  { studyUid, seriesUid, sha256 }: AbandonedBytes,
  source: InstanceSource,
): readonly ObjectRef[] {
  const key: InstanceKey = { region, hospital, studyUid, seriesUid, sopUid };
  const photograph = sourceOf({ ...key, source });
  return [originalOf({ ...key, sha256 }), ...(photograph ? [photograph] : [])];
}

/** Its search items follow from the table's stream. Throws ConditionFailed where its text is set anew meanwhile. */
async function describeAgain(
  { table }: IngestDependencies,
  item: StudyItem | SeriesItem,
  sopUid: string,
): Promise<void> {
  const stored = await table.get({ pk: item.pk, sk: item.sk }, { consistent: true });
  if (!stored || stored.correctedIdentity || describer(stored) !== sopUid) return;
  const names = ["attributes", "patientId", "studyDate", "nameKeys", "modality"].filter(
    (name) => JSON.stringify(stored[name]) !== JSON.stringify(item[name]),
  );
  if (names.length === 0) return;
  const revision = stored.textRevision as number | undefined;
  const textAsRead: Condition =
    revision === undefined
      ? { attribute: "textRevision", is: "absent" }
      : { attribute: "textRevision", is: "=", value: revision };
  const said = names.filter((name) => item[name] !== undefined);
  await table.write([
    {
      op: "update",
      key: { pk: item.pk, sk: item.sk },
      set: Object.fromEntries(said.map((name) => [name, item[name]])),
      remove: names.filter((name) => item[name] === undefined),
      when: [
        [{ attribute: "pk", is: "present" }, { attribute: "correctedIdentity", is: "absent" }, textAsRead],
      ],
    },
  ]);
}

/** By which instance a study or series is described. */
function describer({ describedBy }: Item): unknown {
  return typeof describedBy === "string" ? describedBy : (describedBy as StudyItem["describedBy"])?.sopUid;
}
