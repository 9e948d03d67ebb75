import type { Grant } from "../access/grant.ts";
import { keys } from "../catalog/keys.ts";
import { ConditionFailed } from "../errors.ts";
import type { Clock } from "../ports.ts";
import { loadShare } from "./load-share.ts";

/**
 * Closes a link. Its StudyAccess goes in the same transaction, so the next request with an access token it gave is refused;
 * URLs signed before live out their seconds (`shared/contract/revocation.ts`). Revoking twice is not an error.
 */
export async function revokeShare(
  grant: Grant,
  deps: { readonly clock: Clock },
  input: { readonly shareId: string },
): Promise<void> {
  const share = await loadShare(grant, input.shareId);
  if (share.revokedAt !== undefined) return;
  const { region, hospital, studyUid, shareId } = share;
  const revokedAt = deps.clock.now().toISOString();
  try {
    await grant.table.write([
      {
        op: "update",
        key: keys.share(shareId),
        set: { revokedAt },
        when: [
          [
            { attribute: "pk", is: "present" },
            { attribute: "revokedAt", is: "absent" },
          ],
        ],
      },
      { op: "delete", key: keys.studyAccess(`share-${shareId}`, { region, hospital, studyUid }) },
      ...grant.auditWrites({ hospital: { region, hospital }, studyUid, shareId }),
    ]);
  } catch (error) {
    // Somebody else revoked it in between: it is closed, which is what was asked.
    if (!(error instanceof ConditionFailed)) throw error;
  }
}
