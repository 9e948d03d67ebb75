import { describe, expect, it } from "@jest/globals";
import { authorise, type WholeStores } from "../../../shared/access/authorise.ts";
import type { Principal } from "../../../shared/access/principal.ts";
import { roles } from "../../../shared/access/principal.ts";
import type { Asked } from "../../../shared/access/resolve.ts";
import { type RouteId, routes } from "../../../shared/contract/routes.ts";
import { Problem } from "../../../shared/errors.ts";
import { parseSearch } from "../../../shared/query/parse-search.ts";
import { searchStudies } from "../../../shared/query/search-studies.ts";
import { storeManyStudies } from "../../support/archive.ts";
import { fixedClock } from "../../support/memory/clock.ts";
import { memoryDownloadSigner } from "../../support/memory/download-signer.ts";
import { memoryObjects } from "../../support/memory/objects.ts";
import type { MemoryTable } from "../../support/memory/table.ts";
import { city, county, ids, networkTable, study, village } from "../../support/network.ts";
import { callerFor, machine, testRegion, user, visitor } from "../../support/principals.ts";

/**
 * Who may do what, one letter a role: T technician, P physician, R radiologist, A hospital-admin, U auditor of a hospital,
 * S service, L holder of a link, N network-operator, W auditor of the whole network, X patient.
 * Columns: those of the hospital that owns the data, of the hospital it was referred to, of any other hospital.
 */
const table: Record<RouteId, readonly [own: string, referred: string, other: string]> = {
  createUpload: ["TAS", "", ""],
  listUploads: ["TAS", "", ""],
  getUpload: ["TAS", "", ""],
  getUploadFindings: ["TAS", "", ""],
  addUploadFiles: ["TAS", "", ""],
  signUploadParts: ["TAS", "", ""],
  listUploadParts: ["TAS", "", ""],
  assembleUploadFile: ["TAS", "", ""],
  completeUpload: ["TAS", "", ""],

  listQuarantine: ["TA", "", ""],
  getQuarantinedFile: ["TA", "", ""],
  retrieveQuarantinedFile: ["TA", "", ""],
  releaseQuarantinedFile: ["TA", "", ""],
  correctQuarantinedFile: ["A", "", ""],
  discardQuarantinedFile: ["A", "", ""],
  listConflicts: ["TA", "", ""],
  retrieveConflictingFile: ["TA", "", ""],
  resolveConflict: ["A", "", ""],

  searchStudies: ["TPRASL", "", ""],
  searchSeries: ["TPRASL", "", ""],
  searchInstances: ["TPRASL", "", ""],
  searchStudySeries: ["TPRASL", "PR", ""],
  searchStudyInstances: ["TPRASL", "PR", ""],
  searchSeriesInstances: ["TPRASL", "PR", ""],
  getStudy: ["TPRAS", "PR", ""],
  retrieveStudyMetadata: ["TPRASL", "PR", ""],
  retrieveSeriesMetadata: ["TPRASL", "PR", ""],
  retrieveInstanceMetadata: ["TPRASL", "PR", ""],
  retrieveFrame: ["TPRASL", "PR", ""],
  retrieveInstanceThumbnail: ["TPRASL", "PR", ""],
  retrieveSeriesThumbnail: ["TPRASL", "PR", ""],
  retrieveStudyThumbnail: ["TPRASL", "PR", ""],
  // The link allows viewing, not downloading.
  retrieveInstance: ["TPRAS", "PR", ""],

  rebuild: ["AN", "N", "N"],
  auditLedger: ["AN", "N", "N"],
  setCharacterSet: ["TA", "", ""],
  setLegalHold: ["A", "", ""],

  createConsult: ["PRA", "", ""],
  getConsult: ["PRA", "PRA", ""],
  listWorklist: ["PRA", "", ""],

  createOrder: ["TPRAS", "", ""],
  listOrders: ["TPRAS", "", ""],
  listUnmatchedStudies: ["TPRAS", "", ""],
  getOrder: ["TPRAS", "", ""],
  getServiceRequest: ["TPRAS", "", ""],
  updateOrder: ["TPRAS", "", ""],
  matchStudy: ["TRA", "", ""],
  unmatchStudy: ["TRA", "", ""],
  correctIdentity: ["A", "", ""],
  restoreIdentity: ["A", "", ""],

  createReport: ["RA", "R", ""],
  listStudyReports: ["PRAS", "PR", ""],
  getReport: ["PRAS", "PR", ""],
  updateReport: ["RA", "R", ""],
  signReport: ["RA", "R", ""],
  amendReport: ["RA", "R", ""],
  verifyReport: ["PRAS", "PR", ""],
  listReportVersions: ["PRAS", "PR", ""],
  getDiagnosticReport: ["PRAS", "PR", ""],

  createShare: ["PRA", "", ""],
  listShares: ["PRA", "", ""],
  revokeShare: ["PRA", "", ""],
  listShareAccesses: ["PRA", "", ""],
  getOpenedShare: ["L", "", ""],

  createHospital: ["N", "N", "N"],
  listQueues: ["N", "N", "N"],
  redriveQueue: ["N", "N", "N"],
  listHospitals: ["TPRAUSNW", "TPRAUSNW", "TPRAUSNW"],
  getHospital: ["TPRAUSNW", "TPRAUSNW", "TPRAUSNW"],
  getSelf: ["TPRAUSNWX", "TPRAUSNWX", "TPRAUSNWX"],

  listAuditRecords: ["AUW", "W", "W"],

  openShare: ["", "", ""],
  getOpenApi: ["", "", ""],
  getSignIn: ["", "", ""],
  getHealth: ["", "", ""],
};
const columns = ["own", "referred", "other"] as const;
type Column = (typeof columns)[number];
const hospitals = { own: village.hospital, referred: county.hospital, other: city.hospital };

