import type { Grant } from "../access/grant.ts";
import type { StudyAccessItem } from "../catalog/items.ts";
import { keys, type StudyKey } from "../catalog/keys.ts";
import { putOnce } from "../catalog/put-once.ts";
import { ConditionFailed, Problem } from "../errors.ts";
import type { Clock } from "../ports.ts";
import type { ReportItem } from "../report/items.ts";
import type { ShareItem, ShareListItem, SharePermission, ShareTokenItem } from "./items.ts";
import { loadShare, ownHospital } from "./load-share.ts";
import { hashPasscode } from "./passcode.ts";
import { newToken, tokenHash } from "./token.ts";

export const shareLimits = { defaultDays: 7, days: 90 } as const;

export interface ShareDeps {
  readonly clock: Clock;
  /** Origin of the share page, such as `https://film.example.org`. */
  readonly webOrigin: string;
}

export interface ShareRequest {
  readonly studyUid: string;
  readonly reportId?: string | undefined;
  readonly expiresInDays?: number | undefined;
  readonly passcode?: string | undefined;
  readonly permission?: SharePermission | undefined;
  readonly maxOpenings?: number | undefined;
}

export interface CreatedShare {
  readonly shareId: string;
  /** The token is after `#`, which browsers and chat previews never send. Said once, stored nowhere. */
  readonly url: string;
  readonly studyUid: string;
  readonly reportId?: string;
  readonly permission: SharePermission;
  readonly expiresAt: string;
  readonly maxOpenings?: number;
  readonly passcode: boolean;
}

const grantee = (shareId: string): string => `share-${shareId}`;

/**
 * Makes a link to a study of the caller's hospital, or to one signed report on it. `shareId`: a fresh ULID; a repetition
 * under the same one makes no second link (`reissueLink` answers it).
 */
export async function createShare(
  grant: Grant,
  deps: ShareDeps,
  input: ShareRequest & { readonly shareId: string },
): Promise<CreatedShare> {
  const study = await ownStudy(grant, input);
  const share = await newShare(grant, deps.clock.now(), study, input);
  const { shareId } = share;
  const hospital = ownHospital(grant);
  const token = newToken();
  const listed: ShareListItem = {
    ...keys.shareList(hospital, shareId),
    type: "share-list",
    ...hospital,
    shareId,
  };
  const audit = grant.auditWrites({ hospital, studyUid: study.studyUid, shareId, ...reportOf(input) });
  try {
    await grant.table.write([
      putOnce(share),
      putOnce(tokenItem(share, token)),
      putOnce(listed),
      putOnce(accessItem(share, study)),
      ...audit,
    ]);
  } catch (error) {
    if (error instanceof ConditionFailed) return reissueLink(grant, deps, { shareId });
    throw error;
  }
  return created(share, deps, token);
}

/**
 * A repeated request to make a link: the first answer's token is stored nowhere, so it gets another token for the same
 * link. Both open it, both count against it, and revoking it closes both.
 */
export async function reissueLink(
  grant: Grant,
  deps: ShareDeps,
  input: { readonly shareId: string },
): Promise<CreatedShare> {
  const share = await loadShare(grant, input.shareId);
  const { region, hospital, studyUid, shareId } = share;
  const token = newToken();
  await grant.table.write([
    putOnce(tokenItem(share, token)),
    ...grant.auditWrites({ hospital: { region, hospital }, studyUid, shareId, detail: "token issued again" }),
  ]);
  return created(share, deps, token);
}

function tokenItem({ region, hospital, studyUid, shareId }: ShareItem, token: string): ShareTokenItem {
  return {
    ...keys.shareToken(tokenHash(token)),
    type: "share-token",
    region,
    hospital,
    studyUid,
    shareId,
  };
}

function created(share: ShareItem, deps: ShareDeps, token: string): CreatedShare {
  return {
    shareId: share.shareId,
    url: `${deps.webOrigin}/s#${token}`,
    studyUid: share.studyUid,
    ...reportOf(share),
    permission: share.permission,
    expiresAt: share.expiresAt,
    ...(share.maxOpenings !== undefined && { maxOpenings: share.maxOpenings }),
    passcode: share.passcode !== undefined,
  };
}

const reportOf = ({ reportId }: { readonly reportId?: string | undefined }) =>
  reportId === undefined ? {} : { reportId };

/** Throws Problem("not-found") unless the caller's hospital holds the study, and the report on it is signed. */
async function ownStudy(grant: Grant, { studyUid, reportId }: ShareRequest): Promise<StudyKey> {
  const study = { ...ownHospital(grant), studyUid };
  if (!(await grant.table.get(keys.study(study)))) {
    throw new Problem("not-found", "Your hospital holds no such study.");
  }
  if (reportId === undefined) return study;
  const report = (await grant.table.get(keys.report(reportId))) as ReportItem | undefined;
  if (report?.studyUid !== studyUid || report.hospital !== study.hospital || !report.signedVersion) {
    throw new Problem("not-found", "There is no such signed report on this study.");
  }
  return study;
}

async function newShare(
  grant: Grant,
  now: Date,
  study: StudyKey,
  request: ShareRequest & { readonly shareId: string },
): Promise<ShareItem> {
  const {
    shareId,
    expiresInDays = shareLimits.defaultDays,
    passcode,
    permission = "view",
    maxOpenings,
  } = request;
  if (expiresInDays > shareLimits.days) {
    throw new Problem("invalid-request", `A link may stay open for at most ${shareLimits.days} days.`, {
      extensions: { limit: shareLimits.days },
    });
  }
  return {
    ...keys.share(shareId),
    type: "share",
    ...study,
    shareId,
    ...reportOf(request),
    permission,
    expiresAt: new Date(now.getTime() + expiresInDays * 86_400_000).toISOString(),
    ...(maxOpenings !== undefined && { maxOpenings }),
    openings: 0,
    ...(passcode !== undefined && { passcode: await hashPasscode(passcode) }),
    tries: 0,
    locks: 0,
    lockedUntil: "",
    createdBy: grant.caller.principal.id,
    createdAt: now.toISOString(),
  };
}

/** Access of whoever opens the link. A link to a report gives no images. */
function accessItem(share: ShareItem, study: StudyKey): StudyAccessItem {
  const images = share.permission === "download" ? (["view", "download"] as const) : (["view"] as const);
  return {
    ...keys.studyAccess(grantee(share.shareId), study),
    type: "study-access",
    ...study,
    grantee: grantee(share.shareId),
    because: grantee(share.shareId),
    permissions: share.reportId === undefined ? images : [],
    expiresAt: Math.floor(Date.parse(share.expiresAt) / 1000),
  };
}
