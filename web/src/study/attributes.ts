/** DICOM JSON as people read it: names of attributes in both languages, values as text. */
import type { Language } from "../language.ts";

/** As answers hold it; see shared/dicom/json-model.ts. */
export type Attributes = Readonly<Record<string, unknown>>;

interface Element {
  readonly vr?: string;
  readonly Value?: readonly unknown[];
  readonly InlineBinary?: string;
  readonly BulkDataURI?: string;
}

/** What a technician looks at first, in this order; everything else follows by tag. */
const names: Readonly<Record<string, Readonly<Record<Language, string>>>> = {
  "00100010": { zh: "患者姓名", en: "Patient name" },
  "00100020": { zh: "患者编号", en: "Patient ID" },
  "00100030": { zh: "出生日期", en: "Birth date" },
  "00100040": { zh: "性别", en: "Sex" },
  "00101010": { zh: "年龄", en: "Age" },
  "00080050": { zh: "检查号", en: "Accession number" },
  "00080020": { zh: "检查日期", en: "Study date" },
  "00080030": { zh: "检查时间", en: "Study time" },
  "00080060": { zh: "设备类型", en: "Modality" },
  "00081030": { zh: "检查描述", en: "Study description" },
  "0008103E": { zh: "序列描述", en: "Series description" },
  "00180015": { zh: "检查部位", en: "Body part" },
  "00200060": { zh: "侧别", en: "Laterality" },
  "00080080": { zh: "机构", en: "Institution" },
  "00080090": { zh: "申请医师", en: "Referring physician" },
  "00200011": { zh: "序列号", en: "Series number" },
  "00200013": { zh: "图像号", en: "Instance number" },
  "00080005": { zh: "字符集", en: "Character set" },
  "00080016": { zh: "SOP 类 UID", en: "SOP Class UID" },
  "00080018": { zh: "SOP 实例 UID", en: "SOP Instance UID" },
  "0020000D": { zh: "检查实例 UID", en: "Study Instance UID" },
  "0020000E": { zh: "序列实例 UID", en: "Series Instance UID" },
  "00080070": { zh: "厂商", en: "Manufacturer" },
  "00081090": { zh: "设备型号", en: "Model" },
};
const order = Object.keys(names);

/** `(0010,0010)` where it has no name here. */
export const attributeName = (tag: string, language: Language): string =>
  names[tag]?.[language] ?? `(${tag.slice(0, 4)},${tag.slice(4)})`;

export interface ReadableAttribute {
  readonly tag: string;
  readonly name: string;
  readonly text: string;
  /** Has a name of its own here. */
  readonly known: boolean;
}

/** The attributes with a value, those a person looks at first before the others. */
export function readable(attributes: Attributes, language: Language): readonly ReadableAttribute[] {
  const rank = (tag: string): number => (order.includes(tag) ? order.indexOf(tag) : order.length);
  return Object.keys(attributes)
    .sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1))
    .map((tag) => ({
      tag,
      name: attributeName(tag, language),
      text: attributeText(attributes, tag),
      known: tag in names,
    }))
    .filter(({ text }) => text !== "");
}

/** All values of an attribute as one text; empty where there is none. */
export function attributeText(attributes: Attributes, tag: string): string {
  const element = attributes[tag] as Element | undefined;
  if (element === undefined) return "";
  const text = elementText(element);
  return element.vr === "DA" ? dateText(text) : text;
}

/** A value of the DICOM JSON Model (PS3.18 Annex F): an element, or its values. */
export function elementText(element: unknown): string {
  const values = Array.isArray(element) ? element : (element as Element | undefined)?.Value;
  if (values !== undefined) return values.map(valueText).filter(Boolean).join(" \\ ");
  const { InlineBinary, BulkDataURI } = (element ?? {}) as Element;
  return InlineBinary === undefined && BulkDataURI === undefined ? "" : "…";
}

function valueText(value: unknown): string {
  if (value === null || value === undefined) return "";
  if (typeof value !== "object") return String(value);
  const { Ideographic, Alphabetic } = value as { Ideographic?: string; Alphabetic?: string };
  const written = [Ideographic, Alphabetic].filter((group) => group !== undefined);
  if (written.length === 0) return "…";
  return written.map((group) => group.replaceAll("^", " ").trim()).join(" · ");
}

/** `2026-03-01` of a DICOM date; anything else as it is. */
export const dateText = (date: string): string => date.replace(/^(\d{4})(\d{2})(\d{2})$/, "$1-$2-$3");
