import type { Caller } from "../access/principal.ts";
import { type AuditOutcome, auditRecord, auditWrite } from "../audit/record.ts";
import { keys, type StudyKey } from "../catalog/keys.ts";
import { ConditionFailed, Problem } from "../errors.ts";
import { newUlid } from "../new-ulid.ts";
import type { Clock, Table, Write } from "../ports.ts";
import { chargeTry } from "./charge-try.ts";
import type {
  ShareAccessItem,
  ShareItem,
  SharePermission,
  ShareSessionItem,
  ShareTokenItem,
} from "./items.ts";
import { linkState } from "./link-state.ts";
import { passcodeMatches } from "./passcode.ts";
import { accessTokenFor, type OpeningRequest, repeatedSession } from "./repeat-opening.ts";
import { sessionSeconds, tokenHash } from "./token.ts";

export interface OpenDeps {
  /** Not narrowed: the token is the credential, and only what it hashes to is read. */
  readonly table: Table;
  readonly clock: Clock;
}

export interface OpenedLink {
  readonly accessToken: string;
  readonly tokenType: "Bearer";
  readonly expiresAt: string;
  readonly shareId: string;
  /** The image root: `/dicomweb/{scope}`. */
  readonly scope: string;
  readonly permission: SharePermission;
}

/** One answer for unknown, expired, revoked, locked and used-up links: a stranger learns nothing from it. */
const closed = () =>
  new Problem("link-closed", "Ask whoever gave you this link for a new one, or try again later.");
const passcodeRequired = () =>
  new Problem("passcode-required", "Enter the passcode you were given with the link.");

/**
 * Opens a link: its token in, a short-lived access token for exactly its study out. Every path reads two items and hashes
 * one passcode, so that a closed link and an unknown one also take the same time.
 * Throws Problem("link-closed"), or Problem("passcode-required") for a missing or wrong passcode on an open link.
 */
export async function openLink(caller: Caller, deps: OpenDeps, input: OpeningRequest): Promise<OpenedLink> {
  const now = deps.clock.now();
  const share = await findShare(deps.table, input.token);
  const accessToken = accessTokenFor(share, input);
  const earlier = await repeatedSession(deps.table, share, input, { accessToken, now });
  if (share !== undefined && earlier !== undefined) return openedLink(share, accessToken, earlier.expiresAt);
  const state = share && linkState(share, now);
  const open = share !== undefined && state === "open";
  const guess = open && share.passcode !== undefined && input.passcode !== undefined;
  const charged = guess ? await chargeTry(deps.table, share.shareId, now) : undefined;
  const matches = await passcodeMatches(input.passcode, share?.passcode);
  const guessedLocked = state === "locked" && input.passcode !== undefined;
  if (share !== undefined && (guessedLocked || (guess && charged === undefined)))
    await recordGuess(caller, deps, share, { now, outcome: "locked" });
  if (!open || (guess && charged === undefined)) throw closed();
  if (share.passcode !== undefined && !matches) {
    if (guess) await recordGuess(caller, deps, share, { now, outcome: "wrong-passcode" });
    throw charged === "last" ? closed() : passcodeRequired();
  }
  return record(caller, deps, share, accessToken).catch(async (error: unknown) => {
    if (!(error instanceof ConditionFailed)) throw error;
    // Asked twice at the same moment: the other one counted.
    const other = await repeatedSession(deps.table, share, input, { accessToken, now });
    if (other === undefined) throw closed();
    return openedLink(share, accessToken, other.expiresAt);
  });
}

async function findShare(table: Table, token: string): Promise<ShareItem | undefined> {
  const known = (await table.get(keys.shareToken(tokenHash(token)), { consistent: true })) as
    | ShareTokenItem
    | undefined;
  const shareId = known?.shareId ?? "unknown";
  return (await table.get(keys.share(shareId), { consistent: true })) as ShareItem | undefined;
}

/** Also at a locked link: its hospital sees that somebody goes on guessing. */
async function recordGuess(
  caller: Caller,
  deps: OpenDeps,
  share: ShareItem,
  { now, outcome }: { readonly now: Date; readonly outcome: ShareAccessItem["outcome"] },
): Promise<void> {
  await deps.table.write([
    { op: "put", item: accessItem(caller, share, now, outcome) },
    auditOf(caller, share, now, "denied"),
  ]);
}

/**
 * Counts the opening and makes it usable in one transaction: concurrent openings never exceed the maximum. Throws
 * ConditionFailed when they would.
 */
async function record(
  caller: Caller,
  { table, clock }: OpenDeps,
  share: ShareItem,
  accessToken: string,
): Promise<OpenedLink> {
  const now = clock.now();
  const { shareId, permission } = share;
  const lives = now.getTime() + sessionSeconds * 1000;
  const expiresAt = Math.floor(Math.min(lives, Date.parse(share.expiresAt)) / 1000);
  const session: ShareSessionItem = {
    ...keys.shareSession(tokenHash(accessToken)),
    type: "share-session",
    ...studyOf(share),
    shareId,
    permission,
    expiresAt,
  };
  const over = { attribute: "expiresAt", is: "<=", value: Math.floor(now.getTime() / 1000) } as const;
  await table.write([
    countOpening(share, now),
    { op: "put", item: session, when: [[{ attribute: "pk", is: "absent" }], [over]] },
    { op: "put", item: accessItem(caller, share, now, "opened") },
    auditOf(caller, share, now, "permitted"),
  ]);
  return openedLink(share, accessToken, expiresAt);
}

function openedLink({ shareId, permission }: ShareItem, accessToken: string, expires: number): OpenedLink {
  const expiresAt = new Date(expires * 1000).toISOString();
  return { accessToken, tokenType: "Bearer", expiresAt, shareId, scope: `share-${shareId}`, permission };
}

function countOpening(share: ShareItem, now: Date): Write {
  return {
    op: "update",
    key: keys.share(share.shareId),
    add: { openings: 1 },
    set: { tries: 0, locks: 0, lockedUntil: "" },
    when: [
      [
        { attribute: "revokedAt", is: "absent" },
        { attribute: "expiresAt", is: ">", value: now.toISOString() },
        ...(share.maxOpenings === undefined
          ? []
          : [{ attribute: "openings", is: "<", value: share.maxOpenings } as const]),
      ],
    ],
  };
}

function accessItem(
  caller: Caller,
  share: ShareItem,
  now: Date,
  outcome: ShareAccessItem["outcome"],
): ShareAccessItem {
  const [accessId, at] = [newUlid(now.getTime()), now.toISOString()];
  return {
    ...keys.shareAccess(share.shareId, at, accessId),
    type: "share-access",
    ...studyOf(share),
    shareId: share.shareId,
    accessId,
    at,
    outcome,
    sourceIp: caller.sourceIp,
    userAgent: caller.userAgent.slice(0, 256),
  };
}

const studyOf = ({ region, hospital, studyUid }: StudyKey): StudyKey => ({ region, hospital, studyUid });

/** The caller is nobody here until the link says whose guest they are. No policy is asked: the token decides. */
function auditOf(caller: Caller, share: ShareItem, at: Date, outcome: AuditOutcome): Write {
  const { region, hospital, studyUid, shareId } = share;
  const principal = { id: `share:${shareId}`, kind: "share", name: "", roles: [], scopes: [] } as const;
  return auditWrite(
    auditRecord({
      caller: { ...caller, principal },
      action: "openShare",
      outcome,
      policies: [share.passcode ? "link-token-and-passcode" : "link-token"],
      hospital: { region, hospital },
      audited: { studyUid, shareId },
      at,
    }),
  );
}
