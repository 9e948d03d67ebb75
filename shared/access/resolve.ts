/** Finds what a request acts on, before anyone asks whether it may: the route's target and the items it needs. */
import type { HospitalKey } from "../catalog/keys.ts";
import type { Route, Target } from "../contract/route.ts";
import { Problem } from "../errors.ts";
import type { Table } from "../ports.ts";
import type { Reach } from "./grant.ts";
import { grantedStudies } from "./granted-studies.ts";
import type { Principal } from "./principal.ts";
import { noReach } from "./reach.ts";
import { resolveItem } from "./resolve-item.ts";
import { resolveScope } from "./resolve-scope.ts";
import { resolveStudy } from "./resolve-study.ts";
import type { Resource } from "./resource.ts";

export interface Asked {
  readonly route: Route & { readonly access: { readonly target: Target } };
  readonly principal: Principal;
  /** Path parameters, checked for their form. */
  readonly params: Readonly<Record<string, string>>;
  /** `?hospital=`. */
  readonly hospital?: string;
}

export interface Catalog {
  readonly table: Table;
  readonly region: string;
  readonly now: Date;
}

/** The target and what would be in reach once it is permitted. */
export interface Resolved {
  readonly resource: Resource;
  readonly reach: Reach;
  readonly study?: HospitalKey & { readonly studyUid: string };
  readonly hospital?: HospitalKey;
  /** Ids of policies that put more in reach than the target itself. */
  readonly policies?: readonly string[];
}

/** undefined: there is no such thing, or not for this principal; the two look the same. */
export type Resolve = (catalog: Catalog, asked: Asked) => Promise<Resolved | undefined>;

export const resolvers = {
  "own-hospital": resolveHospital,
  scope: resolveScope,
  study: resolveStudy,
  report: resolveItem,
  share: resolveItem,
  consult: resolveItem,
  "opened-share": resolveItem,
  network: async (_, { route }) => ({
    resource: { type: "Network", id: "network" },
    reach: { ...noReach, network: route.method !== "GET" },
  }),
  self: async (_, { principal }) => ({ resource: { type: "Account", id: principal.id }, reach: noReach }),
} as const satisfies Record<Target, Resolve>;

/** The type a target has in the policies. */
export function resourceType({ route, params }: Asked): Resource["type"] {
  const types = {
    "own-hospital": "Hospital",
    scope: isOneStudy(params) ? "Study" : "Hospital",
    study: "Study",
    report: "Report",
    share: "Link",
    "opened-share": "Link",
    consult: "Consult",
    network: "Network",
    self: "Account",
  } as const satisfies Record<Target, Resource["type"]>;
  return types[route.access.target];
}

/** A consult's and a link's root hold one study, named in the path or not. */
const isOneStudy = ({ studyUid, scope = "" }: Asked["params"]): boolean =>
  studyUid !== undefined || /^(consult|share)-/.test(scope);

async function resolveHospital({ region }: Catalog, asked: Asked): Promise<Resolved | undefined> {
  const { principal } = asked;
  const hospital = asked.hospital ?? principal.hospital;
  if (hospital === undefined) {
    throw new Problem("invalid-request", "Say which hospital: ?hospital=", {
      extensions: { parameter: "hospital" },
    });
  }
  const key = { region, hospital };
  const { grantees, policies } =
    hospital === principal.hospital ? grantedStudies(asked) : { grantees: [], policies: [] };
  return {
    resource: { type: "Hospital", id: hospital, hospital },
    reach: { hospitals: [key], studies: [], grantees },
    hospital: key,
    policies,
  };
}
