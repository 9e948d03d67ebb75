/** Asks Cedar. The policies are read once, at the first decision; the next take a fraction of a millisecond. */
import {
  type EntityJson,
  type PolicyJson,
  preparsePolicySet,
  statefulIsAuthorized,
} from "@cedar-policy/cedar-wasm/nodejs";
import { actionGroups, policies } from "./policies/compiled.ts";
import type { Principal } from "./principal.ts";
import type { Resource } from "./resource.ts";

export interface Decision {
  readonly allowed: boolean;
  /** Ids of the policies that decided: those that permitted, or those that forbade. */
  readonly policies: readonly string[];
}

const policySetId = "medical-image-cloud";
let ready = false;

/** Not at import: preflights and public routes never decide anything. */
function readPolicies(): void {
  if (ready) return;
  const parsed = preparsePolicySet(policySetId, { staticPolicies: policiesById() });
  if (parsed.type === "failure") throw new Error(`Policies do not parse: ${parsed.errors[0]?.message}`);
  ready = true;
}

const policiesById = (): Record<string, PolicyJson> =>
  Object.fromEntries(Object.entries(policies).map(([id, policy]) => [id, JSON.parse(policy) as PolicyJson]));

const principalTypes = { user: "User", machine: "Machine", share: "Visitor" } as const;

/** The name under which StudyAccess items give this principal access: its hospital, or the link it opened. */
export function granteeOf(principal: Principal): string | undefined {
  if (principal.kind === "share") return principal.id.replace(/^share:/, "share-");
  return principal.hospital === undefined ? undefined : `hospital-${principal.hospital}`;
}

/** `searchStudies` → `SearchStudies`. */
export const actionName = (routeId: string): string => routeId.charAt(0).toUpperCase() + routeId.slice(1);

/** `action` is a route's id. Throws when the policies cannot be evaluated: an answer is never guessed. */
export function decide(principal: Principal, action: string, resource: Resource): Decision {
  readPolicies();
  const who = principalEntity(principal);
  const what = resourceEntity(resource);
  const answer = statefulIsAuthorized({
    principal: who.uid,
    action: { type: "Action", id: actionName(action) },
    resource: what.uid,
    context: {},
    preparsedPolicySetId: policySetId,
    entities: [who, what, actionEntity(actionName(action))],
  });
  if (answer.type === "failure") throw new Error(`Policy evaluation failed: ${answer.errors[0]?.message}`);
  const { decision, diagnostics } = answer.response;
  return { allowed: decision === "allow", policies: [...diagnostics.reason].sort() };
}

function principalEntity(principal: Principal): EntityJson {
  const { hospital, licence } = principal;
  const grantee = granteeOf(principal);
  return {
    uid: { type: principalTypes[principal.kind], id: principal.id },
    attrs: {
      ...(hospital === undefined ? {} : { hospital }),
      ...(licence === undefined ? {} : { licence }),
      ...(grantee === undefined ? {} : { grantee }),
    },
    parents: principal.roles.map((role) => ({ type: "Role", id: role })),
  };
}

function resourceEntity({ type, id, ...attributes }: Resource): EntityJson {
  const attrs: EntityJson["attrs"] = {};
  for (const [name, value] of Object.entries(attributes)) attrs[name] = value as string | string[];
  return { uid: { type, id }, attrs, parents: [] };
}

const actionEntity = (name: string): EntityJson => ({
  uid: { type: "Action", id: name },
  attrs: {},
  parents: (actionGroups[name] ?? []).map((id) => ({ type: "Action", id })),
});
