/** Reports, shares and consults are found by their id; their attributes say which study they are about. */
import type { ConsultItem } from "../catalog/items.ts";
import { keys, type StudyKey } from "../catalog/keys.ts";
import type { Item } from "../ports.ts";
import { granteeOf } from "./decide.ts";
import { ownerInAttributes } from "./ownership.ts";
import type { Asked, Catalog, Resolved } from "./resolve.ts";
import { narrowedTo } from "./resolve-study.ts";
import { openShareOf } from "./share-state.ts";
import { accessOf, grantedTo, nobody } from "./study-access.ts";

export async function resolveItem(catalog: Catalog, asked: Asked): Promise<Resolved | undefined> {
  const grantee = granteeOf(asked.principal);
  if (grantee === undefined) return undefined;
  switch (asked.route.access.target) {
    case "report":
      return report(catalog, asked, grantee);
    case "share":
      return share(catalog, asked, grantee);
    case "consult":
      return consult(catalog, asked, grantee);
    default:
      return openedShare(catalog, asked, grantee);
  }
}

async function report(catalog: Catalog, asked: Asked, grantee: string): Promise<Resolved | undefined> {
  const study = studyOf(
    await catalog.table.get(keys.report(asked.params.reportId ?? ""), { consistent: true }),
  );
  if (!study) return undefined;
  const own = study.hospital === asked.principal.hospital;
  const granted = own
    ? nobody
    : grantedTo(grantee, await accessOf(catalog.table, [grantee], study, catalog.now));
  return narrowedTo(study, "Report", granted, catalog, grantee);
}

async function share(catalog: Catalog, asked: Asked, grantee: string): Promise<Resolved | undefined> {
  const shareId = asked.params.shareId ?? "";
  const study = studyOf(await catalog.table.get(keys.share(shareId), { consistent: true }));
  if (!study) return undefined;
  const { region, hospital } = study;
  return {
    ...narrowedTo(study, "Study", nobody, catalog, grantee),
    // Closing a link also takes back its StudyAccess, which only the whole hospital may.
    reach: { hospitals: [{ region, hospital }], studies: [], grantees: [grantee] },
    resource: { type: "Link", id: shareId, hospital, grantee: `share-${shareId}` },
  };
}

async function openedShare(
  catalog: Catalog,
  { principal }: Asked,
  grantee: string,
): Promise<Resolved | undefined> {
  if (principal.kind !== "share") return undefined;
  const shareId = grantee.slice("share-".length);
  const open = openShareOf(await catalog.table.get(keys.share(shareId), { consistent: true }), catalog.now);
  if (!open) return undefined;
  const { region, hospital, studyUid } = open;
  return {
    ...narrowedTo({ region, hospital, studyUid }, "Study", nobody, catalog, grantee),
    resource: { type: "Link", id: shareId, hospital, grantee },
  };
}

async function consult(catalog: Catalog, asked: Asked, grantee: string): Promise<Resolved | undefined> {
  const consultId = asked.params.consultId ?? "";
  const item = (await catalog.table.get(keys.consult(consultId), { consistent: true })) as
    | ConsultItem
    | undefined;
  const study = studyOf(item);
  if (!item || !study) return undefined;
  const { hospital } = study;
  const narrowed = narrowedTo(study, "Study", nobody, catalog, grantee);
  // The consult may be read for good; the study only while the access lasts, and by its own routes.
  const own = hospital === asked.principal.hospital;
  return {
    ...narrowed,
    reach: own ? narrowed.reach : { ...narrowed.reach, studies: [] },
    resource: { type: "Consult", id: consultId, hospital, toHospital: item.toHospital },
  };
}

function studyOf(item: Item | undefined): StudyKey | undefined {
  const owner = item && ownerInAttributes(item);
  return owner?.studyUid === undefined ? undefined : { ...owner, studyUid: owner.studyUid };
}
