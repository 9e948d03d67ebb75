/** An opening asked for again because its answer was lost: the same session, and no second opening. */
import { createHmac } from "node:crypto";
import { hasExpired, openShareOf } from "../access/share-state.ts";
import { keys } from "../catalog/keys.ts";
import type { Table } from "../ports.ts";
import type { ShareItem, ShareSessionItem } from "./items.ts";
import { newAccessToken, tokenHash } from "./token.ts";

export interface OpeningRequest {
  readonly token: string;
  readonly passcode?: string | undefined;
  /** Random, chosen by whoever opens: the same request under the same one is the same opening. */
  readonly openingId?: string | undefined;
}

/**
 * A new token; under an opening's id always the same, so that it need not be stored to be said again. Keyed with the
 * passcode's hash, which is known here alone: who has the link without its passcode cannot compute it.
 */
export function accessTokenFor(share: ShareItem | undefined, request: OpeningRequest): string {
  const { token, passcode = "", openingId } = request;
  if (openingId === undefined) return newAccessToken();
  const said = JSON.stringify([token, openingId, passcode]);
  return `mics_${createHmac("sha256", share?.passcode?.hash ?? "")
    .update(said)
    .digest("base64url")}`;
}

/** The session this very request opened before, while it lives and its link is neither revoked nor expired. */
export async function repeatedSession(
  table: Table,
  share: ShareItem | undefined,
  { openingId }: OpeningRequest,
  { accessToken, now }: { readonly accessToken: string; readonly now: Date },
): Promise<ShareSessionItem | undefined> {
  if (openingId === undefined) return undefined;
  const item = await table.get(keys.shareSession(tokenHash(accessToken)), { consistent: true });
  const session = item as ShareSessionItem | undefined;
  return openShareOf(share, now) && !hasExpired(session?.expiresAt, now) ? session : undefined;
}
