/** One run over one instance: what is made of its original, and put beside it. */
import type { InstanceItem } from "../catalog/items.ts";
import { originalOf } from "../catalog/original-of.ts";
import { objectKeys } from "../object-keys.ts";
import { type Decoder, decodeFrame } from "../pixels/decode-frame.ts";
import { drawIcon } from "../pixels/draw-icon.ts";
import { type FrameMedia, frameMedia } from "../pixels/frame-media.ts";
import { type IconKind, iconKind, iconOf } from "../pixels/icon.ts";
import {
  type ImagePixel,
  nativeFrameBytes,
  representativeFrame,
  type UnavailableReason,
} from "../pixels/image-pixel.ts";
import { withLookupTables } from "../pixels/lookup-data.ts";
import { renderThumbnail } from "../pixels/thumbnail.ts";
import type { ObjectStore } from "../ports.ts";
import { wrapFrame } from "./frame-envelope.ts";
import { type Original, openOriginal, openWithin } from "./open-original.ts";
import { type RawFrame, readFrames } from "./read-frames.ts";

export interface Derived {
  /** `ready` | `none` | `pending:<transfer syntax uid>` | `unavailable:<reason>`. */
  readonly thumbnail: string;
  /** What is stored in place of a thumbnail that is not `ready`. */
  readonly icon?: IconKind;
  /** Frames 1 to this number are stored. */
  readonly frames: number;
}
export type Made = Omit<Derived, "icon">;

/** Puts in flight at once; their frames are in memory together, up to `bytesInFlight`. */
const putsInFlight = 16;
const bytesInFlight = 16 * 1024 * 1024;

export class Derivation {
  readonly #objects: ObjectStore;
  readonly #item: InstanceItem;

  constructor(objects: ObjectStore, item: InstanceItem) {
    this.#objects = objects;
    this.#item = item;
  }

  /** Undefined where the header takes more than `atMost` bytes. Throws DicomRejected. */
  openWithin(atMost: number): Promise<Original | undefined> {
    return openWithin(this.#objects, originalOf(this.#item), this.#item.size, atMost);
  }

  /** Throws DicomRejected. */
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
