/** The opaque access token that opening a link gives: 256 random bits, of which only the hash is stored. */
import { createHash } from "node:crypto";
import { keys } from "../catalog/keys.ts";
import type { Table } from "../ports.ts";
import type { Principal } from "./principal.ts";
import { hasExpired, openShareOf } from "./share-state.ts";

const form = /^mics_[A-Za-z0-9_-]{43}$/;

export const looksLikeShareToken = (token: string): boolean => token.startsWith("mics_");

/** The link's visitor; undefined when the token is unknown or expired, or its link revoked or expired. */
export async function visitorWith(table: Table, token: string, now: Date): Promise<Principal | undefined> {
  if (!form.test(token)) return undefined;
  const hash = createHash("sha256").update(token).digest("hex");
  const session = await table.get(keys.shareSession(hash), { consistent: true });
  if (!session || typeof session.shareId !== "string" || hasExpired(session.expiresAt, now)) return undefined;
  const share = openShareOf(await table.get(keys.share(session.shareId), { consistent: true }), now);
  if (!share) return undefined;
  return { id: `share:${share.shareId}`, kind: "share", name: "", roles: [], scopes: [] };
}
