/** People and machines of a small network, for tests: three hospitals in tiers, as the local cloud seeds them. */
import type { Caller, Principal, Role } from "../../shared/access/principal.ts";

export const testRegion = "eu-central-1";

/** Someone with these roles at this hospital (none for a network's own people). */
export function user(
  role: Role | readonly Role[],
  hospital?: string,
  more: Partial<Principal> = {},
): Principal {
  const roles = typeof role === "string" ? [role] : role;
  return {
    id: `user:${roles.join("+")}@${hospital ?? "network"}`,
    kind: "user",
    name: `${roles.join(" and ")} of ${hospital ?? "the network"}`,
    roles,
    licence: "110105198001012345",
    authenticatedAt: "2027-03-01T07:30:00.000Z",
    scopes: [],
    ...(hospital !== undefined && { hospital }),
    ...more,
  };
}

export const machine = (hospital: string): Principal => ({
  id: `machine:gateway-${hospital}`,
  kind: "machine",
  name: `Gateway of ${hospital}`,
  roles: ["service"],
  hospital,
  scopes: [],
});

export const visitor = (shareId: string): Principal => ({
  id: `share:${shareId}`,
  kind: "share",
  name: "Holder of a link",
  roles: [],
  scopes: [],
});

export const callerFor = (principal: Principal): Caller => ({
  principal,
  requestId: "request-1",
  sourceIp: "192.0.2.1",
  userAgent: "test",
});
