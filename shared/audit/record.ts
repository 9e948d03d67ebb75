/**
 * Who did what to which data, when, from where, why, and which policies decided. Shaped after FHIR R4 AuditEvent
 * (agent, source, entity, purpose, outcome). Holds identifiers only, never a patient's name or a dataset value.
 */
import type { Audited } from "../access/grant.ts";
import type { Caller } from "../access/principal.ts";
import { type HospitalKey, keys } from "../catalog/keys.ts";
import { newUlid } from "../new-ulid.ts";
import type { Item, Table, Write } from "../ports.ts";

export type AuditOutcome = "permitted" | "denied";

export interface AuditRecord extends Item {
  readonly type: "audit";
  readonly recordId: string;
  /** When, UTC ISO-8601. */
  readonly recorded: string;
  /** The route's id. */
  readonly action: string;
  readonly outcome: AuditOutcome;
  readonly agent: {
    readonly id: string;
    readonly kind: string;
    readonly roles: readonly string[];
    readonly hospital?: string;
    readonly licence?: string;
  };
  readonly source: { readonly ip: string; readonly userAgent: string; readonly requestId: string };
  readonly entity: Omit<Audited, "hospital" | "detail">;
  /** Why: the caller's stated purpose of use, as a code of HL7's PurposeOfUse. */
  readonly purpose?: string;
  /** What the use case adds, such as how many studies a search found. */
  readonly detail?: string;
  /** Ids of the Cedar policies that decided. */
  readonly policies: readonly string[];
  /** The hospital whose data it was. */
  readonly region: string;
  readonly hospital: string;
  /** Of a record kept for the agent's hospital: the record itself is with the hospital whose data it was. */
  readonly copy?: true;
}

export interface AuditedRequest {
  readonly caller: Caller;
  readonly action: string;
  readonly outcome: AuditOutcome;
  readonly policies: readonly string[];
  /** Whose audit the record belongs to when `audited` does not say. */
  readonly hospital: HospitalKey;
  readonly audited: Audited;
  readonly purpose?: string | undefined;
  readonly at: Date;
}

/** Records of one hospital and day are spread over this many partitions. */
export const auditShards = 8;
/** Where records without a hospital go. Not a valid hospital id, so it can never be one. */
export const networkAudit = "_network";

export function auditRecord(request: AuditedRequest): AuditRecord {
  const { caller, audited, at } = request;
  const { hospital = request.hospital, detail, ...entity } = audited;
  const { principal } = caller;
  const [recordId, recorded] = [newUlid(at.getTime()), at.toISOString()];
  return {
    ...auditKey(hospital, { recordId, recorded }),
    type: "audit",
    recordId,
    recorded,
    action: request.action,
    outcome: request.outcome,
    agent: {
      id: principal.id,
      kind: principal.kind,
      roles: principal.roles,
      ...(principal.hospital === undefined ? {} : { hospital: principal.hospital }),
      ...(principal.licence === undefined ? {} : { licence: principal.licence }),
    },
    source: { ip: caller.sourceIp, userAgent: caller.userAgent.slice(0, 256), requestId: caller.requestId },
    entity,
    ...(request.purpose === undefined ? {} : { purpose: request.purpose }),
    ...(detail === undefined ? {} : { detail }),
    policies: request.policies,
    region: hospital.region,
    hospital: hospital.hospital,
  };
}

/** The record as a write, where the agent acts for no hospital. */
export function auditWrite(record: AuditRecord): Write {
  return { op: "put", table: "audit", item: record, when: [[{ attribute: "pk", is: "absent" }]] };
}

/**
 * The record as writes for the use case's own transaction. Where somebody of another hospital acted, a copy goes to that
 * hospital, whose auditor answers for its people wherever they read.
 */
export function auditWrites(record: AuditRecord): readonly Write[] {
  const { hospital } = record.agent;
  if (hospital === undefined || hospital === record.hospital) return [auditWrite(record)];
  const place = auditKey({ region: record.region, hospital }, record);
  return [auditWrite(record), auditWrite({ ...record, ...place, copy: true })];
}

function auditKey(owner: HospitalKey, { recordId, recorded }: Pick<AuditRecord, "recordId" | "recorded">) {
  const shard = recordId.charCodeAt(recordId.length - 1) % auditShards;
  return keys.audit(owner, recorded.slice(0, 10), shard, recordId);
}

/** Makes the record durable now: for reads, before the answer. */
export function auditNow(table: Table, record: AuditRecord): Promise<void> {
  return table.write(auditWrites(record));
}
