import type { Grant } from "../access/grant.ts";
import { keys, prefixes } from "../catalog/keys.ts";
import { Problem } from "../errors.ts";
import type { ShareAccessItem } from "./items.ts";
import { loadShare } from "./load-share.ts";

export interface AccessView {
  readonly at: string;
  readonly outcome: ShareAccessItem["outcome"];
  readonly sourceIp: string;
  readonly userAgent: string;
}

/** Every opening of a link, every wrong passcode and every try while it is locked, newest first. `cursor`: `next` of the page before. */
export async function listAccesses(
  grant: Grant,
  input: {
    readonly shareId: string;
    readonly cursor?: string | undefined;
    readonly limit?: number | undefined;
  },
): Promise<{ readonly accesses: readonly AccessView[]; readonly next?: string }> {
  const { shareId, region, hospital, studyUid } = await loadShare(grant, input.shareId);
  const { pk } = keys.share(shareId);
  if (input.cursor !== undefined && !input.cursor.startsWith(prefixes.accesses)) {
    throw new Problem("invalid-request", "cursor is not one this server gave out.");
  }
  const page = await grant.table.query({
    pk,
    prefix: prefixes.accesses,
    descending: true,
    limit: input.limit ?? 100,
    ...(input.cursor !== undefined && { after: { pk, sk: input.cursor } }),
  });
  await grant.audit({ hospital: { region, hospital }, studyUid, shareId });
  const accesses = (page.items as readonly ShareAccessItem[]).map(
    ({ at, outcome, sourceIp, userAgent }): AccessView => ({ at, outcome, sourceIp, userAgent }),
  );
  return { accesses, ...(page.next && { next: page.next.sk }) };
}
