/** Image roots: `/dicomweb/{scope}` with scope `mine`, `hospital-<id>`, `consult-<id>` or `share-<id>`. */
import type { ConsultItem } from "../catalog/items.ts";
import { keys, type StudyKey } from "../catalog/keys.ts";
import { granteeOf } from "./decide.ts";
import { grantedStudies } from "./granted-studies.ts";
import type { Asked, Catalog, Resolved } from "./resolve.ts";
import { narrowedTo, studyAnywhere, studyIn } from "./resolve-study.ts";
import { openShareOf } from "./share-state.ts";
import { accessOf, grantedTo, nobody } from "./study-access.ts";

export async function resolveScope(catalog: Catalog, asked: Asked): Promise<Resolved | undefined> {
  const { scope = "", studyUid } = asked.params;
  const [, kind, id = ""] = /^(mine|hospital|consult|share)(?:-(.+))?$/.exec(scope) ?? [];
  switch (kind) {
    case "mine":
      return studyUid === undefined ? everything(catalog, asked) : studyAnywhere(catalog, asked, studyUid);
    case "hospital":
      if (studyUid !== undefined) return studyIn(catalog, asked, id, studyUid);
      return id === asked.principal.hospital ? wholeHospital(catalog, id) : undefined;
    case "consult":
      return consultStudy(catalog, asked, id);
    case "share":
      return sharedStudy(catalog, asked, id);
    default:
      return undefined;
  }
}

/** All the caller may see: the own hospital, and where the role allows it studies as their StudyAccess items are read. */
async function everything(catalog: Catalog, asked: Asked): Promise<Resolved | undefined> {
  const { hospital } = asked.principal;
  if (hospital === undefined) return undefined;
  const whole = wholeHospital(catalog, hospital);
  const { grantees, policies } = grantedStudies(asked);
  return { ...whole, reach: { ...whole.reach, grantees }, policies };
}

function wholeHospital({ region }: Catalog, hospital: string): Resolved {
  const key = { region, hospital };
  return {
    resource: { type: "Hospital", id: hospital, hospital },
    reach: { hospitals: [key], studies: [], grantees: [] },
    hospital: key,
  };
}

async function consultStudy(
  catalog: Catalog,
  { principal, params }: Asked,
  consultId: string,
): Promise<Resolved | undefined> {
  const item = (await catalog.table.get(keys.consult(consultId))) as ConsultItem | undefined;
  const grantee = granteeOf(principal);
  if (!item || grantee === undefined || !isOrAbsent(params.studyUid, item.studyUid)) return undefined;
  const study = studyOf(item);
  if (item.hospital === principal.hospital) return narrowedTo(study, "Study", nobody, catalog, grantee);
  if (item.toHospital !== principal.hospital) return undefined;
  const access = await accessOf(catalog.table, [`consult-${consultId}`, grantee], study, catalog.now);
  if (access.length === 0) return undefined;
  return narrowedTo(study, "Study", grantedTo(grantee, access), catalog, grantee);
}

/** Read consistently and on every request: a revoked link closes at once, whatever the authorizer still remembers. */
async function sharedStudy(
  catalog: Catalog,
  { principal, params }: Asked,
  shareId: string,
): Promise<Resolved | undefined> {
  const grantee = granteeOf(principal);
  if (principal.kind !== "share" || grantee !== `share-${shareId}`) return undefined;
  const item = await catalog.table.get(keys.share(shareId), { consistent: true });
  const share = openShareOf(item, catalog.now);
  if (!share || !isOrAbsent(params.studyUid, share.studyUid)) return undefined;
  const study = studyOf(share);
  const access = await accessOf(catalog.table, [grantee], study, catalog.now);
  return narrowedTo(study, "Study", grantedTo(grantee, access), catalog, grantee);
}

const studyOf = ({ region, hospital, studyUid }: StudyKey): StudyKey => ({ region, hospital, studyUid });
const isOrAbsent = (asked: string | undefined, known: string) => asked === undefined || asked === known;
