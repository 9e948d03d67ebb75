/** JPEG streams (ISO/IEC 10918-1 Annex B) by their marker segments, without decoding. */
import { SourceDamaged } from "./recognise.ts";

export interface JpegStream {
  /** SOF0, 8 bit, one or three components: what DICOM's JPEG Baseline takes as it is. */
  readonly baseline: boolean;
  readonly components: number;
  /** The components are RGB, as Adobe's segment says (transform 0). */
  readonly rgb: boolean;
  /** A colour profile that is not sRGB. */
  readonly foreignProfile: boolean;
  /** The stream without EXIF, GPS, XMP, comments, profiles and embedded thumbnails. */
  readonly stripped: Uint8Array;
}

const [app0, app2, app14, app15, comment, startOfScan] = [0xe0, 0xe2, 0xee, 0xef, 0xfe, 0xda];

/** Throws SourceDamaged where the segments cannot be followed to the first scan. */
export function jpegStream(bytes: Uint8Array): JpegStream {
  const kept: Uint8Array[] = [bytes.subarray(0, 2)];
  let frame: Frame | undefined;
  let [rgb, foreignProfile] = [false, false];
  for (const { marker, segment, at } of segments(bytes)) {
    if (marker === startOfScan) {
      if (!frame) throw new SourceDamaged("A JPEG scan without a frame");
      kept.push(bytes.subarray(at));
      const { components } = frame;
      const baseline = frame.baseline && (components === 1 || components === 3);
      return { ...frame, baseline, rgb, foreignProfile, stripped: Buffer.concat(kept) };
    }
    if (isFrame(marker)) frame = frameOf(marker, segment);
    if (marker === app14 && startsWith(segment, "Adobe")) rgb = segment[15] === 0;
    if (marker === app2 && startsWith(segment, "ICC_PROFILE")) foreignProfile ||= !namesSrgb(segment);
    if (stays(marker, segment)) kept.push(segment);
  }
  throw new SourceDamaged("A JPEG without a scan");
}

interface Segment {
  readonly marker: number;
  /** With its marker. */
  readonly segment: Uint8Array;
  readonly at: number;
}

function* segments(bytes: Uint8Array): Generator<Segment> {
  for (let at = 2; at + 4 <= bytes.length; ) {
    // B.1.1.2: a marker may be preceded by fill bytes.
    if (bytes[at] === 0xff && bytes[at + 1] === 0xff) {
      at += 1;
      continue;
    }
    if (bytes[at] !== 0xff) throw new SourceDamaged("A JPEG marker is missing");
    const length = 2 + ((bytes[at + 2] as number) << 8) + (bytes[at + 3] as number);
    if (length < 4 || at + length > bytes.length) throw new SourceDamaged("A JPEG segment is cut off");
    yield { marker: bytes[at + 1] as number, segment: bytes.subarray(at, at + length), at };
    at += length;
  }
}

interface Frame {
  readonly baseline: boolean;
  readonly components: number;
}

/** SOF0 to SOF15, without the three of that range that are DHT, JPG and DAC (Table B.1). */
const isFrame = (marker: number): boolean =>
  marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);

/** B.2.2: length, precision, lines, samples a line, number of components. */
const frameOf = (marker: number, segment: Uint8Array): Frame => ({
  baseline: marker === 0xc0 && segment[4] === 8,
  components: segment[9] ?? 0,
});

/** JFIF and Adobe decide how the samples are read; every other application segment says something about the photographer. */
function stays(marker: number, segment: Uint8Array): boolean {
  if (marker === app0) return startsWith(segment, "JFIF");
  if (marker === app14) return startsWith(segment, "Adobe");
  return marker !== comment && (marker < app0 || marker > app15);
}

const startsWith = (segment: Uint8Array, word: string): boolean =>
  Buffer.from(segment.subarray(4, 4 + word.length)).toString("latin1") === word;

/** By its description, in ASCII or UTF-16. */
function namesSrgb(segment: Uint8Array): boolean {
  return Buffer.from(segment).toString("latin1").replaceAll("\0", "").includes("sRGB");
}
