import type { Grant } from "../access/grant.ts";
import { originsOf } from "../catalog/corrected-from.ts";
import type { Release } from "../catalog/desk-items.ts";
import type { UploadFileItem } from "../catalog/items.ts";
import { keys } from "../catalog/keys.ts";
import type { Decided } from "../contract/schemas/ingest.ts";
import { ConditionFailed, Problem } from "../errors.ts";
import { parseConflictKey } from "../object-keys.ts";
import type { Clock } from "../ports.ts";
import { hospitalOf, loadFile, loadUpload } from "../upload/load-upload.ts";
import {
  type DeskPath,
  decidedView,
  happened,
  ownObject,
  releaseWrites,
  requireReleasable,
  staysForGood,
} from "./desk-file.ts";
import { quarantineDays } from "./index-quarantined.ts";

/**
 * Tries again to take the file in, as it is: its reader may have learned the format meanwhile, or its key be usable again.
 * `orderId`: whose photograph or document it is, where it was sent for none.
 * Repeated by the same person it answers what became of it. Throws Problem("conflict") where somebody else was faster, or
 * where trying again cannot help.
 */
export async function releaseQuarantined(
  grant: Grant,
  clock: Clock,
  path: DeskPath,
  orderId?: string,
): Promise<Decided> {
  const file = await loadFile(grant, path.uploadId, path.fileId);
  const asked = orderId === undefined ? {} : { orderId };
  if (isTheirs(grant, file, asked)) return decidedView(file);
  requireReleasable(file);
  if (orderId !== undefined) await requireOrder(grant, orderId);
  const taken = await asItIs(grant, file);
  return release(grant, clock, { ...file, ...asked }, { ...taken, asked });
}

async function requireOrder(grant: Grant, orderId: string): Promise<void> {
  if (await grant.table.get(keys.order(hospitalOf(grant), orderId), { consistent: true })) return;
  const detail = "the hospital has no such order";
  throw new Problem("invalid-request", `body/orderId: ${detail}`, {
    extensions: { errors: [{ pointer: "body/orderId", detail }] },
  });
}

export const expired = (): Problem =>
  new Problem(
    "conflict",
    `Its bytes have expired: they are kept for ${quarantineDays} days. Upload the file again.`,
  );

type Taken = Pick<Release, "object" | "correctedFrom">;
type Asked = NonNullable<Release["asked"]>;

/** The decision, once: whoever comes second is told what the first one did. */
export async function release(
  grant: Grant,
  clock: Clock,
  file: UploadFileItem,
  taken: Taken & { readonly asked: Asked },
): Promise<Decided> {
  const { uploadId, fileId } = file;
  const { priority } = await loadUpload(grant, uploadId);
  const decision: Release = {
    at: clock.now().toISOString(),
    by: grant.caller.principal.id,
    was: file.reason?.code ?? "unknown",
    priority,
    ...taken,
  };
  const tags = taken.correctedFrom?.attributes ?? [];
  const detail = `file ${fileId}: ${decision.was}${tags.length > 0 ? `, corrected ${tags.join(" ")}` : ""}`;
  try {
    await grant.table.write(
      releaseWrites(grant, file, "quarantined", decision, { hospital: hospitalOf(grant), uploadId, detail }),
    );
  } catch (error) {
    if (!(error instanceof ConditionFailed)) throw error;
    const current = await loadFile(grant, uploadId, fileId);
    if (isTheirs(grant, current, taken.asked)) return decidedView(current);
    throw new Problem("conflict", "Somebody else has decided about this file.", {
      cause: error,
      extensions: happened(current),
    });
  }
  return decidedView({ ...file, state: "stored", release: decision });
}

/**
 * Bytes that came into a conflict lie elsewhere than ingest looks by itself, and may be a copy: they go back to where they
 * were, without what was made of them. Throws Problem("conflict") where they have expired.
 */
async function asItIs(grant: Grant, file: UploadFileItem): Promise<Taken> {
  const { object, correctedFrom } = file.release ?? {};
  const known = [...(object ? [{ ...object, from: correctedFrom }] : []), ...originsOf(correctedFrom)];
  const contested = known.find(({ key }) => parseConflictKey(key));
  const ref = contested ? ({ bucket: "quarantine", key: contested.key } as const) : ownObject(file);
  const kept = await grant.objects.head(ref);
  if (!contested && (kept || staysForGood(file))) return {};
  if (!contested || !kept) throw expired();
  const { key, sha256, from } = contested;
  return { object: { key, sha256, size: kept.size }, ...(from && { correctedFrom: from }) };
}

/** The caller released it already, in the same way: their request is answered, not repeated. */
export function isTheirs(grant: Grant, file: UploadFileItem, asked: Asked): boolean {
  const { release: done, state } = file;
  if (!done || state === "quarantined" || done.was === "conflict") return false;
  return done.by === grant.caller.principal.id && inOrder(done.asked ?? {}) === inOrder(asked);
}

const inOrder = (asked: Asked): string => JSON.stringify(Object.entries(asked).sort());
