/** What an issuer may say of whoever signs in there: being trusted by the network makes nobody trusted for all of it. */
import type { Principal, Role } from "./principal.ts";
import { TokenRefused } from "./token-refused.ts";

export interface IssuerLimits {
  /** Hospitals the issuer speaks for. Only with `all` may a token name none, as those of the network's own people do. */
  readonly hospitals: "all" | readonly string[];
  /** Roles it may give; machines have `service`. */
  readonly roles: readonly Role[];
}

/** Throws TokenRefused, whose words hold no claim, when the principal is more than its issuer may say. */
export function assertWithin({ hospitals, roles }: IssuerLimits, principal: Principal): void {
  if (!principal.roles.every((role) => roles.includes(role)))
    throw new TokenRefused("The token claims a role that its issuer may not give");
  if (hospitals === "all") return;
  if (principal.hospital === undefined || !hospitals.includes(principal.hospital))
    throw new TokenRefused("The token claims a hospital that its issuer does not speak for");
}
