/** Whose an object made here is, and of which study: from the order, and from the order's study where it has one. */
import { createHash } from "node:crypto";
import type { DicomJson, StudyItem } from "../catalog/items.ts";
import type { PersonName } from "../dicom/json-model.ts";
import { formatPersonName } from "../dicom/person-name.ts";
import { sexes } from "../order/codes.ts";
import { personNameFrom } from "../order/fhir-names.ts";
import type { OrderContent, OrderItem } from "../order/items.ts";
import { element, longText, type SourceDataset } from "./elements.ts";

/** What an object is of. */
export interface SourceIdentity {
  readonly order: OrderItem;
  /** The order's study, where it has one in the catalog. */
  readonly study?: StudyItem;
  readonly studyUid: string;
  readonly seriesUid: string;
  readonly sopUid: string;
}

export function identityOf({ order, study, studyUid, seriesUid, sopUid }: SourceIdentity): SourceDataset {
  return {
    ...patientModule(order),
    ...studyModule(order, studyUid, study),
    "00080018": element("UI", sopUid),
    "0020000E": element("UI", seriesUid),
  };
}

/** SHA-256 of all that an object takes from its order and study: made of a changed order, it is another object. */
export function identityHash(about: SourceIdentity): string {
  const { bodyPart, laterality, code } = about.order.content;
  const { occurrence, authoredOn } = about.order.content;
  const zone = about.study?.attributes["00080201"] ?? [occurrence, authoredOn];
  const taken = [identityOf(about), zone, bodyPart, laterality, code?.text];
  return createHash("sha256").update(JSON.stringify(taken)).digest("hex");
}

/** Patient Module (PS3.3 §C.7.1.1). The order's, whatever an earlier image of the study says. */
function patientModule({ content: { patient } }: OrderItem): SourceDataset {
  const { name, id, system, birthDate, gender } = patient;
  const day = birthDate?.replaceAll("-", "");
  return {
    "00100010": element("PN", name && formatPersonName(name)),
    "00100020": element("LO", longText(id)),
    ...(system && !system.includes(":") && { "00100021": element("LO", longText(system)) }),
    "00100030": element("DA", day?.length === 8 ? day : undefined),
    "00100040": element("CS", gender && gender !== "unknown" ? sexes[gender] : undefined),
  };
}

/** General Study Module (PS3.3 §C.7.2.1): what the study says already stays. */
function studyModule(order: OrderItem, studyUid: string, study: StudyItem | undefined): SourceDataset {
  const { content, day } = order;
  const said = study?.attributes ?? {};
  return {
    "00080020": element("DA", textIn(said, "00080020") ?? day),
    "00080030": element("TM", textIn(said, "00080030")),
    ...accessionOf(textIn(said, "00080050") ?? content.accession),
    "00080090": element("PN", nameIn(said, "00080090") ?? requesterOf(content)),
    "00081030": element("LO", textIn(said, "00081030") ?? longText(content.code?.text)),
    "0020000D": element("UI", studyUid),
    "00200010": element("SH", textIn(said, "00200010")),
  };
}

/** SH holds 16 characters (PS3.5 §6.2). Cut it would be another order's number; longer ones have an element of 64. */
const accessionOf = (accession = ""): SourceDataset =>
  [...accession].length <= 16
    ? { "00080050": element("SH", accession) }
    : { "00080050": element("SH"), "00402017": element("LO", longText(accession)) };

function requesterOf({ requester }: OrderContent): string | undefined {
  const name = requester?.name && personNameFrom([{ text: requester.name }]);
  return name ? formatPersonName(name) : undefined;
}

export function textIn(attributes: DicomJson, tag: string): string | undefined {
  const value = attributes[tag]?.Value?.[0];
  return typeof value === "string" && value !== "" ? value : undefined;
}

function nameIn(attributes: DicomJson, tag: string): string | undefined {
  const value = attributes[tag]?.Value?.[0];
  return typeof value === "object" && value !== null ? formatPersonName(value as PersonName) : undefined;
}
