/** What a JPEG or JPEG-LS stream says of itself before its first scan (ISO/IEC 10918-1 Annex B, 14495-1 Annex C). */
import type { StreamHeader } from "./stream-header.ts";

export interface JpegHeader extends StreamHeader {
  /** The start-of-frame marker's second byte: C0 baseline, C3 lossless, F7 JPEG-LS … */
  readonly process: number;
}

const startOfScan = 0xda;
/** C4, C8 and CC share the range, and start no frame. */
const startsFrame = (marker: number): boolean =>
  marker === 0xf7 ||
  (marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc);

/** Undefined when no frame header comes before the first scan. */
export function jpegHeader(stream: Uint8Array): JpegHeader | undefined {
  const view = new DataView(stream.buffer, stream.byteOffset, stream.byteLength);
  if (stream[0] !== 0xff || stream[1] !== 0xd8) return undefined;
  for (let at = 2; at + 4 <= stream.length && stream[at] === 0xff; ) {
    const marker = stream[at + 1] as number;
    // Fill bytes may stand before a marker (B.1.1.2).
    if (marker === 0xff) {
      at++;
      continue;
    }
    if (marker === startOfScan) return undefined;
    if (startsFrame(marker)) return frameHeader(view, at, marker);
    at += 2 + view.getUint16(at + 2);
  }
  return undefined;
}

function frameHeader(view: DataView, at: number, process: number): JpegHeader | undefined {
  if (at + 10 > view.byteLength) return undefined;
  return {
    process,
    precision: view.getUint8(at + 4),
    rows: view.getUint16(at + 5),
    columns: view.getUint16(at + 7),
    components: view.getUint8(at + 9),
  };
}

/** Encoders write ten or so; each costs a pass over the whole picture, and a stream of kilobytes can hold thousands. */
const mostScans = 200;

/** Whether a stream has more scans than any encoder writes. Inside entropy-coded data FF is never followed by DA. */
export function tooManyScans(stream: Uint8Array): boolean {
  const bytes = Buffer.from(stream.buffer, stream.byteOffset, stream.byteLength);
  const mark = Buffer.from([0xff, startOfScan]);
  let at = -2;
  for (let scans = 0; scans <= mostScans; scans++) {
    at = bytes.indexOf(mark, at + 2);
    if (at < 0) return false;
  }
  return true;
}
