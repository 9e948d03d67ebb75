/** Items of a link. The link's token is stored nowhere, only its hash. */
import type { HospitalKey, StudyKey } from "../catalog/keys.ts";
import type { Item } from "../ports.ts";
import type { HashedPasscode } from "./passcode.ts";

export type SharePermission = "view" | "download";

export interface ShareItem extends Item, StudyKey {
  readonly type: "share";
  readonly shareId: string;
  /** A link to one report shows that report and no images. */
  readonly reportId?: string;
  readonly permission: SharePermission;
  /** UTC ISO-8601: text, which the table's TTL passes over, since an expired link stays on record. */
  readonly expiresAt: string;
  readonly maxOpenings?: number;
  readonly openings: number;
  readonly passcode?: HashedPasscode;
  /** Wrong passcodes since the last right one or the last lock. */
  readonly tries: number;
  /** Locks since the last right passcode: each is twice as long. */
  readonly locks: number;
  /** UTC ISO-8601; empty when never locked. */
  readonly lockedUntil: string;
  readonly createdBy: string;
  readonly createdAt: string;
  readonly revokedAt?: string;
}

export interface ShareTokenItem extends Item, StudyKey {
  readonly type: "share-token";
  readonly shareId: string;
}

export interface ShareListItem extends Item, HospitalKey {
  readonly type: "share-list";
  readonly shareId: string;
}

/** What the short-lived access token (`mics_…`) of an opening stands for. */
export interface ShareSessionItem extends Item, StudyKey {
  readonly type: "share-session";
  readonly shareId: string;
  readonly permission: SharePermission;
  /** Epoch seconds; also the table's TTL. */
  readonly expiresAt: number;
}

export interface ShareAccessItem extends Item, StudyKey {
  readonly type: "share-access";
  readonly shareId: string;
  readonly accessId: string;
  readonly at: string;
  /** `locked`: a passcode tried while the link is locked, right or wrong; it is not compared. */
  readonly outcome: "opened" | "wrong-passcode" | "locked";
  readonly sourceIp: string;
  readonly userAgent: string;
}
