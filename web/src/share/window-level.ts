/** Stored pixel values to a picture: rescale, window (PS3.3 §C.11.2.1.2.1, linear), photometric interpretation. */

export interface ImageDescription {
  readonly rows: number;
  readonly columns: number;
  readonly bitsAllocated: number;
  readonly bitsStored: number;
  readonly signed: boolean;
  readonly samplesPerPixel: number;
  readonly planar: boolean;
  readonly photometric: string;
  readonly slope: number;
  readonly intercept: number;
  readonly windows: readonly Window[];
}
export interface Window {
  readonly center: number;
  readonly width: number;
}

/** Stored pixel values; eight bits are kept as such, a film has millions. */
export type PixelValues = Int32Array | Uint8Array;

export const presets = {
  brain: { center: 40, width: 80 },
  subdural: { center: 75, width: 215 },
  bone: { center: 500, width: 2000 },
  lung: { center: -600, width: 1500 },
  abdomen: { center: 40, width: 400 },
} as const satisfies Record<string, Window>;

/** Stored values, sign-extended from Bits Stored. Throws when there are fewer bytes than the image needs. */
export function storedValues(image: ImageDescription, bytes: Uint8Array): Int32Array {
  const count = image.rows * image.columns * image.samplesPerPixel;
  if (bytes.byteLength < count * (image.bitsAllocated / 8))
    throw new Error("fewer bytes than the image needs");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const values = new Int32Array(count);
  const unused = 32 - image.bitsStored;
  for (let index = 0; index < count; index++) {
    const raw = rawValue(view, index, image.bitsAllocated);
    values[index] = image.signed
      ? (raw << unused) >> unused
      : image.bitsStored === 32
        ? raw
        : raw & (2 ** image.bitsStored - 1);
  }
  return values;
}

function rawValue(view: DataView, index: number, bitsAllocated: number): number {
  if (bitsAllocated === 8) return view.getUint8(index);
  return bitsAllocated === 16 ? view.getUint16(index * 2, true) : view.getInt32(index * 4, true);
}

/** The image's own first window, or the range of its values. */
export function defaultWindow(image: ImageDescription, values: PixelValues): Window {
  const own = image.windows[0];
  if (own !== undefined && own.width >= 1) return own;
  return fullWindow(image, values);
}

export function fullWindow(image: ImageDescription, values: PixelValues): Window {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  const [from, to] = [low * image.slope + image.intercept, high * image.slope + image.intercept];
  return { center: (from + to + 1) / 2, width: Math.max(to - from + 1, 2) };
}

/** Fills RGBA for a canvas. Grey images are windowed, colour images shown as they are. */
export function paint(
  image: ImageDescription,
  values: PixelValues,
  window: Window,
  target: Uint8ClampedArray,
): void {
  if (image.samplesPerPixel === 3) paintColour(image, values, target);
  else paintGrey(image, values, window, target);
}

function paintGrey(
  image: ImageDescription,
  values: PixelValues,
  window: Window,
  target: Uint8ClampedArray,
): void {
  const { center, width } = window;
  const low = center - 0.5 - (width - 1) / 2;
  const scale = 255 / Math.max(width - 1, 1);
  const inverted = image.photometric === "MONOCHROME1";
  for (let index = 0, at = 0; index < values.length; index++, at += 4) {
    const shown = ((values[index] as number) * image.slope + image.intercept - low) * scale;
    const grey = inverted ? 255 - Math.min(Math.max(shown, 0), 255) : shown;
    target[at] = grey;
    target[at + 1] = grey;
    target[at + 2] = grey;
    target[at + 3] = 255;
  }
}

function paintColour(
  { rows, columns, planar, photometric }: ImageDescription,
  values: PixelValues,
  target: Uint8ClampedArray,
): void {
  const pixels = rows * columns;
  const [step, plane] = planar ? [1, pixels] : [3, 1];
  for (let index = 0, at = 0; index < pixels; index++, at += 4) {
    const a = values[index * step] as number;
    const b = values[index * step + plane] as number;
    const c = values[index * step + 2 * plane] as number;
    const [red, green, blue] = photometric.startsWith("YBR_FULL") ? fromYbr(a, b - 128, c - 128) : [a, b, c];
    target[at] = red;
    target[at + 1] = green;
    target[at + 2] = blue;
    target[at + 3] = 255;
  }
}

/** PS3.3 §C.7.6.3.1.2, YBR_FULL. */
const fromYbr = (y: number, cb: number, cr: number) =>
  [y + 1.402 * cr, y - 0.344136 * cb - 0.714136 * cr, y + 1.772 * cb] as const;
