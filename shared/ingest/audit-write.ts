import type { Audited } from "../access/grant.ts";
import { auditRecord, auditWrite } from "../audit/record.ts";
import type { UploadFileItem } from "../catalog/items.ts";
import type { HospitalKey, InstanceKey } from "../catalog/keys.ts";
import type { Write } from "../ports.ts";
import type { IngestDependencies } from "./dependencies.ts";

/** Records what ingest did by itself, after somebody's upload: the upload's own record says whose. */
export const ingestAudit = (
  deps: IngestDependencies,
  action: string,
  hospital: HospitalKey,
  audited: Audited,
): Write => serviceAudit(deps, "ingest", action, hospital, audited);

/** What became of a file, and of which image. */
export const fileAudit = (
  deps: IngestDependencies,
  action: string,
  file: UploadFileItem,
  image: Pick<InstanceKey, "studyUid" | "seriesUid" | "sopUid">,
): Write =>
  ingestAudit(deps, action, file, { ...image, uploadId: file.uploadId, detail: `file ${file.fileId}` });

/** Records what one of our own functions did by itself. */
export function serviceAudit(
  { clock, requestId }: Pick<IngestDependencies, "clock" | "requestId">,
  service: "ingest" | "rebuild",
  action: string,
  hospital: HospitalKey,
  audited: Audited,
): Write {
  const principal = {
    id: `machine:${service}`,
    kind: "machine" as const,
    name: service,
    roles: ["service"] as const,
    scopes: [],
  };
  const caller = { principal, requestId, sourceIp: "", userAgent: service };
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
