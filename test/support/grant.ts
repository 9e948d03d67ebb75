/** Grants for tests of use cases: stores in memory, narrowed as a request's would be. */
import { granteeOf } from "../../shared/access/decide.ts";
import type { Audited, Grant, Reach } from "../../shared/access/grant.ts";
import { narrowDownloads, narrowObjects } from "../../shared/access/narrow-objects.ts";
import { narrowTable } from "../../shared/access/narrow-table.ts";
import type { Principal } from "../../shared/access/principal.ts";
import { noReach } from "../../shared/access/reach.ts";
import { auditNow, auditRecord, auditWrites, networkAudit } from "../../shared/audit/record.ts";
import type { StudyKey } from "../../shared/catalog/keys.ts";
import type { Clock, ObjectStore, Table } from "../../shared/ports.ts";
import { fixedClock } from "./memory/clock.ts";
import { memoryDownloadSigner } from "./memory/download-signer.ts";
import { memoryObjects } from "./memory/objects.ts";
import { memoryTable } from "./memory/table.ts";
import { callerFor, testRegion } from "./principals.ts";

export interface GrantOptions {
  readonly principal: Principal;
  /** The route's id. */
  readonly action: string;
  readonly table?: Table;
  readonly objects?: ObjectStore;
  readonly clock?: Clock;
  /** Narrowed to one study, as `study`, `report` and `consult` routes are; else to the principal's whole hospital. */
  readonly study?: StudyKey;
  readonly reach?: Reach;
}

/** A grant over the given stores (pass the same ones to several grants to let people work on the same data). */
export function testGrant(options: GrantOptions): Grant {
  const { principal, action, study } = options;
  const clock = options.clock ?? fixedClock();
  const table = options.table ?? memoryTable();
  const objects = options.objects ?? memoryObjects({ clock });
  const hospital = { region: testRegion, hospital: principal.hospital ?? networkAudit };
  const caller = callerFor(principal);
  const reach = options.reach ?? defaultReach(principal, study);
  const owner = study ? { region: study.region, hospital: study.hospital } : hospital;
  const record = (audited: Audited) =>
    auditRecord({
      caller,
      action,
      outcome: "permitted",
      policies: ["test"],
      hospital: owner,
      audited: { ...(study && { studyUid: study.studyUid }), ...audited },
      at: clock.now(),
    });
  return {
    caller,
    action,
    policies: ["test"],
    reach,
    hospital,
    ...(study && { study }),
    table: narrowTable(table, reach, () => clock.now()),
    objects: narrowObjects(objects, reach),
    downloads: narrowDownloads(memoryDownloadSigner(objects, clock), reach),
    auditWrites: (audited) => auditWrites(record(audited)),
    audit: (audited) => auditNow(table, record(audited)),
  };
}

function defaultReach(principal: Principal, study: StudyKey | undefined): Reach {
  const grantee = granteeOf(principal);
  const grantees = grantee === undefined ? [] : [grantee];
  if (study) return { hospitals: [], studies: [study], grantees };
  if (principal.hospital === undefined) return { ...noReach, network: true };
  return { hospitals: [{ region: testRegion, hospital: principal.hospital }], studies: [], grantees };
}
