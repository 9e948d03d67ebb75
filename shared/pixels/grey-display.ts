/** From stored values of a grey image to what a screen shows: Modality LUT, then VOI LUT or window (PS3.4 N.2). */
import { type Dataset, frameScopes, items, number, numbers, text } from "./attributes.ts";
import type { ImagePixel } from "./image-pixel.ts";
import { lookUp, lookupTable } from "./lookup-table.ts";
import { range, type Values } from "./stored-values.ts";
import { apply, followedBy, type Line, line, type Transform } from "./transforms.ts";

/**
 * The transform from a stored value (or an average of some) to 0 (black) … 1 (white) for frame `frame`; what a window
 * clips lies beyond either. `frameValues` are the whole frame's, for objects that bring no window.
 */
export function greyDisplay(
  dataset: Dataset,
  image: ImagePixel,
  frame: number,
  frameValues: () => Values,
): Transform {
  const modality = modalityTransform(dataset, image, frame);
  const voi =
    windowTransform(dataset, frame) ??
    voiTable(dataset, image, frame) ??
    fullRange(dataset, image, modality, frameValues);
  const inverted =
    image.photometric === "MONOCHROME1" || text(dataset, "20500020")?.toUpperCase() === "INVERSE";
  const shown = followedBy(modality, voi);
  return inverted ? followedBy(shown, line(-1, 1)) : shown;
}

function modalityTransform(dataset: Dataset, image: ImagePixel, frame: number): Transform {
  const [sequenceItem] = items(dataset, "00283000");
  const table = sequenceItem && lookupTable(sequenceItem, "00283002", "00283006", image.signed);
  if (table) return (value) => lookUp(table, value);
  return rescaleOf(dataset, frame);
}

function rescaleOf(dataset: Dataset, frame: number): Line {
  for (const scope of frameScopes(dataset, frame, "00289145")) {
    const slope = number(scope, "00281053");
    // A slope of 0 would make every pixel the same: not a rescale anyone meant.
    if (slope) return line(slope, number(scope, "00281052") ?? 0);
  }
  return line(1, number(dataset, "00281052") ?? 0);
}

function windowTransform(dataset: Dataset, frame: number): Transform | undefined {
  for (const scope of frameScopes(dataset, frame, "00289132")) {
    const centers = numbers(scope, "00281050");
    const widths = numbers(scope, "00281051");
    const shape = text(scope, "00281056")?.toUpperCase() ?? "LINEAR";
    // C.11.2.1.2.1: LINEAR needs a width of at least 1, the others one above 0. Files do come with 0.
    const usable = widths.findIndex(
      (width, i) => width >= (shape === "LINEAR" ? 1 : 1e-9) && i < centers.length,
    );
    if (usable >= 0) return windowShape(shape, centers[usable] as number, widths[usable] as number);
  }
  return undefined;
}

/** PS3.3 C.11.2.1.2.1, C.11.2.1.3.1 and C.11.2.1.3.2. */
function windowShape(shape: string, center: number, width: number): Transform {
  if (shape === "SIGMOID") return (value) => 1 / (1 + Math.exp((-4 * (value - center)) / width));
  if (shape === "LINEAR_EXACT") return line(1 / width, 0.5 - center / width);
  if (width === 1) return (value) => (value <= center - 0.5 ? 0 : 1);
  return line(1 / (width - 1), 0.5 - (center - 0.5) / (width - 1));
}

function voiTable(dataset: Dataset, image: ImagePixel, frame: number): Transform | undefined {
  for (const scope of frameScopes(dataset, frame, "00289132")) {
    const [sequenceItem] = items(scope, "00283010");
    // The input of a VOI LUT is signed when rescaling can make it negative (C.11.2.1.1).
    const signed = image.signed || rescaleOf(dataset, frame).offset < 0;
    const table = sequenceItem && lookupTable(sequenceItem, "00283002", "00283006", signed);
    if (table) return (value) => lookUp(table, value) / (2 ** table.bits - 1);
  }
  return undefined;
}

/** Black at the frame's smallest value, white at its largest; a frame of one value is black. */
function fullRange(
  dataset: Dataset,
  image: ImagePixel,
  modality: Transform,
  frameValues: () => Values,
): Transform {
  const values = frameValues();
  const found = range(values, paddingRange(dataset, image)) ?? range(values) ?? [0, 1];
  const ends = found.map((value) => apply(modality, value));
  const [low, high] = [Math.min(...ends), Math.max(...ends)];
  const width = high - low || 1;
  return line(1 / width, -low / width);
}

/** Pixel Padding Value, up to Pixel Padding Range Limit where there is one (PS3.3 C.7.5.1.1.2). */
function paddingRange(dataset: Dataset, image: ImagePixel): readonly [number, number] | undefined {
  const declared = number(dataset, "00280120");
  if (declared === undefined) return undefined;
  const value = asPixel(declared, image);
  const limit = asPixel(number(dataset, "00280121") ?? declared, image);
  return [Math.min(value, limit), Math.max(value, limit)];
}

/** US or SS as Pixel Representation says (PS3.6, note 1): files bring the other VR too. */
function asPixel(value: number, { signed, bitsAllocated }: ImagePixel): number {
  if (bitsAllocated > 16) return value;
  return signed ? (value << 16) >> 16 : value & 0xffff;
}
