/** The images of one series, loaded when looked at and a few ahead. */
import type { ShareClient } from "./client.ts";
import { firstPart } from "./multipart.ts";
import { type ImageDescription, type PixelValues, storedValues, type Window } from "./window-level.ts";

export interface SeriesInstance {
  readonly sopUid: string;
  readonly frames: number;
  readonly thumbnail?: string;
}
/** One picture to scroll to: an instance's frame. */
export interface Slice {
  readonly sopUid: string;
  readonly frame: number;
}
export type Picture =
  | { readonly kind: "values"; readonly image: ImageDescription; readonly values: PixelValues }
  | { readonly kind: "bitmap"; readonly bitmap: ImageBitmap };

const lookAhead = 6;
/** Decoded pictures kept: a 512 × 512 slice is 1 MB. */
const keep = 80;

/** What can be scrolled through: a dose report or a PDF has no pixels, and no place among the images. */
export function slicesOf(instances: readonly SeriesInstance[]): readonly Slice[] {
  return instances
    .filter(({ thumbnail }) => thumbnail !== "none")
    .flatMap(({ sopUid, frames }) =>
      Array.from({ length: frames }, (_, index) => ({ sopUid, frame: index + 1 })),
    );
}

export class SeriesImages {
  readonly slices: readonly Slice[];
  readonly #client: ShareClient;
  readonly #seriesUid: string;
  readonly #pictures = new Map<number, Promise<Picture>>();
  #descriptions: Promise<ReadonlyMap<string, ImageDescription>> | undefined;

  constructor(client: ShareClient, seriesUid: string, instances: readonly SeriesInstance[]) {
    this.#client = client;
    this.#seriesUid = seriesUid;
    this.slices = slicesOf(instances);
  }

  /** The picture at an index, and quietly the next few. Rejects when it cannot be had; the next call tries again. */
  picture(index: number): Promise<Picture> {
    const wanted = this.#load(index);
    for (let step = 1; step <= lookAhead; step++) {
      for (const near of [index + step, index - step])
        if (this.slices[near]) this.#load(near).catch(() => undefined);
    }
    this.#forgetFarFrom(index);
    return wanted;
  }

  #load(index: number): Promise<Picture> {
    const known = this.#pictures.get(index);
    if (known) return known;
    const loading = this.#fetch(this.slices[index] as Slice);
    this.#pictures.set(index, loading);
    loading.catch(() => this.#pictures.delete(index));
    return loading;
  }

  async #fetch({ sopUid, frame }: Slice): Promise<Picture> {
    const [descriptions, { contentType, bytes }] = await Promise.all([
      this.#describe(),
      this.#client.frame(this.#seriesUid, sopUid, frame),
    ]);
    const part = firstPart(contentType, bytes);
    const image = descriptions.get(sopUid);
    if (image === undefined) throw new Error("no description of this image");
    if (part.mediaType === "image/jpeg") return jpegPicture(image, part.bytes);
    return { kind: "values", image, values: storedValues(image, part.bytes) };
  }

  #describe(): Promise<ReadonlyMap<string, ImageDescription>> {
    this.#descriptions ??= this.#client
      .metadata(this.#seriesUid)
      .then((datasets) => new Map(datasets.map(describeImage)));
    this.#descriptions.catch(() => {
      this.#descriptions = undefined;
    });
    return this.#descriptions;
  }

  #forgetFarFrom(index: number): void {
    if (this.#pictures.size <= keep) return;
    const byDistance = [...this.#pictures.keys()].sort((a, b) => Math.abs(b - index) - Math.abs(a - index));
    for (const far of byDistance.slice(0, this.#pictures.size - keep)) this.#pictures.delete(far);
  }
}

/** Grey pixels go the way of all others: MONOCHROME1 is inverted, and a window applies. Colour is drawn as it comes. */
async function jpegPicture(image: ImageDescription, bytes: Uint8Array): Promise<Picture> {
  const blob = new Blob([bytes.slice()], { type: "image/jpeg" });
  const bitmap = await createImageBitmap(blob, { colorSpaceConversion: "none" });
  if (image.samplesPerPixel !== 1) return { kind: "bitmap", bitmap };
  const { width: columns, height: rows } = bitmap;
  return { kind: "values", image: { ...image, rows, columns }, values: greyOf(bitmap) };
}

function greyOf(bitmap: ImageBitmap): Uint8Array {
  const canvas = document.createElement("canvas");
  canvas.width = bitmap.width;
  canvas.height = bitmap.height;
  const context = canvas.getContext("2d", { willReadFrequently: true });
  if (context === null) throw new Error("no canvas to decode on");
  context.drawImage(bitmap, 0, 0);
  bitmap.close();
  const rgba = context.getImageData(0, 0, canvas.width, canvas.height).data;
  // Red, green and blue are the same.
  return Uint8Array.from({ length: rgba.length / 4 }, (_, pixel) => rgba[pixel * 4] as number);
}

export type Dataset = Readonly<Record<string, { readonly vr: string; readonly Value?: readonly unknown[] }>>;

function describeImage(dataset: Dataset): [string, ImageDescription] {
  const number = (tag: string, otherwise: number): number => Number(dataset[tag]?.Value?.[0] ?? otherwise);
  const text = (tag: string): string => String(dataset[tag]?.Value?.[0] ?? "");
  const bitsAllocated = number("00280100", 8);
  return [
    text("00080018"),
    {
      rows: number("00280010", 0),
      columns: number("00280011", 0),
      bitsAllocated,
      bitsStored: number("00280101", bitsAllocated),
      signed: number("00280103", 0) === 1,
      samplesPerPixel: number("00280002", 1),
      planar: number("00280006", 0) === 1,
      photometric: text("00280004"),
      slope: number("00281053", 1) || 1,
      intercept: number("00281052", 0),
      windows: windowsOf(dataset),
    },
  ];
}

function windowsOf(dataset: Dataset): Window[] {
  const centers = dataset["00281050"]?.Value ?? [];
  const widths = dataset["00281051"]?.Value ?? [];
  return centers.map((center, index) => ({ center: Number(center), width: Number(widths[index] ?? 0) }));
}
