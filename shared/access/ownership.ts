/**
 * Whose an item is, read from its key: every partition of the catalog either names its hospital, or is found by an id
 * (a report, a share, a consult) and says in its attributes whose it is.
 */
import type { HospitalKey, StudyKey } from "../catalog/keys.ts";

export type Ownership =
  /** Everything under the key belongs to a hospital. */
  | { readonly kind: "hospital"; readonly owner: HospitalKey }
  | { readonly kind: "study"; readonly owner: StudyKey }
  /** The worklist of the hospital a study is referred to: its owner or the referring hospital may touch it. */
  | { readonly kind: "worklist"; readonly owner: HospitalKey }
  /** Studies a grantee was given: `study` is the one a full key names. */
  | { readonly kind: "access"; readonly grantee: string; readonly study?: StudyKey }
  /** The item's `region`, `hospital` and, where present, `studyUid` attributes say whose it is. */
  | { readonly kind: "attributes" }
  | { readonly kind: "network" }
  | { readonly kind: "audit"; readonly owner: HospitalKey }
  | { readonly kind: "nobody" };

const byAttributes = new Set(["REPORT", "SHARE", "SHARETOKEN", "CONSULT"]);
const ofHospital = new Set(["FIND", "CLAIM", "UPLOAD", "UPLOADS", "QUARANTINE", "SHARES", "ORDER", "ORDERS"]);

export function ownershipOf(key: { readonly pk: string; readonly sk?: string }): Ownership {
  const [kind = "", first = "", second = "", third = ""] = key.pk.split("#");
  const owner = { region: first, hospital: second };
  if (ofHospital.has(kind)) return { kind: "hospital", owner };
  if (byAttributes.has(kind)) return { kind: "attributes" };
  if (kind === "STUDY") return { kind: "study", owner: { ...owner, studyUid: third } };
  if (kind === "WORKLIST") return { kind: "worklist", owner };
  if (kind === "AUDIT") return { kind: "audit", owner };
  if (kind === "NETWORK") return { kind: "network" };
  if (kind === "ACCESS") return accessOwnership(first, key.sk);
  return { kind: "nobody" };
}

function accessOwnership(grantee: string, sk: string | undefined): Ownership {
  const [, studyUid, region, hospital] = sk?.split("#") ?? [];
  if (studyUid === undefined || region === undefined || hospital === undefined) {
    return { kind: "access", grantee };
  }
  return { kind: "access", grantee, study: { region, hospital, studyUid } };
}

/** The owner an item names in its attributes; undefined when it names none. */
export function ownerInAttributes(
  item: Readonly<Record<string, unknown>>,
): (HospitalKey & { readonly studyUid?: string }) | undefined {
  const { region, hospital, studyUid } = item;
  if (typeof region !== "string" || typeof hospital !== "string") return undefined;
  return typeof studyUid === "string" ? { region, hospital, studyUid } : { region, hospital };
}
