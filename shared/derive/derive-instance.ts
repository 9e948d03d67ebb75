/** Makes what an instance is shown by, from its archived original: a thumbnail and its frames, one object each. */
import type { InstanceItem } from "../catalog/items.ts";
import { type InstanceKey, keys } from "../catalog/keys.ts";
import { originalOf } from "../catalog/original-of.ts";
import { DicomRejected } from "../dicom/rejected.ts";
import { ConditionFailed } from "../errors.ts";
import { objectKeys } from "../object-keys.ts";
import { type Decoder, decodeFrame, decoders } from "../pixels/decode-frame.ts";
import { drawIcon } from "../pixels/draw-icon.ts";
import { type FrameMedia, frameMedia } from "../pixels/frame-media.ts";
import { type IconKind, iconKind, iconOf } from "../pixels/icon.ts";
import {
  type ImagePixel,
  nativeFrameBytes,
  readImagePixel,
  representativeFrame,
  type UnavailableReason,
} from "../pixels/image-pixel.ts";
import { withLookupTables } from "../pixels/lookup-data.ts";
import { renderThumbnail } from "../pixels/thumbnail.ts";
import type { Clock, ObjectStore, Table } from "../ports.ts";
import { wrapFrame } from "./frame-envelope.ts";
import { MemoryBudget } from "./memory-budget.ts";
import { type Original, openOriginal } from "./open-original.ts";
import { type RawFrame, readFrames } from "./read-frames.ts";

export interface DeriveDeps {
  readonly table: Table;
  readonly objects: ObjectStore;
  readonly clock: Clock;
}
export interface DeriveRequest extends InstanceKey {
  /** Of the original to derive from. */
  readonly sha256: string;
}
export interface Derived {
  /** `ready` | `none` | `pending:<transfer syntax uid>` | `unavailable:<reason>`. */
  readonly thumbnail: string;
  /** What is stored in place of a thumbnail that is not `ready`. */
  readonly icon?: IconKind;
  /** Frames 1 to this number are stored. */
  readonly frames: number;
}
type Made = Omit<Derived, "icon">;

/** Of all instances a process derives from at once: the largest frame with its copies fits. */
const memory = new MemoryBudget(544 * 1024 * 1024);
/** A frame as it was read, decoded, in its envelope, and as it is averaged. */
const framesHeld = 4;
const atLeastHeld = 32 * 1024 * 1024;

/** Puts in flight at once; their frames are in memory together, up to `bytesInFlight`. */
const putsInFlight = 16;
const bytesInFlight = 16 * 1024 * 1024;

/**
 * Stores thumbnail and frames and notes both in the catalog. Running it again writes the same objects again. Answers
 * undefined, having written nothing to the catalog, when the catalog does not hold these bytes under this key (any more).
 * What a file holds never makes it throw; a store that cannot answer does (Transient, KeyUnavailable).
 */
export async function deriveInstance(deps: DeriveDeps, request: DeriveRequest): Promise<Derived | undefined> {
  const item = (await deps.table.get(keys.instance(request), { consistent: true })) as
    | InstanceItem
    | undefined;
  if (item?.sha256 !== request.sha256) return undefined;
  const derivation = new Derivation(deps.objects, item);
  const derived = await derivation.withIcon(await deriveFrom(derivation));
  return (await record(deps, item, derived)) ? derived : undefined;
}

async function record({ table, clock }: DeriveDeps, item: InstanceItem, derived: Derived): Promise<boolean> {
  try {
    await table.write([
      {
        op: "update",
        key: keys.instance(item),
        set: { ...derived, derivedAt: clock.now().toISOString() },
        ...(derived.icon === undefined && { remove: ["icon"] }),
        when: [[{ attribute: "sha256", is: "=", value: item.sha256 }]],
      },
    ]);
    return true;
  } catch (error) {
    if (error instanceof ConditionFailed) return false;
    throw error;
  }
}

async function deriveFrom(derivation: Derivation): Promise<Made> {
  let original: Original;
  try {
    original = await derivation.open();
  } catch (error) {
    if (error instanceof DicomRejected) return { thumbnail: `unavailable:${error.code}`, frames: 0 };
    throw error;
  }
  const { dataset, pixelData, transferSyntaxUid } = original.header;
  if (pixelData === undefined) return { thumbnail: "none", frames: 0 };
  const decoder = decoders[transferSyntaxUid];
  if (decoder === undefined) return { thumbnail: `pending:${transferSyntaxUid}`, frames: 0 };
  const image = readImagePixel(dataset, pixelData);
  if ("unavailable" in image) return { thumbnail: `unavailable:${image.unavailable}`, frames: 0 };
  if (decoder.encapsulated !== pixelData.encapsulated) {
    return { thumbnail: "unavailable:pixel-data-structure", frames: 0 };
  }
  const needed = framesHeld * nativeFrameBytes(image) + atLeastHeld;
  return memory.within(needed, () => derivation.storeAll(original, image, decoder));
}

