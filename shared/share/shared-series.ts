/** Series and instances in the order a person scrolls through them. */
import type { DicomJson, InstanceItem, SeriesItem } from "../catalog/items.ts";

export interface SharedInstance {
  readonly sopUid: string;
  readonly instanceNumber?: number;
  /** Number of Frames (0028,0008); 1 where absent. */
  readonly frames: number;
  readonly sopClassUid: string;
  readonly transferSyntaxUid: string;
  /** `ready`, `none`, `pending:…`, `unavailable:…`; absent while it is being made. */
  readonly thumbnail?: string;
}

export interface SharedSeries {
  readonly seriesUid: string;
  readonly seriesNumber?: number;
  readonly modality?: string;
  readonly description?: string;
  /** The instance in the middle of those with pixels, else any: what a thumbnail of the series shows best. */
  readonly representative?: string;
  readonly instances: readonly SharedInstance[];
}

/** Series by number, instances by number, both then by UID. */
export function sharedSeries(
  series: readonly SeriesItem[],
  instances: readonly InstanceItem[],
): readonly SharedSeries[] {
  const bySeries = Map.groupBy(instances, ({ seriesUid }) => seriesUid);
  return series
    .map((item) => shared(item, bySeries.get(item.seriesUid) ?? []))
    .sort((a, b) => order(a.seriesNumber, b.seriesNumber) || compare(a.seriesUid, b.seriesUid));
}

function shared(item: SeriesItem, members: readonly InstanceItem[]): SharedSeries {
  const instances = members
    .map(instance)
    .sort((a, b) => order(a.instanceNumber, b.instanceNumber) || compare(a.sopUid, b.sopUid));
  const seriesNumber = numberAt(item.attributes, "00200011");
  const modality = item.modality ?? textAt(item.attributes, "00080060");
  const description = textAt(item.attributes, "0008103E");
  const shown = instances.filter(({ thumbnail }) => thumbnail !== "none");
  const middle = shown[Math.floor(shown.length / 2)] ?? instances[0];
  return {
    seriesUid: item.seriesUid,
    ...(seriesNumber !== undefined && { seriesNumber }),
    ...(modality !== undefined && { modality }),
    ...(description !== undefined && { description }),
    ...(middle && { representative: middle.sopUid }),
    instances,
  };
}

function instance(item: InstanceItem): SharedInstance {
  const { sopUid, instanceNumber, sopClassUid, transferSyntaxUid, thumbnail } = item;
  return {
    sopUid,
    ...(instanceNumber !== undefined && { instanceNumber }),
    frames: numberAt(item.attributes, "00280008") ?? 1,
    sopClassUid,
    transferSyntaxUid,
    ...(thumbnail !== undefined && { thumbnail }),
  };
}

/** PS3.18 Annex F.2.3: IS may be a number or a string. */
function numberAt(attributes: DicomJson, tag: string): number | undefined {
  const value = Number(attributes[tag]?.Value?.[0] ?? Number.NaN);
  return Number.isFinite(value) ? value : undefined;
}
function textAt(attributes: DicomJson, tag: string): string | undefined {
  const value = attributes[tag]?.Value?.[0];
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** Numberless ones last. */
const order = (a = Number.MAX_SAFE_INTEGER, b = Number.MAX_SAFE_INTEGER): number => a - b;
const compare = (a: string, b: string): number => (a < b ? -1 : 1);
