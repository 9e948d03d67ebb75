/** Codes of orders, and the DICOM terms they mean. */
import type { EncounterClass } from "../catalog/items.ts";
import type { Laterality } from "./items.ts";

export const systems = {
  /** DICOM Controlled Terminology (PS3.16 Annex D), as FHIR names it. */
  dcm: "http://dicom.nema.org/resources/ontology/DCM",
  snomed: "http://snomed.info/sct",
  identifierTypes: "http://terminology.hl7.org/CodeSystem/v2-0203",
  encounterClass: "http://terminology.hl7.org/CodeSystem/v3-ActCode",
} as const;

/** PS3.16 Annex L, Table L-1: the body parts that township and county hospitals image. */
export const bodyParts: Readonly<Record<string, string>> = {
  "818981001": "ABDOMEN",
  "113345001": "ABDOMEN",
  "70258002": "ANKLE",
  "12738006": "BRAIN",
  "76752008": "BREAST",
  "122494005": "CSPINE",
  "51185008": "CHEST",
  "127949000": "ELBOW",
  "71341001": "FEMUR",
  "56459004": "FOOT",
  "85562004": "HAND",
  "69536005": "HEAD",
  "24136001": "HIP",
  "72696002": "KNEE",
  "122496007": "LSPINE",
  "45048000": "NECK",
  "12921003": "PELVIS",
  "816092008": "PELVIS",
  "16982005": "SHOULDER",
  "89546000": "SKULL",
  "421060004": "SPINE",
  "122495006": "TSPINE",
  "38266002": "WHOLEBODY",
  "74670003": "WRIST",
};

/** Terms that name parts of one region, so that a head ordered and a brain imaged agree. Others stand for themselves. */
const regions: readonly (readonly string[])[] = [
  ["HEAD", "BRAIN", "SKULL", "HEADNECK", "NECK", "ORBIT", "SINUS", "FACE", "IAC", "PITUITARY", "JAW"],
  ["CHEST", "LUNG", "THORAX", "RIB", "STERNUM", "HEART", "CHESTABDOMEN", "CHESTABDPELVIS"],
  ["ABDOMEN", "LIVER", "KIDNEY", "PANCREAS", "ABDOMENPELVIS", "CHESTABDOMEN", "CHESTABDPELVIS", "KUB"],
  ["PELVIS", "HIP", "BLADDER", "UTERUS", "PROSTATE", "ABDOMENPELVIS", "CHESTABDPELVIS", "SACRUM"],
  ["SPINE", "CSPINE", "TSPINE", "LSPINE", "SSPINE", "LSSPINE", "CTSPINE", "TLSPINE", "SACRUM", "COCCYX"],
  ["NECK", "CSPINE", "HEADNECK"],
  ["SHOULDER", "CLAVICLE", "SCAPULA", "HUMERUS", "ARM", "UPRARM"],
  ["ELBOW", "FOREARM", "ARM"],
  ["WRIST", "HAND", "FINGER", "FOREARM", "THUMB"],
  ["HIP", "FEMUR", "THIGH", "LEG"],
  ["KNEE", "PATELLA", "TIBIA", "LEG", "FEMUR"],
  ["ANKLE", "FOOT", "TOE", "CALCANEUS", "LEG", "TIBIA"],
];

/** Whether two Body Part Examined terms may name the same examination. */
export function bodyPartsAgree(one: string, other: string): boolean {
  const [a, b] = [plain(one), plain(other)];
  if (a === b || a === "WHOLEBODY" || b === "WHOLEBODY") return true;
  return regions.some((region) => region.includes(a) && region.includes(b));
}

/** Devices write L SPINE, LSPINE and L-SPINE. */
const plain = (term: string): string => term.toUpperCase().replace(/[^A-Z0-9]/g, "");

/** SNOMED CT qualifiers of a side; DICOM's own letters beside them. */
export const sides: Readonly<Record<string, Laterality>> = {
  "7771000": "L",
  "24028007": "R",
  "51440002": "B",
  L: "L",
  R: "R",
  B: "B",
};

/** HL7 v3 ActEncounterCode. Emergency patients' images are kept as outpatients'. */
export const encounterClasses: Readonly<Record<string, EncounterClass>> = {
  AMB: "outpatient",
  EMER: "outpatient",
  HH: "outpatient",
  VR: "outpatient",
  IMP: "inpatient",
  ACUTE: "inpatient",
  NONAC: "inpatient",
  SS: "inpatient",
  OBSENC: "inpatient",
};
export const codeOfEncounter: Partial<Record<EncounterClass, string>> = {
  outpatient: "AMB",
  inpatient: "IMP",
};

export const sexes = { male: "M", female: "F", other: "O" } as const;
