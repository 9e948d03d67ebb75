/**
 * What a permitted request carries into its use case: stores already narrowed to what the principal may reach, and the
 * means to leave an audit record. A use case never sees an un-narrowed store.
 */
import type { HospitalKey, StudyKey } from "../catalog/keys.ts";
import type { DownloadSigner, ObjectStore, Table, Write } from "../ports.ts";
import type { Caller } from "./principal.ts";

export interface Reach {
  /** Hospitals all of whose data is in reach. */
  readonly hospitals: readonly HospitalKey[];
  /** Single studies in reach through StudyAccess items. */
  readonly studies: readonly StudyKey[];
  /** Grantees whose StudyAccess partitions may be read: `hospital-…`, `consult-…`, `share-…`. */
  readonly grantees: readonly string[];
  /** The network's own items (hospitals, key groups) may be written; reading profiles is always allowed. */
  readonly network?: boolean;
}

/** What an audit record says besides who, when, from where and which policy: never a patient's data. */
export interface Audited {
  readonly hospital?: HospitalKey;
  readonly studyUid?: string;
  /** Of a list: the hospital's studies that were on the page. */
  readonly studyUids?: readonly string[];
  readonly seriesUid?: string;
  readonly sopUid?: string;
  readonly reportId?: string;
  readonly shareId?: string;
  readonly consultId?: string;
  readonly orderId?: string;
  readonly uploadId?: string;
  /** Anything else worth knowing later, such as how many studies a search found. The stated purpose is added by itself. */
  readonly detail?: string;
}

export interface Grant {
  readonly caller: Caller;
  /** The route's id, as the audit record names the action. */
  readonly action: string;
  /** Ids of the Cedar policies that allowed it. */
  readonly policies: readonly string[];
  readonly reach: Reach;
  /**
   * The study a `study`, `report`, `share`, `consult` or `opened-share` route was narrowed to; also of a `scope` route whose
   * path names a study: looked up in the scope's hospitals and granted studies, 404 when in none, 409 when in several.
   */
  readonly study?: StudyKey;
  /** Hospital the caller acts for in this request. */
  readonly hospital?: HospitalKey;
  readonly table: Table;
  readonly objects: ObjectStore;
  /** Signs reads of objects in reach, and of no others. */
  readonly downloads: DownloadSigner;
  /** Writes to put into the use case's own transaction. */
  auditWrites(audited: Audited): readonly Write[];
  /** Makes the record durable now: for reads, before the answer. */
  audit(audited: Audited): Promise<void>;
}
