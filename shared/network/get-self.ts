import type { Principal } from "../access/principal.ts";
import type { SelfView } from "../contract/schemas/network.ts";

/** Who the token says the caller is, member by member: what the authorizer adds later does not leak by itself. */
export function selfView(principal: Principal): SelfView {
  const { id, kind, name, roles, hospital, licence, authenticatedAt, scopes } = principal;
  return {
    id,
    kind,
    name,
    roles: [...roles],
    ...(hospital !== undefined && { hospital }),
    ...(licence !== undefined && { licence }),
    ...(authenticatedAt !== undefined && { authenticatedAt }),
    scopes: [...scopes],
  };
}
