/** What the headers of a study lack, as findings. */
import type { Found } from "../catalog/findings.ts";
import type { FindingCode } from "../contract/findings.ts";
import { type Fault, identityAttributes } from "./check-header.ts";
import type { Examined } from "./read-instances.ts";

/** Attributes named in a sentence. */
const mostNamed = 10;

export function headerFindings(instances: readonly Examined[]): readonly Found[] {
  return [
    ...lackingFindings(instances),
    ...faultFindings(instances),
    ...identityFindings(instances),
    ...privateClasses(instances),
  ];
}

function lackingFindings(instances: readonly Examined[]): readonly Found[] {
  const images = instances.filter(({ lacking = [] }) => lacking.length > 0);
  if (images.length === 0) return [];
  const tags = [...new Set(images.flatMap(({ lacking = [] }) => lacking))].toSorted();
  const named = tags.slice(0, mostNamed).map(written).join(", ");
  const values = { images: images.length, count: tags.length, attributes: named };
  return [{ code: "attributes-missing", values }];
}

const faultCodes = {
  pixels: "pixels-missing",
  window: "window-missing",
  spacing: "spacing-missing",
  plane: "plane-missing",
} as const satisfies Record<Fault, FindingCode>;

function faultFindings(instances: readonly Examined[]): readonly Found[] {
  return Object.entries(faultCodes).flatMap(([fault, code]) => {
    const images = instances.filter(({ faults = [] }) => faults.some((one) => one === fault)).length;
    return images === 0 ? [] : [{ code, values: { images } }];
  });
}

/** As PS3 writes a tag: `(0018,0060)`. */
const written = (tag: string): string => `(${tag.slice(0, 4)},${tag.slice(4)})`;

/** By position in `identityAttributes`; Study Date and Accession Number may be empty. */
const missingCodes: readonly (FindingCode | undefined)[] = [
  "patient-id-missing",
  "patient-name-missing",
  "birth-date-missing",
  "sex-missing",
];

function identityFindings(instances: readonly Examined[]): readonly Found[] {
  const rows = instances.flatMap(({ identity }) => (identity === undefined ? [] : [identity.split(".")]));
  const missing = missingCodes.flatMap((code, column): readonly Found[] => {
    const images = rows.filter((row) => row[column] === "").length;
    return code === undefined || images === 0 ? [] : [{ code, values: { images } }];
  });
  const different = Object.keys(identityAttributes).filter(
    (_, column) => new Set(rows.map((row) => row[column]).filter((value) => value !== "")).size > 1,
  );
  if (different.length === 0) return missing;
  return [...missing, { code: "identity-differs", values: { attributes: different.join(", ") } }];
}

/** PS3.4 §B.5: standard SOP classes lie under DICOM's root. */
function privateClasses(instances: readonly Examined[]): readonly Found[] {
  const images = instances.filter(({ sopClassUid }) => !sopClassUid.startsWith("1.2.840.10008.")).length;
  return images === 0 ? [] : [{ code: "private-class", values: { images } }];
}
