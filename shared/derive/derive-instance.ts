/** Makes what an instance is shown by, from its archived original: a thumbnail and its frames, one object each. */
import type { InstanceItem } from "../catalog/items.ts";
import { type InstanceKey, keys } from "../catalog/keys.ts";
import { largeHeader } from "../dicom/grow-prefix.ts";
import { DicomRejected } from "../dicom/rejected.ts";
import { ConditionFailed } from "../errors.ts";
import { decoders } from "../pixels/decode-frame.ts";
import { nativeFrameBytes, readImagePixel } from "../pixels/image-pixel.ts";
import type { Clock, ObjectStore, Table } from "../ports.ts";
import { Derivation, type Derived, type Made } from "./derivation.ts";
import { MemoryBudget } from "./memory-budget.ts";
import type { Original } from "./open-original.ts";

export interface DeriveDeps {
  readonly table: Table;
  readonly objects: ObjectStore;
  readonly clock: Clock;
}
export interface DeriveRequest extends InstanceKey {
  /** Of the original to derive from. */
  readonly sha256: string;
}
/** Of all instances a process derives from at once: the largest frame with its copies fits. */
const memory = new MemoryBudget(544 * 1024 * 1024);
/** A frame as it was read, decoded, in its envelope, and as it is averaged. */
const framesHeld = 4;
const atLeastHeld = 32 * 1024 * 1024;

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
  try {
    const original = await derivation.openWithin(largeHeader);
    if (original) return await shownBy(derivation, original, (bytes, work) => memory.within(bytes, work));
    // The JSON of a large header is there as long as its frames are: with the bytes it is read from it leaves room for nobody.
    return await memory.within(Number.POSITIVE_INFINITY, async () => {
      return shownBy(derivation, await derivation.open(), (_, work) => work());
    });
  } catch (error) {
    if (error instanceof DicomRejected) return { thumbnail: `unavailable:${error.code}`, frames: 0 };
    throw error;
  }
}

type Within = (bytes: number, work: () => Promise<Made>) => Promise<Made>;

async function shownBy(derivation: Derivation, original: Original, within: Within): Promise<Made> {
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
  return within(needed, () => derivation.storeAll(original, image, decoder));
}
