/** A Study UID is unique within a hospital only: finds the one study meant, own or granted. */
import { type HospitalKey, keys, type StudyKey } from "../catalog/keys.ts";
import { Problem } from "../errors.ts";
import { granteeOf } from "./decide.ts";
import type { Asked, Catalog, Resolved } from "./resolve.ts";
import type { Granted, Resource } from "./resource.ts";
import { accessOf, accessToStudy, grantedTo, nobody } from "./study-access.ts";

/** `study` targets: wherever the principal may see it, or the hospital that `?hospital=` names. */
export async function resolveStudy(catalog: Catalog, asked: Asked): Promise<Resolved | undefined> {
  const studyUid = asked.params.studyUid ?? "";
  if (asked.hospital !== undefined) return studyIn(catalog, asked, asked.hospital, studyUid);
  return studyAnywhere(catalog, asked, studyUid);
}

/** The study in one named hospital: the own one, or one that gave the own hospital access to it. */
export async function studyIn(
  catalog: Catalog,
  { principal }: Asked,
  hospital: string,
  studyUid: string,
): Promise<Resolved | undefined> {
  const study = { region: catalog.region, hospital, studyUid };
  const grantee = granteeOf(principal);
  // A link's visitor comes in by the link's own root, where each request looks whether the link is still open.
  if (grantee === undefined || principal.kind === "share") return undefined;
  if (hospital === principal.hospital) return narrowedTo(study, "Study", nobody, catalog, grantee);
  const access = await accessOf(catalog.table, [grantee], study, catalog.now);
  if (access.length === 0) return undefined;
  return narrowedTo(study, "Study", grantedTo(grantee, access), catalog, grantee);
}

/** The study in whichever hospital the principal may see it. Throws `ambiguous-study` when several hold the UID. */
export async function studyAnywhere(
  catalog: Catalog,
  { principal }: Asked,
  studyUid: string,
): Promise<Resolved | undefined> {
  const grantee = granteeOf(principal);
  if (grantee === undefined || principal.hospital === undefined) return undefined;
  const own = { region: catalog.region, hospital: principal.hospital, studyUid };
  const [item, access] = await Promise.all([
    catalog.table.get(keys.study(own)),
    accessToStudy(catalog.table, grantee, studyUid, catalog.now),
  ]);
  const holders: readonly HospitalKey[] = [...(item ? [own] : []), ...access];
  if (holders.length > 1) throw ambiguous(holders);
  if (item) return narrowedTo(own, "Study", nobody, catalog, grantee);
  const [granted] = access;
  if (!granted) return undefined;
  const { region, hospital } = granted;
  return narrowedTo({ region, hospital, studyUid }, "Study", grantedTo(grantee, access), catalog, grantee);
}

function ambiguous(holders: readonly HospitalKey[]): Problem {
  const roots = holders.map(({ hospital }) => `hospital-${hospital}`).sort();
  const detail = "More than one hospital holds this study: ask one of the roots, or name one with ?hospital=";
  return new Problem("ambiguous-study", detail, { extensions: { roots } });
}

/** A request about one study reaches that study and nothing else of its hospital. */
export function narrowedTo(
  study: StudyKey,
  type: "Study" | "Report",
  granted: Granted,
  { region }: Pick<Catalog, "region">,
  grantee: string,
): Resolved {
  const resource: Resource = { type, id: study.studyUid, hospital: study.hospital, ...granted };
  return {
    resource,
    reach: { hospitals: [], studies: [study], grantees: [grantee] },
    study,
    hospital: actsFor(grantee, region) ?? { region: study.region, hospital: study.hospital },
  };
}

const actsFor = (grantee: string, region: string): HospitalKey | undefined =>
  grantee.startsWith("hospital-") ? { region, hospital: grantee.slice("hospital-".length) } : undefined;
