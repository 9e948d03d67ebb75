/** Missing and repeated slices of a series, as findings: where, by number and by place. */
import type { Found } from "../catalog/findings.ts";
import type { FindingCode } from "../contract/findings.ts";
import { findMissingSlices, type Gap } from "./missing-slices.ts";
import { findNumberGaps } from "./number-gaps.ts";
import type { Examined } from "./read-instances.ts";
import type { Slice } from "./stacks.ts";

/** Places named in a sentence; the number counts all. */
const mostPlaces = 10;

/**
 * Storage classes of single slices (PS3.4 §B.5) whose numbers count images: CT, MR, PET. Elsewhere images are deleted at the
 * device and the numbers go on.
 */
const slicesByNumber = new Set([
  "1.2.840.10008.5.1.4.1.1.2",
  "1.2.840.10008.5.1.4.1.1.4",
  "1.2.840.10008.5.1.4.1.1.128",
]);

export function sliceFindings(seriesUid: string, instances: readonly Examined[]): readonly Found[] {
  const images = instances.filter(({ isLocalizer }) => !isLocalizer);
  const placed = images.flatMap(({ geometry, ...rest }): Slice[] =>
    geometry ? [{ ...rest, geometry }] : [],
  );
  const { missing, doubtful, twice } = findMissingSlices(placed);
  const numbers = images.every(({ sopClassUid }) => slicesByNumber.has(sopClassUid))
    ? findNumberGaps(images.map(({ instanceNumber }) => instanceNumber))
    : { missing: [] };
  // Where slices have a place, that is the better witness.
  const unplaced = placed.length === 0 ? numbers.missing : [];
  return [
    ...gapFinding("slices-missing", seriesUid, missing),
    ...gapFinding("slices-doubtful", seriesUid, [...doubtful, ...unplaced]),
    ...(numbers.beginsAt === undefined
      ? []
      : [{ code: "numbers-begin-late" as const, of: seriesUid, values: { first: numbers.beginsAt } }]),
    ...(twice.length === 0
      ? []
      : [
          {
            code: "positions-twice" as const,
            of: seriesUid,
            values: { count: twice.length, places: listed(twice.map(millimetres)) },
          },
        ]),
  ];
}

function gapFinding(code: FindingCode, of: string, gaps: readonly Gap[]): readonly Found[] {
  if (gaps.length === 0) return [];
  const missing = gaps.reduce((sum, gap) => sum + gap.missing, 0);
  return [{ code, of, values: { missing, places: listed(gaps.map(placeOf)) } }];
}

/** `12–14 (-35.2 mm)`. */
function placeOf({ between, at }: Gap): string {
  const numbers = between?.toSorted((a, b) => a - b).join("–");
  const place = at === undefined ? undefined : millimetres(at);
  if (numbers === undefined || place === undefined) return numbers ?? place ?? "";
  return `${numbers} (${place})`;
}

const millimetres = (at: number): string => `${Math.round(at * 10) / 10} mm`;

const listed = (places: readonly string[]): string =>
  places.slice(0, mostPlaces).join(", ") + (places.length > mostPlaces ? " …" : "");
