/** From a request to a Grant: find the target, let the policies decide, narrow the stores. */
import { auditNow, auditRecord, auditWrites, networkAudit } from "../audit/record.ts";
import type { HospitalKey } from "../catalog/keys.ts";
import { Problem } from "../errors.ts";
import type { Clock, DownloadSigner, ObjectStore, Table } from "../ports.ts";
import { decide, granteeOf } from "./decide.ts";
import type { Audited, Grant } from "./grant.ts";
import { narrowDownloads, narrowObjects } from "./narrow-objects.ts";
import { narrowTable } from "./narrow-table.ts";
import type { Caller } from "./principal.ts";
import { type Asked, type Resolved, resolvers, resourceType } from "./resolve.ts";
import { mostFavourable } from "./resource.ts";

/** Stores that reach everything. Only authorisation sees them. */
export interface WholeStores {
  readonly table: Table;
  readonly objects: ObjectStore;
  readonly downloads: DownloadSigner;
  readonly clock: Clock;
  /** Home region of the deployment. */
  readonly region: string;
}

export interface AccessRequest extends Omit<Asked, "principal"> {
  readonly caller: Caller;
  /** The caller's stated purpose of use. */
  readonly purpose?: string;
}

export interface Authorised {
  readonly grant: Grant;
  /** Leaves a record of the request unless its use case already did. */
  ensureAudited(): Promise<void>;
}

/**
 * Throws Problem `forbidden` where the principal may never do this, `not-found` where the target is absent or another's:
 * a stranger learns nothing from the difference. Either way the refusal is on record first.
 */
export async function authorise(stores: WholeStores, request: AccessRequest): Promise<Authorised> {
  const { principal } = request.caller;
  const asked: Asked = { ...request, principal };
  const resolved = await resolve(stores, request, asked);
  if (!resolved) return refuse(stores, request, mayEver(asked) ? "not-found" : "forbidden", []);
  const { allowed, policies } = decide(principal, request.route.id, resolved.resource);
  if (allowed) return granted(stores, request, resolved, [...policies, ...(resolved.policies ?? [])]);
  return refuse(stores, request, mayEver(asked) ? refusal(resolved) : "forbidden", policies);
}

/** What is wrong with a request is told only to those who could do it if it were right. */
async function resolve(
  stores: WholeStores,
  request: AccessRequest,
  asked: Asked,
): Promise<Resolved | undefined> {
  const catalog = { table: stores.table, region: stores.region, now: stores.clock.now() };
  try {
    return await resolvers[request.route.access.target](catalog, asked);
  } catch (error) {
    if (error instanceof Problem && !mayEver(asked)) return undefined;
    throw error;
  }
}

/** What the caller may not do even with the best possible claim, they may not do at all. */
function mayEver(asked: Asked): boolean {
  const { principal, route } = asked;
  const grantee = granteeOf(principal) ?? "";
  const hospital = principal.hospital ?? "";
  return decide(principal, route.id, mostFavourable(resourceType(asked), hospital, grantee)).allowed;
}

/** Hospitals are no secret; a study, report, link or consult of another hospital is. */
const refusal = ({ resource }: Resolved): "forbidden" | "not-found" =>
  resource.type === "Hospital" || resource.type === "Network" ? "forbidden" : "not-found";

async function refuse(
  stores: WholeStores,
  request: AccessRequest,
  type: "forbidden" | "not-found",
  policies: readonly string[],
): Promise<never> {
  const { caller, route, params } = request;
  const hospital = hospitalOf(stores, caller);
  const at = stores.clock.now();
  const audited = namedIn(params);
  const { purpose } = request;
  const outcome = "denied";
  await auditNow(
    stores.table,
    auditRecord({ caller, action: route.id, outcome, policies, hospital, audited, purpose, at }),
  );
  if (type === "forbidden")
    throw new Problem("forbidden", `Your role may not do this here: ${route.summary}`);
  throw new Problem("not-found", "There is no such thing, or you may not see it");
}

function granted(
  stores: WholeStores,
  request: AccessRequest,
  resolved: Resolved,
  policies: readonly string[],
): Authorised {
  const { caller, route, params, purpose } = request;
  const { reach, study, hospital } = resolved;
  let audited = false;
  const record = (said: Audited) => {
    audited = true;
    return auditRecord({
      caller,
      action: route.id,
      outcome: "permitted",
      policies,
      hospital: study ? hospitalPart(study) : (hospital ?? hospitalOf(stores, caller)),
      audited: {
        ...namedIn(params),
        ...(study && { studyUid: study.studyUid }),
        ...said,
      },
      purpose,
      at: stores.clock.now(),
    });
  };
  const grant: Grant = {
    caller,
    action: route.id,
    policies,
    reach,
    ...(study && { study }),
    ...(hospital && { hospital }),
    table: narrowTable(stores.table, reach, () => stores.clock.now()),
    objects: narrowObjects(stores.objects, reach),
    downloads: narrowDownloads(stores.downloads, reach),
    auditWrites: (said) => auditWrites(record(said)),
    audit: (said) => auditNow(stores.table, record(said)),
  };
  return { grant, ensureAudited: async () => (audited ? undefined : grant.audit({})) };
}

const hospitalPart = ({ region, hospital }: HospitalKey): HospitalKey => ({ region, hospital });

/** Under whose audit a refusal goes: the caller's own hospital must hear of it. */
const hospitalOf = ({ region }: WholeStores, { principal }: Caller): HospitalKey => ({
  region,
  hospital: principal.hospital ?? networkAudit,
});

const auditedParams = [
  "studyUid",
  "seriesUid",
  "sopUid",
  "reportId",
  "shareId",
  "consultId",
  "orderId",
  "uploadId",
] as const;

/** Identifiers the path names. */
function namedIn(params: Readonly<Record<string, string>>): Audited {
  const named = auditedParams.filter((name) => params[name] !== undefined);
  return Object.fromEntries(named.map((name) => [name, params[name]]));
}
