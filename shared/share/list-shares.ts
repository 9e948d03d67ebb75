import type { Grant } from "../access/grant.ts";
import { keys, shareListPartition } from "../catalog/keys.ts";
import type { Clock } from "../ports.ts";
import type { ShareItem, ShareListItem, SharePermission } from "./items.ts";
import { type LinkState, linkState } from "./link-state.ts";
import { ownHospital } from "./load-share.ts";

export interface ShareView {
  readonly shareId: string;
  readonly studyUid: string;
  readonly reportId?: string;
  readonly permission: SharePermission;
  readonly state: LinkState;
  readonly createdBy: string;
  readonly createdAt: string;
  readonly expiresAt: string;
  readonly revokedAt?: string;
  readonly openings: number;
  readonly maxOpenings?: number;
  readonly passcode: boolean;
}

/** Links of the caller's hospital, newest first. `cursor`: `next` of the page before. */
export async function listShares(
  grant: Grant,
  deps: { readonly clock: Clock },
  input: { readonly cursor?: string | undefined; readonly limit?: number | undefined },
): Promise<{ readonly shares: readonly ShareView[]; readonly next?: string }> {
  const hospital = ownHospital(grant);
  const page = await grant.table.query({
    pk: shareListPartition(hospital),
    descending: true,
    limit: input.limit ?? 50,
    ...(input.cursor !== undefined && { after: keys.shareList(hospital, input.cursor) }),
  });
  const listed = page.items as readonly ShareListItem[];
  const shares = (await grant.table.batchGet(
    listed.map(({ shareId }) => keys.share(shareId)),
  )) as readonly ShareItem[];
  await grant.audit({ hospital });
  const now = deps.clock.now();
  return {
    shares: shares.map((share) => shareView(share, now)),
    ...(page.next && { next: page.next.sk }),
  };
}

function shareView(share: ShareItem, now: Date): ShareView {
  const { shareId, studyUid, reportId, permission, createdBy, createdAt, revokedAt, maxOpenings } = share;
  return {
    shareId,
    studyUid,
    ...(reportId !== undefined && { reportId }),
    permission,
    state: linkState(share, now),
    createdBy,
    createdAt,
    expiresAt: share.expiresAt,
    ...(revokedAt !== undefined && { revokedAt }),
    openings: share.openings,
    ...(maxOpenings !== undefined && { maxOpenings }),
    passcode: share.passcode !== undefined,
  };
}
