/**
 * Attributes a search may name, by keyword and tag, with the level they belong to.
 * PS3.18 Tables 10.6.1-2 to 10.6.1-4 (matching) and 10.6.3-3 to 10.6.3-5 (returned), and what OHIF asks for besides.
 */
export type Level = "study" | "series" | "instance";

interface Attribute {
  readonly keyword: string;
  readonly vr: string;
  readonly level: Level;
}

export const attributes = {
  "00080005": { keyword: "SpecificCharacterSet", vr: "CS", level: "study" },
  "00080016": { keyword: "SOPClassUID", vr: "UI", level: "instance" },
  "00080018": { keyword: "SOPInstanceUID", vr: "UI", level: "instance" },
  "00080020": { keyword: "StudyDate", vr: "DA", level: "study" },
  "00080021": { keyword: "SeriesDate", vr: "DA", level: "series" },
  "00080030": { keyword: "StudyTime", vr: "TM", level: "study" },
  "00080031": { keyword: "SeriesTime", vr: "TM", level: "series" },
  "00080050": { keyword: "AccessionNumber", vr: "SH", level: "study" },
  "00080056": { keyword: "InstanceAvailability", vr: "CS", level: "study" },
  "00080060": { keyword: "Modality", vr: "CS", level: "series" },
  "00080061": { keyword: "ModalitiesInStudy", vr: "CS", level: "study" },
  "00080080": { keyword: "InstitutionName", vr: "LO", level: "study" },
  "00080090": { keyword: "ReferringPhysicianName", vr: "PN", level: "study" },
  "00081030": { keyword: "StudyDescription", vr: "LO", level: "study" },
  "0008103E": { keyword: "SeriesDescription", vr: "LO", level: "series" },
  "00100010": { keyword: "PatientName", vr: "PN", level: "study" },
  "00100020": { keyword: "PatientID", vr: "LO", level: "study" },
  "00100021": { keyword: "IssuerOfPatientID", vr: "LO", level: "study" },
  "00100030": { keyword: "PatientBirthDate", vr: "DA", level: "study" },
  "00100040": { keyword: "PatientSex", vr: "CS", level: "study" },
  "00180015": { keyword: "BodyPartExamined", vr: "CS", level: "series" },
  "0020000D": { keyword: "StudyInstanceUID", vr: "UI", level: "study" },
  "0020000E": { keyword: "SeriesInstanceUID", vr: "UI", level: "series" },
  "00200010": { keyword: "StudyID", vr: "SH", level: "study" },
  "00200011": { keyword: "SeriesNumber", vr: "IS", level: "series" },
  "00200013": { keyword: "InstanceNumber", vr: "IS", level: "instance" },
  "00280008": { keyword: "NumberOfFrames", vr: "IS", level: "instance" },
  "00280010": { keyword: "Rows", vr: "US", level: "instance" },
  "00280011": { keyword: "Columns", vr: "US", level: "instance" },
  "00280100": { keyword: "BitsAllocated", vr: "US", level: "instance" },
  "00400244": { keyword: "PerformedProcedureStepStartDate", vr: "DA", level: "series" },
  "00400245": { keyword: "PerformedProcedureStepStartTime", vr: "TM", level: "series" },
  "00400275.00400009": {
    keyword: "RequestAttributesSequence.ScheduledProcedureStepID",
    vr: "SH",
    level: "series",
  },
  "00400275.00401001": {
    keyword: "RequestAttributesSequence.RequestedProcedureID",
    vr: "SH",
    level: "series",
  },
} as const satisfies Record<string, Attribute>;

const byKeyword = new Map<string, string>(
  Object.entries(attributes).map(([tag, { keyword }]) => [keyword, tag]),
);

/**
 * The tag a query parameter names, as eight upper-case hexadecimal digits, with a dot between a sequence's and that of an
 * attribute in it; undefined when it names none.
 */
export function tagOf(name: string): string | undefined {
  if (/^[0-9A-Fa-f]{8}(\.[0-9A-Fa-f]{8})?$/.test(name)) return name.toUpperCase();
  return byKeyword.get(name);
}

export function attributeOf(tag: string): Attribute | undefined {
  return (attributes as Record<string, Attribute>)[tag];
}
