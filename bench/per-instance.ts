/** Parse, index and thumbnail of one instance, beside dcmtk doing what is nearest to each, round by round. */
import { openOriginal } from "../shared/derive/open-original.ts";
import { readFrames } from "../shared/derive/read-frames.ts";
import { readHeader } from "../shared/dicom/read.ts";
import { decoders } from "../shared/pixels/decode-frame.ts";
import { readImagePixel, representativeFrame } from "../shared/pixels/image-pixel.ts";
import { renderThumbnail } from "../shared/pixels/thumbnail.ts";
import type { ObjectRef, ObjectStore } from "../shared/ports.ts";
import { clinic } from "../test/support/clinic.ts";
import { memoryObjects } from "../test/support/memory/objects.ts";
import { readWithDcmjs } from "./dcmjs.ts";
import * as dcmtk from "./dcmtk.ts";
import type { BenchInstance } from "./instances.ts";
import { median, repeat, timed } from "./measure.ts";

export interface InstanceFigures {
  readonly name: string;
  /** At the top level of the data set, before the pixels. */
  readonly elements: number;
  /** Milliseconds. */
  readonly parse: number;
  /** dcmjs reading as far, without making JSON of it. */
  readonly dcmjs: number;
  readonly index: number;
  readonly thumbnail: number;
  readonly jpegBytes: number;
  readonly peer?: PeerFigures;
}

/** Milliseconds; a start is already taken off the tools' own. */
interface PeerFigures {
  readonly dump: number;
  readonly render: number;
  readonly dumpStart: number;
  readonly renderStart: number;
}

const rounds = 7;
const prefix = 64 * 1024;

/** `withPeer`: dcmtk is there to be measured beside. */
export async function measureInstance(instance: BenchInstance, withPeer: boolean): Promise<InstanceFigures> {
  const input = await thumbnailInput(instance.bytes);
  const whole = new Uint8Array(instance.bytes).buffer;
  const own = {
    parse: [] as number[],
    dcmjs: [] as number[],
    index: [] as number[],
    thumbnail: [] as number[],
  };
  const peers: PeerFigures[] = [];
  let jpegBytes = 0;
  for (let round = 0; round <= rounds; round++) {
    const parse = median(await repeat(50, () => parseToJson(instance.bytes)));
    const dcmjs = median(await repeat(20, () => readWithDcmjs(whole)));
    const index = await indexOnce(instance.bytes);
    const thumbnail = median(
      await repeat(5, async () => {
        jpegBytes = await makeThumbnail(input);
      }),
    );
    // The first round warms up.
    if (round === 0) continue;
    own.parse.push(parse);
    own.dcmjs.push(dcmjs);
    own.index.push(index);
    own.thumbnail.push(thumbnail);
    if (withPeer) peers.push(await peerRound(instance.path, input));
  }
  const { parse, dcmjs, index, thumbnail } = own;
  return {
    name: instance.name,
    elements: Object.keys(input.dataset).length,
    parse: median(parse),
    dcmjs: median(dcmjs),
    index: median(index),
    thumbnail: median(thumbnail),
    jpegBytes,
    ...(withPeer && { peer: medians(peers) }),
  };
}

/** Starts are measured in the same round: on a busy machine they move as much as the work does. */
async function peerRound(path: string, { index, grey }: ThumbnailInput): Promise<PeerFigures> {
  const dumpStart = await dcmtk.spawnFloor("dcmdump");
  const renderStart = await dcmtk.spawnFloor("dcmj2pnm");
  const dump = (await dcmtk.dump(path)) - dumpStart;
  const render = (await dcmtk.thumbnail(path, index, grey)) - renderStart;
  return { dump, render, dumpStart, renderStart };
}

function medians(rounds: readonly PeerFigures[]): PeerFigures {
  const of = (name: keyof PeerFigures): number => median(rounds.map((round) => round[name]));
  return {
    dump: of("dump"),
    render: of("render"),
    dumpStart: of("dumpStart"),
    renderStart: of("renderStart"),
  };
}

/** What ingest does with the first range of an object. */
export function parseToJson(bytes: Uint8Array): string {
  const header = readHeader(bytes.subarray(0, prefix), { totalSize: bytes.length });
  if ("needBytes" in header) throw new Error("The header is longer than the first range");
  return JSON.stringify(header.dataset);
}

/** The whole index stage on stores in memory: everything but the network. */
async function indexOnce(bytes: Uint8Array): Promise<number> {
  const times: number[] = [];
  for (let i = 0; i < 5; i++) {
    const here = await clinic();
    const { landed } = await here.send([bytes]);
    times.push(await timed(() => here.ingest(landed[0])));
  }
  return median(times);
}

type ThumbnailInput = Awaited<ReturnType<typeof storedInput>>;

export async function thumbnailInput(bytes: Uint8Array) {
  const ref = { bucket: "archive", key: "bench" } as const;
  const objects = memoryObjects();
  await objects.put(ref, bytes, { contentType: "application/dicom" });
  return storedInput(objects, ref, bytes.length);
}

/** What a thumbnail is made of, read by ranges as derive reads it. */
export async function storedInput(objects: ObjectStore, ref: ObjectRef, size: number) {
  const original = await openOriginal(objects, ref, size);
  const { dataset, pixelData: element, transferSyntaxUid } = original.header;
  const decoder = decoders[transferSyntaxUid];
  const image = element && readImagePixel(dataset, element);
  if (!decoder || !image || "unavailable" in image) throw new Error("The bench's own object cannot be read");
  const shown = representativeFrame(image.frames);
  for await (const { index, bytes: frame, bitOffset } of readFrames(original, element, image, decoder)) {
    if (index === shown)
      return { dataset, element, transferSyntaxUid, frame, bitOffset, index, grey: image.samples === 1 };
  }
  throw new Error("The bench's own object has no middle frame");
}

export async function makeThumbnail(input: ThumbnailInput): Promise<number> {
  const answer = await renderThumbnail(input);
  if (!("jpeg" in answer)) throw new Error(JSON.stringify(answer));
  return answer.jpeg.length;
}
