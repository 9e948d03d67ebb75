/** Requests over a whole hospital: whether studies that other hospitals gave it are in reach too. */
import { networkAudit } from "../audit/record.ts";
import { type Decision, decide, granteeOf } from "./decide.ts";
import type { Asked } from "./resolve.ts";

export interface GrantedStudies {
  /** Whose StudyAccess items the request may read: none, or the principal's own grantee. */
  readonly grantees: readonly string[];
  /** What permitted it; on record beside what permitted the hospital. */
  readonly policies: Decision["policies"];
}

/** Asks the policies as for one such study: who may not open it must not find it in a list either. */
export function grantedStudies({ principal, route }: Pick<Asked, "principal" | "route">): GrantedStudies {
  const grantee = granteeOf(principal);
  if (grantee === undefined) return { grantees: [], policies: [] };
  const { allowed, policies } = decide(principal, route.id, {
    type: "Study",
    id: "granted",
    hospital: networkAudit,
    viewers: [grantee],
    reporters: [],
    downloaders: [],
  });
  return allowed ? { grantees: [grantee], policies } : { grantees: [], policies: [] };
}
