/** What an examination needs of a study's instances: read once, page by page, and little kept of each. */
import type { InstanceItem } from "../catalog/items.ts";
import { prefixes, type StudyKey, studyPartition } from "../catalog/keys.ts";
import type { Geometry } from "../dicom/geometry.ts";
import type { Key, Table } from "../ports.ts";
import type { Checked } from "./check-header.ts";

export interface Examined extends Partial<Checked> {
  readonly seriesUid: string;
  readonly sopClassUid: string;
  readonly instanceNumber?: number;
  readonly geometry?: Geometry;
  /** Matrix size and Image Type: slices of one volume have them alike. */
  readonly kind: string;
  readonly isLocalizer: boolean;
  readonly characterSet?: InstanceItem["characterSet"];
}

/** Real studies have a few thousand; 20,000 items are about 40 MB to read and 5 s. */
export const mostExamined = 20_000;
const pageSize = 1000;

/** Undefined for a study of more instances than are examined. */
export async function readInstances(table: Table, study: StudyKey): Promise<readonly Examined[] | undefined> {
  const found: Examined[] = [];
  const query = {
    pk: studyPartition(study),
    prefix: prefixes.instances(),
    limit: pageSize,
    consistent: true,
  };
  for (let after: Key | undefined, more = true; more; ) {
    const page = await table.query({ ...query, ...(after && { after }) });
    found.push(...page.items.map((item) => examinedOf(item as InstanceItem)));
    if (found.length > mostExamined) return undefined;
    after = page.next;
    more = after !== undefined;
  }
  return found;
}

function examinedOf(item: InstanceItem): Examined {
  const { seriesUid, sopClassUid, instanceNumber, geometry, attributes, characterSet } = item;
  const { lacking, faults, identity } = item;
  const values = (tag: string): readonly unknown[] => attributes[tag]?.Value ?? [];
  const imageType = values("00080008").slice(0, 4);
  return {
    seriesUid,
    sopClassUid,
    ...(instanceNumber !== undefined && { instanceNumber }),
    ...(geometry && { geometry }),
    ...(characterSet && { characterSet }),
    ...(lacking && { lacking }),
    ...(faults && { faults }),
    ...(identity !== undefined && { identity }),
    kind: [values("00280010")[0], values("00280011")[0], ...imageType].join("|"),
    isLocalizer: imageType.includes("LOCALIZER"),
  };
}