/** One run over one instance. */
class Derivation {
  readonly #objects: ObjectStore;
  readonly #item: InstanceItem;

  constructor(objects: ObjectStore, item: InstanceItem) {
    this.#objects = objects;
    this.#item = item;
  }

  open(): Promise<Original> {
    return openOriginal(this.#objects, originalOf(this.#item), this.#item.size);
  }

  /** Whatever has no picture is shown by an icon: lists have no holes. */
  async withIcon(made: Made): Promise<Derived> {
    if (made.thumbnail === "ready") return made;
    const { sopClassUid, transferSyntaxUid, sha256 } = this.#item;
    const icon = iconOf(made.thumbnail, sopClassUid, transferSyntaxUid);
    await this.#put(objectKeys.thumbnail(this.#item, sha256), await drawIcon(icon), "image/jpeg");
    return { ...made, icon };
  }

  /** One pass over the pixels: every frame stored, the representative one also shown. */
  async storeAll(original: Original, image: ImagePixel, decoder: Decoder): Promise<Made> {
    const { header } = original;
    const pixelData = header.pixelData as NonNullable<typeof header.pixelData>;
    const quantities = iconKind(this.#item.sopClassUid) === "parametric-map";
    // Without a colour scale a picture of quantities would mislead.
    const shown = quantities ? undefined : representativeFrame(image.frames);
    let thumbnail: string | undefined;
    let missing: UnavailableReason = "pixel-data-too-short";
    const onFlood = () => {
      missing = "too-many-fragments";
    };
    let stored = 0;
    const media = frameMedia(header.transferSyntaxUid);
    const decodedBytes = media.asItCame ? 0 : nativeFrameBytes(image);
    const frames = readFrames(original, pixelData, image, decoder, onFlood);
    for await (const batch of batches(frames, decodedBytes)) {
      const representative = batch.find(({ index }) => index === shown);
      if (representative) thumbnail = await this.#storeThumbnail(original, representative);
      const results = await Promise.all(
        batch.map((frame) => this.#storeFrame(header.transferSyntaxUid, image, media, frame)),
      );
      const failed = results.indexOf(false);
      stored += failed < 0 ? batch.length : failed;
      if (failed >= 0) break;
    }
    thumbnail ??= shown === undefined ? "none" : `unavailable:${missing}`;
    return { thumbnail, frames: stored };
  }

  async #storeThumbnail(original: Original, { bytes, bitOffset, index }: RawFrame): Promise<string> {
    const { header } = original;
    const element = header.pixelData as NonNullable<typeof header.pixelData>;
    const dataset = await withLookupTables(header.dataset, original.readTable);
    const { transferSyntaxUid } = header;
    const picture = await renderThumbnail({
      dataset,
      element,
      transferSyntaxUid,
      frame: bytes,
      bitOffset,
      index,
    });
    if ("pending" in picture) return `pending:${picture.pending}`;
    if ("unavailable" in picture) return `unavailable:${picture.unavailable}`;
    await this.#put(objectKeys.thumbnail(this.#item, this.#item.sha256), picture.jpeg, "image/jpeg");
    return "ready";
  }

  /** False when the frame cannot be decoded and has to be. */
  async #storeFrame(syntax: string, image: ImagePixel, media: FrameMedia, frame: RawFrame): Promise<boolean> {
    const decoded = media.asItCame ? frame : await decodeFrame(syntax, image, frame.bytes, frame);
    if (!("bytes" in decoded)) return false;
    const { sha256 } = this.#item;
    const { body, contentType } = wrapFrame(media, decoded.bytes, sha256);
    await this.#put(objectKeys.frame(this.#item, sha256, frame.index + 1), body, contentType);
    return true;
  }

  #put(key: string, body: Uint8Array, contentType: string): Promise<void> {
    return this.#objects.put({ bucket: "derived", key }, body, { contentType, kmsKeyId: this.#item.keyArn });
  }
}

/** `decodedBytes`: what each frame becomes beside its raw bytes; RLE may hold many times its own length. */
async function* batches(
  frames: AsyncIterable<RawFrame>,
  decodedBytes: number,
): AsyncGenerator<readonly RawFrame[]> {
  let batch: RawFrame[] = [];
  let size = 0;
  for await (const frame of frames) {
    batch.push(frame);
    size += Math.max(frame.bytes.length, decodedBytes);
    if (batch.length < putsInFlight && size < bytesInFlight) continue;
    yield batch;
    batch = [];
    size = 0;
  }
  if (batch.length > 0) yield batch;
}
