import type { Grant } from "../access/grant.ts";
import { keys } from "../catalog/keys.ts";
import type { Decided } from "../contract/schemas/ingest.ts";
import { ConditionFailed, Problem } from "../errors.ts";
import type { Clock } from "../ports.ts";
import { hospitalOf, loadFile } from "../upload/load-upload.ts";
import { type DeskPath, decidedView, happened, requireWaiting } from "./desk-file.ts";

/**
 * Gives the file up. It stays `quarantined` in the ledger, with who decided and why; nobody can download it from here on,
 * and its bytes expire within a day or two, by a tag that the table's stream puts on them.
 */
export async function discardQuarantined(
  grant: Grant,
  clock: Clock,
  path: DeskPath,
  reason: string,
): Promise<Decided> {
  const hospital = hospitalOf(grant);
  const { uploadId, fileId } = path;
  const file = await loadFile(grant, uploadId, fileId);
  const by = grant.caller.principal.id;
  if (file.discarded?.by === by) return decidedView(file);
  requireWaiting(file);
  const discarded = { at: clock.now().toISOString(), by, reason };
  try {
    await grant.table.write([
      {
        op: "update",
        key: keys.uploadFile(hospital, uploadId, fileId),
        set: { discarded, updatedAt: discarded.at },
        when: [
          [
            { attribute: "state", is: "=", value: "quarantined" },
            { attribute: "discarded", is: "absent" },
          ],
        ],
      },
      { op: "delete", key: keys.quarantined(hospital, uploadId, fileId) },
      ...grant.auditWrites({ hospital, uploadId, detail: `file ${fileId}: ${reason}` }),
    ]);
  } catch (error) {
    if (!(error instanceof ConditionFailed)) throw error;
    const current = await loadFile(grant, uploadId, fileId);
    if (current.discarded?.by === by) return decidedView(current);
    throw new Problem("conflict", "Somebody else has decided about this file.", {
      cause: error,
      extensions: happened(current),
    });
  }
  return decidedView({ ...file, discarded });
}
