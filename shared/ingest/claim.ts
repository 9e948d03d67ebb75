/** One worker at a time archives a SOP Instance UID of a hospital, and the first bytes committed are the ones it stands for. */
import { setTimeout } from "node:timers/promises";
import type { AbandonedBytes, ClaimItem } from "../catalog/claim-item.ts";
import type { UploadFileItem } from "../catalog/items.ts";
import { type InstanceKey, keys } from "../catalog/keys.ts";
import { ConditionFailed, Transient } from "../errors.ts";
import type { When } from "../ports.ts";
import type { IngestDependencies } from "./dependencies.ts";
import type { LandedFile } from "./landed-file.ts";

/** A claim is held for a second or so: waiting that long here is far sooner than the queue's next delivery. */
const pauses = [50, 100, 200, 400, 800, 1600, 1600] as const;

export type Claimed =
  | { readonly held: true; readonly claim: ClaimItem }
  | { readonly held: false; readonly committed: ClaimItem };

/**
 * Holds the claim, or answers the committed one. Throws Transient while another worker holds it, whatever its bytes: only a
 * commit decides which bytes count.
 */
export async function acquireClaim(
  deps: IngestDependencies,
  key: InstanceKey,
  { file }: Pick<LandedFile, "file">,
): Promise<Claimed> {
  for (let attempt = 0; ; attempt++) {
    const current = await readClaim(deps, key);
    if (current?.state === "committed") return { held: false, committed: current };
    // Ours, by a write whose answer was lost.
    if (current?.owner === ownerOf(deps, file)) return { held: true, claim: current };
    const pause = pauses[attempt];
    const now = deps.clock.now().getTime();
    if (current && current.leaseUntil > now) {
      if (pause === undefined) throw new Transient("Another worker holds this instance");
      await (deps.pause ?? setTimeout)(pause);
      continue;
    }
    const leaseUntil = now + deps.leaseMilliseconds();
    const claim = { ...claimOf(deps, key, file, leaseUntil), ...abandonedBy(current, file) };
    const failure = await put(deps, claim, current);
    if (!failure) return { held: true, claim };
    if (pause === undefined) throw new Transient("Others keep taking this claim", { cause: failure });
  }
}

const ownerOf = ({ attempt }: IngestDependencies, { uploadId, fileId }: UploadFileItem): string =>
  `${uploadId}/${fileId}/${attempt}`;

function claimOf(
  deps: IngestDependencies,
  key: InstanceKey,
  file: UploadFileItem,
  leaseUntil: number,
): ClaimItem {
  const { sha256, size, uploadId, fileId } = file;
  return {
    ...keys.claim(key, key.sopUid),
    type: "claim",
    ...key,
    state: "claimed",
    sha256,
    size,
    uploadId,
    fileId,
    owner: ownerOf(deps, file),
    leaseUntil,
  };
}

/** What whoever held it before may have archived; those who lost it cannot commit any more. */
function abandonedBy(
  current: ClaimItem | undefined,
  { sha256 }: UploadFileItem,
): { readonly abandoned?: readonly AbandonedBytes[] } {
  if (!current) return {};
  const { studyUid, seriesUid, abandoned: before = [] } = current;
  const all = [...before, { studyUid, seriesUid, sha256: current.sha256 }];
  const abandoned = [...new Map(all.map((one) => [one.sha256, one])).values()].filter(
    (one) => one.sha256 !== sha256,
  );
  return abandoned.length === 0 ? {} : { abandoned };
}

async function readClaim({ table }: IngestDependencies, key: InstanceKey): Promise<ClaimItem | undefined> {
  return (await table.get(keys.claim(key, key.sopUid), { consistent: true })) as ClaimItem | undefined;
}

/** Answers why it was not written, or may not have been: reading the claim again tells. */
async function put(
  { table }: IngestDependencies,
  claim: ClaimItem,
  current: ClaimItem | undefined,
): Promise<ConditionFailed | Transient | undefined> {
  try {
    await table.write([{ op: "put", item: claim, when: takeOver(current) }]);
    return undefined;
  } catch (error) {
    if (error instanceof ConditionFailed || error instanceof Transient) return error;
    throw error;
  }
}

function takeOver(current: ClaimItem | undefined): When {
  if (!current) return [[{ attribute: "pk", is: "absent" }]];
  return [stillOurs(current)];
}

/** Conditions under which `claim` has not been taken over or committed. */
export function stillOurs(claim: ClaimItem): When[number] {
  return [
    { attribute: "owner", is: "=", value: claim.owner },
    { attribute: "state", is: "=", value: "claimed" },
  ];
}

/** Lets the next delivery start at once instead of after the lease. A worker that died skips this, and the lease ends alone. */
export async function releaseClaim({ table }: IngestDependencies, claim: ClaimItem): Promise<void> {
  try {
    await table.write([
      {
        op: "update",
        key: keys.claim(claim, claim.sopUid),
        set: { leaseUntil: 0 },
        when: [stillOurs(claim)],
      },
    ]);
  } catch {
    // Only a courtesy: the failure that led here is the one to report.
  }
}
