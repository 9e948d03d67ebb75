import type { Audited } from "../access/grant.ts";
import { auditRecord, auditWrite } from "../audit/record.ts";
import type { HospitalKey } from "../catalog/keys.ts";
import type { Write } from "../ports.ts";
import type { IngestDependencies } from "./dependencies.ts";

/** Records what ingest did by itself, after somebody's upload: the upload's own record says whose. */
export function ingestAudit(
  { clock, requestId }: IngestDependencies,
  action: string,
  hospital: HospitalKey,
  audited: Audited,
): Write {
  const principal = {
    id: "machine:ingest",
    kind: "machine" as const,
    name: "ingest",
    roles: ["service"] as const,
    scopes: [],
  };
  const caller = { principal, requestId, sourceIp: "", userAgent: "ingest" };
  const { region, hospital: id } = hospital;
  const owner = { region, hospital: id };
  return auditWrite(
    auditRecord({
      caller,
      action,
      outcome: "permitted",
      policies: [],
      hospital: owner,
      audited: { ...audited, hospital: owner },
      at: clock.now(),
    }),
  );
}
