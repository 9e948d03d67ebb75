/**
 * Whether the pixels an object describes are all there. The header says nothing of a file that was cut inside its pixels, and
 * a doctor must not find that out: it is refused while whoever sent it still has the whole one.
 */
import { countInflated } from "./count-inflated.ts";
import { ElementCursor, isFault } from "./element-cursor.ts";
import { countFragments } from "./fragment-stream.ts";
import { describedPixelBytes, type RangeReader } from "./frames.ts";
import type { Header, PixelData } from "./read.ts";
import { DicomRejected } from "./rejected.ts";
import { viewOf } from "./values.ts";

/** The file. */
export interface PixelSource {
  /** Bytes of the whole. */
  readonly size: number;
  readonly read: RangeReader;
  /** From an offset to the end. */
  readonly stream: (offset: number) => Promise<AsyncIterable<Uint8Array>>;
}

/** Where encapsulated Pixel Data ends, and what little may follow it, is looked for in the file's last bytes. */
const tailBytes = 64 * 1024;

/** Image Pixel Module (PS3.3 §C.7.6.3): what every image has of it, in the order of the file. */
const describing = [
  "00280002",
  "00280004",
  "00280010",
  "00280011",
  "00280100",
  "00280101",
  "00280102",
  "00280103",
] as const;
const pixelProviderUrl = "00287FE0";

/**
 * It describes pixels it has not. Rows and columns alone may be of something else, such as spectra (§C.8.14.3), so the first
 * of the module must be there.
 */
export const lacksPixels = ({ dataset, pixelData }: Pick<Header, "dataset" | "pixelData">): boolean =>
  !pixelData && dataset[describing[0]] !== undefined && !dataset[pixelProviderUrl];

/**
 * Reads none of native pixels, the last 64 KiB of encapsulated ones where they end as they should and all of them where they
 * do not, and inflates what is deflated; holds none of it.
 *
 * @throws DicomRejected truncated, damaged-pixel-data, deflate-damaged, decompression-limit
 */
export async function checkPixels(header: Header, source: PixelSource): Promise<void> {
  const { pixelData, dataset } = header;
  // One that describes them to the end may be as it was made: real objects are, and none can be told from one that was cut there.
  if (lacksPixels(header) && !describing.every((tag) => dataset[tag]))
    throw new DicomRejected("truncated", source.size);
  if (!pixelData) return;
  const { offset, tag } = pixelData;
  if (pixelData.encapsulated) return checkEncapsulated(pixelData, source);
  if (pixelData.truncated) throw new DicomRejected("truncated", offset, tag);
  if (header.transferSyntax.encapsulated || (pixelData.length ?? 0) < describedPixelBytes(header))
    throw new DicomRejected("damaged-pixel-data", offset, tag);
  if (header.transferSyntax.deflated) await checkDeflated(header, pixelData, source);
}

async function checkDeflated(
  { datasetOffset }: Header,
  pixelData: PixelData,
  source: PixelSource,
): Promise<void> {
  const { offset, length = 0, tag } = pixelData;
  const inflated = await countInflated(await source.stream(datasetOffset), datasetOffset, source.size);
  if (inflated < offset + length) throw new DicomRejected("truncated", offset, tag);
}

async function checkEncapsulated({ offset, tag }: PixelData, source: PixelSource): Promise<void> {
  const { size, read, stream } = source;
  if (size - offset > tailBytes && endsWithDelimiter(await read(size - tailBytes, tailBytes))) return;
  const fragments = await countFragments(await stream(offset), offset);
  if (fragments === 0) throw new DicomRejected("damaged-pixel-data", offset, tag);
}

const delimiter = Buffer.from([0xfe, 0xff, 0xdd, 0xe0, 0, 0, 0, 0]);

/** The file ends with the Sequence Delimitation Item, or with one and elements that end where the file does. */
function endsWithDelimiter(tail: Uint8Array): boolean {
  const bytes = viewOf(tail);
  for (
    let at = bytes.buffer.lastIndexOf(delimiter);
    at >= 0;
    at = at === 0 ? -1 : bytes.buffer.lastIndexOf(delimiter, at - 1)
  )
    if (elementsFill(new ElementCursor(bytes, tail.length, at + delimiter.length))) return true;
  return false;
}

/** Encapsulated transfer syntaxes are explicit VR little endian (PS3.5 §A.4). */
function elementsFill(cursor: ElementCursor): boolean {
  try {
    while (cursor.position < cursor.total) {
      cursor.next(cursor.total, { explicit: true, little: true });
      if (cursor.group < 0x7fe0 || cursor.isUndefinedLength) return false;
      cursor.position = cursor.valueEnd(cursor.total);
    }
    return true;
  } catch (error) {
    if (!isFault(error)) throw error;
    return false;
  }
}
