/** Questions about a Reach that both narrowed stores ask. */
import type { HospitalKey, StudyKey } from "../catalog/keys.ts";
import type { Reach } from "./grant.ts";

/** Asked for something the request was never narrowed to: a fault in a use case, not in the request. */
export class OutOfReach extends Error {
  override readonly name = "OutOfReach";
}

export const noReach: Reach = { hospitals: [], studies: [], grantees: [] };

const sameHospital = (a: HospitalKey, b: HospitalKey): boolean =>
  a.region === b.region && a.hospital === b.hospital;

export const sameStudy = (a: StudyKey, b: StudyKey): boolean =>
  sameHospital(a, b) && a.studyUid === b.studyUid;

export const reachesHospital = (reach: Reach, key: HospitalKey): boolean =>
  reach.hospitals.some((hospital) => sameHospital(hospital, key));

export const reachesStudy = (reach: Reach, key: StudyKey): boolean =>
  reachesHospital(reach, key) || reach.studies.some((study) => sameStudy(study, key));