const people: Record<string, (column: Column) => Principal> = {
  T: (column) => user("technician", hospitals[column]),
  P: (column) => user("physician", hospitals[column]),
  R: (column) => user("radiologist", hospitals[column]),
  A: (column) => user("hospital-admin", hospitals[column]),
  U: (column) => user("auditor", hospitals[column]),
  S: (column) => machine(hospitals[column]),
  L: (column) => visitor(column === "own" ? ids.shareId : "01JANOTHER0000000000000000"),
  N: () => user("network-operator"),
  W: () => user("auditor"),
  X: (column) => user("patient", hospitals[column]),
};

type PrivateRoute = Asked["route"];
const privateRoutes = routes.filter(
  (route): route is (typeof routes)[number] & PrivateRoute => "target" in route.access,
);

/** A request of this route about the village's data. */
function request(route: PrivateRoute, principal: Principal) {
  const names = [...route.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name as string);
  const scope = principal.kind === "share" ? `share-${ids.shareId}` : `hospital-${village.hospital}`;
  const params = Object.fromEntries(names.map((name) => [name, { ...ids, scope }[name] as string]));
  const named = ["own-hospital", "study"].includes(route.access.target) ? { hospital: village.hospital } : {};
  return { route, params, caller: callerFor(principal), ...named };
}

async function stores(): Promise<WholeStores & { readonly table: MemoryTable }> {
  const clock = fixedClock();
  const objects = memoryObjects({ clock });
  const downloads = memoryDownloadSigner(objects, clock);
  return { table: await networkTable(), objects, downloads, clock, region: testRegion };
}

/** 200, or the status of the refusal. */
async function outcome(route: PrivateRoute, principal: Principal): Promise<number> {
  const whole = await stores();
  try {
    const { grant } = await authorise(whole, request(route, principal));
    expect(grant.policies).not.toEqual([]);
    return 200;
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const records = await whole.table.query({ table: "audit", pk: auditPartition(whole) });
    expect(records.items).toMatchObject([{ outcome: "denied", agent: { id: principal.id } }]);
    return error.status;
  }
}

const auditPartition = ({ table: { items } }: { readonly table: MemoryTable }): string =>
  items("audit")[0]?.pk ?? "none";

/** Who may do it somewhere is told "not there" about what is hidden; who may do it nowhere is told so. */
function expected(route: PrivateRoute, letter: string, column: Column): number {
  const row = table[route.id as RouteId];
  if (row[columns.indexOf(column)]?.includes(letter)) return 200;
  const somewhere = row.some((cell) => cell.includes(letter)) || mayElsewhere(route, letter);
  const hidden = route.access.target !== "own-hospital" && route.access.target !== "network";
  return somewhere && hidden ? 404 : 403;
}

/** Another link might allow downloads. */
const mayElsewhere = (route: PrivateRoute, letter: string): boolean =>
  letter === "L" && route.id === "retrieveInstance";

describe("the table of roles and routes", () => {
  it("names every route, and no other", () => {
    expect(Object.keys(table).sort()).toEqual(routes.map(({ id }) => id).sort());
  });

  it("covers every role", () => {
    const covered = new Set(Object.values(people).flatMap((person) => person("own").roles));
    expect([...covered].sort()).toEqual([...roles].sort());
  });
});

describe.each(privateRoutes)("$id", (route) => {
  it.each(columns)(
    "is allowed to exactly the right people where the data is the hospital's %s",
    async (column) => {
      const actual: Record<string, number> = {};
      const wanted: Record<string, number> = {};
      for (const [letter, person] of Object.entries(people)) {
        actual[letter] = await outcome(route, person(column));
        wanted[letter] = expected(route, letter, column);
      }
      expect(actual).toEqual(wanted);
    },
  );
});

/** Whom `mine` shows the village's study, by the same letters and columns: those who may open it, and nobody else. */
const foundInMine = { own: "TPRAS", referred: "PR", other: "" } as const;

/** Whether a search of everything the principal may see answers the village's study. */
async function finds(principal: Principal): Promise<boolean> {
  const whole = await stores();
  storeManyStudies(whole.table, [{ ...study, name: "Wang^Xiaoming=王^小明" }]);
  const route = privateRoutes.find(({ id }) => id === "searchStudies") as PrivateRoute;
  try {
    const { grant } = await authorise(whole, {
      route,
      params: { scope: "mine" },
      caller: callerFor(principal),
    });
    const { studies } = await searchStudies(grant, parseSearch(new URLSearchParams(), "study"));
    return studies.length > 0;
  } catch (error) {
    if (error instanceof Problem) return false;
    throw error;
  }
}

describe("a search of everything one may see", () => {
  it.each(columns)(
    "finds the study for exactly the right people where it is the hospital's %s",
    async (column) => {
      const found: string[] = [];
      for (const [letter, person] of Object.entries(people))
        if (await finds(person(column))) found.push(letter);
      expect(found.join("")).toBe(foundInMine[column]);
    },
  );
});

describe("a request over the whole hospital", () => {
  it.each(privateRoutes.filter(({ access }) => access.target === "own-hospital"))(
    "$id reaches no study of another hospital",
    async (route) => {
      for (const person of Object.values(people)) {
        const principal = person("referred");
        const asked = { ...request(route, principal), hospital: county.hospital };
        const authorised = await authorise(await stores(), asked).catch(() => undefined);
        expect(authorised?.grant.reach.grantees ?? []).toEqual([]);
      }
    },
  );
});
