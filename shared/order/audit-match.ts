import { auditRecord, auditWrite } from "../audit/record.ts";
import type { StudyKey } from "../catalog/keys.ts";
import type { Write } from "../ports.ts";

/** Records what matching did by itself. */
export function matchAudit(
  { region, hospital, studyUid }: StudyKey,
  { orderId, detail, at }: { readonly orderId: string; readonly detail: string; readonly at: Date },
): Write {
  const principal = {
    id: "machine:order",
    kind: "machine" as const,
    name: "order",
    roles: ["service"] as const,
    scopes: [],
  };
  const owner = { region, hospital };
  return auditWrite(
    auditRecord({
      caller: { principal, requestId: "stream", sourceIp: "", userAgent: "order" },
      action: "matchStudy",
      outcome: "permitted",
      policies: [],
      hospital: owner,
      audited: { hospital: owner, studyUid, orderId, detail },
      at,
    }),
  );
}
