/** What a JPEG 2000 or HTJ2K codestream says of itself (ISO/IEC 15444-1 Annex A), bare or in its file format (Annex I). */
import type { StreamHeader } from "./stream-header.ts";

export interface Jpeg2000Header extends StreamHeader {
  /** Decomposition levels: the picture can be had at 1/2, 1/4 … 1/2^levels. */
  readonly levels: number;
  /** The components were transformed as one (RCT, ICT), and come out as RGB. */
  readonly transformed: boolean;
  readonly tiles: number;
  /** Samples below zero are possible: what the encoder saw, whatever the object says. */
  readonly signed: boolean;
  /** Every component has a sample for every pixel. */
  readonly fullResolution: boolean;
}

const marker = { startOfCodestream: 0xff4f, size: 0xff51, codingStyle: 0xff52, startOfTile: 0xff90 } as const;
const signatureBox = 0x6a502020;
const codestreamBox = 0x6a703263;

/** Undefined when the main header is not whole. */
export function jpeg2000Header(stream: Uint8Array): Jpeg2000Header | undefined {
  const view = new DataView(stream.buffer, stream.byteOffset, stream.byteLength);
  const start = codestreamAt(view);
  if (start === undefined) return undefined;
  const segments = mainSegments(view, start + 2);
  const [size, style] = [segments.get(marker.size), segments.get(marker.codingStyle)];
  if (size === undefined || style === undefined || style.byteLength < 10) return undefined;
  const image = imageSize(size);
  return image && { ...image, transformed: style.getUint8(6) === 1, levels: style.getUint8(7) };
}

/** Where the codestream starts: at once, or in the first `jp2c` box. */
function codestreamAt(view: DataView): number | undefined {
  const starts = (at: number): boolean =>
    at + 2 <= view.byteLength && view.getUint16(at) === marker.startOfCodestream;
  if (starts(0)) return 0;
  if (view.byteLength < 8 || view.getUint32(4) !== signatureBox) return undefined;
  for (let at = 0, length = 0; at + 8 <= view.byteLength; at += length) {
    length = view.getUint32(at);
    // Length 1: the length is in the eight bytes that follow.
    const content = at + (length === 1 ? 16 : 8);
    if (view.getUint32(at + 4) === codestreamBox) return starts(content) ? content : undefined;
    if (length < 8) return undefined;
  }
  return undefined;
}

/** Marker segments before the first tile, each from its length on. */
function mainSegments(view: DataView, start: number): ReadonlyMap<number, DataView> {
  const segments = new Map<number, DataView>();
  for (let at = start; at + 4 <= view.byteLength; ) {
    const name = view.getUint16(at);
    const length = view.getUint16(at + 2);
    if (name === marker.startOfTile || at + 2 + length > view.byteLength) break;
    if (!segments.has(name)) segments.set(name, new DataView(view.buffer, view.byteOffset + at + 2, length));
    at += 2 + length;
  }
  return segments;
}

/** A.5.1: Lsiz, Rsiz, the reference grid, tiles, then three bytes a component. */
function imageSize(segment: DataView): Omit<Jpeg2000Header, "levels" | "transformed"> | undefined {
  if (segment.byteLength < 39) return undefined;
  const [right, bottom, left, top, tileWidth, tileHeight, tileLeft, tileTop] = Array.from(
    { length: 8 },
    (_, i) => segment.getUint32(4 + 4 * i),
  ) as [number, number, number, number, number, number, number, number];
  const components = segment.getUint16(36);
  if (components === 0 || segment.byteLength < 38 + 3 * components || tileWidth === 0 || tileHeight === 0) {
    return undefined;
  }
  const of = Array.from({ length: components }, (_, i) => ({
    signed: segment.getUint8(38 + 3 * i) > 0x7f,
    precision: (segment.getUint8(38 + 3 * i) & 0x7f) + 1,
    step: segment.getUint8(39 + 3 * i) * segment.getUint8(40 + 3 * i),
  }));
  return {
    columns: right - left,
    rows: bottom - top,
    components,
    precision: Math.max(...of.map(({ precision }) => precision)),
    tiles: Math.ceil((right - tileLeft) / tileWidth) * Math.ceil((bottom - tileTop) / tileHeight),
    signed: of.some(({ signed }) => signed),
    fullResolution: of.every(({ step }) => step === 1),
  };
}
