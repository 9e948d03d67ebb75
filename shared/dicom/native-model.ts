/** The Native DICOM Model (PS3.19 §A.1): a data set as XML, from the JSON model that says the same. */
import { attributeKeywords } from "./attribute-keywords.ts";
import type { Dataset, Element, PersonName, Value } from "./json-model.ts";
import { nameComponents } from "./person-name.ts";

const namespace = "http://dicom.nema.org/PS3.19/models/NativeDICOM";

/** @param bulkRoot what relative `BulkDataURI`s are relative to */
export function nativeModel(dataset: Dataset, bulkRoot = ""): string {
  const content = datasetContent(dataset, bulkRoot);
  return `<?xml version="1.0" encoding="UTF-8"?>\n<NativeDicomModel xmlns="${namespace}">${content}</NativeDicomModel>`;
}

const datasetContent = (dataset: Dataset, bulkRoot: string): string =>
  Object.entries(dataset)
    .filter(([tag]) => !isPrivateCreator(tag))
    .map(([tag, element]) => attribute(tag, element, { dataset, bulkRoot }))
    .join("");

interface Around {
  readonly dataset: Dataset;
  readonly bulkRoot: string;
}

function attribute(tag: string, element: Element, { dataset, bulkRoot }: Around): string {
  const keyword = keywordOf(tag);
  const creator = privateCreator(tag, dataset);
  // With its creator's name an attribute needs no block, and the creators are no attributes of their own (§A.1.6).
  const shown = creator === undefined ? tag : `${tag.slice(0, 4)}00${tag.slice(6)}`;
  const names = [
    `tag="${shown}"`,
    `vr="${element.vr}"`,
    ...(keyword === undefined ? [] : [`keyword="${keyword}"`]),
    ...(creator === undefined ? [] : [`privateCreator="${escaped(creator)}"`]),
  ];
  return `<DicomAttribute ${names.join(" ")}>${content(element, bulkRoot)}</DicomAttribute>`;
}

function content({ vr, Value = [], InlineBinary, BulkDataURI }: Element, bulkRoot: string): string {
  if (BulkDataURI !== undefined) return `<BulkData uri="${escaped(bulkRoot + BulkDataURI)}"/>`;
  if (InlineBinary !== undefined) return `<InlineBinary>${InlineBinary}</InlineBinary>`;
  return Value.map((value, index) => numbered(vr, value, index + 1, bulkRoot)).join("");
}

function numbered(vr: string, value: Value, number: number, bulkRoot: string): string {
  if (vr === "SQ")
    return `<Item number="${number}">${datasetContent((value ?? {}) as Dataset, bulkRoot)}</Item>`;
  // A value that is left out keeps its place (§A.1.5).
  if (value === null) return "";
  if (vr === "PN") return `<PersonName number="${number}">${personName(value as PersonName)}</PersonName>`;
  return `<Value number="${number}">${escaped(String(value))}</Value>`;
}

const groups = ["Alphabetic", "Ideographic", "Phonetic"] as const;
const components = {
  FamilyName: "family",
  GivenName: "given",
  MiddleName: "middle",
  NamePrefix: "prefix",
  NameSuffix: "suffix",
} as const;

const personName = (name: PersonName): string =>
  groups
    .filter((group) => name[group] !== undefined)
    .map((group) => `<${group}>${nameGroup(name[group] as string)}</${group}>`)
    .join("");

function nameGroup(text: string): string {
  const parts = nameComponents(text);
  return Object.entries(components)
    .filter(([, part]) => parts[part] !== "")
    .map(([element, part]) => `<${element}>${escaped(parts[part])}</${element}>`)
    .join("");
}

const isPrivate = (tag: string): boolean => Number.parseInt(tag.slice(0, 4), 16) % 2 === 1;
const isPrivateCreator = (tag: string): boolean => isPrivate(tag) && /^....00[1-9A-F]/.test(tag);

/** The creator whose block a private attribute is in (PS3.5 §7.8.1); undefined where nobody reserved it. */
function privateCreator(tag: string, dataset: Dataset): string | undefined {
  if (!isPrivate(tag) || isPrivateCreator(tag)) return undefined;
  const creator = dataset[`${tag.slice(0, 4)}00${tag.slice(4, 6)}`]?.Value?.[0];
  return typeof creator === "string" ? creator : undefined;
}

const keywords = new Map<string, ReadonlyMap<string, string>>();

function keywordOf(tag: string): string | undefined {
  const group = /^(50|60)/.test(tag) ? `${tag.slice(0, 2)}00` : tag.slice(0, 4);
  let known = keywords.get(group);
  if (known === undefined) {
    const packed = attributeKeywords[group];
    if (packed === undefined) return undefined;
    known = new Map(packed.split(" ").map((entry) => [entry.slice(0, 4), entry.slice(4)]));
    keywords.set(group, known);
  }
  return known.get(tag.slice(4));
}

/** A line of text ends in CR LF; readers of XML take a bare CR away (XML 1.0 §2.11). */
const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "\r": "&#13;",
};
/** XML 1.0 §2.2: no other control characters, and no halves of surrogates. */
const notXml = /[^\P{Cc}\t\n\r]|[\p{Cs}\ufffe\uffff]/gu;

const escaped = (text: string): string =>
  text.replaceAll(notXml, "\ufffd").replaceAll(/[&<>"\r]/g, (character) => entities[character] as string);
