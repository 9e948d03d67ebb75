/** Photographs and documents as a clinic sends them: drawn here, with what a phone writes into them. */
import sharp from "sharp";

const [width, height] = [60, 40];

/** Grey rising from left to right, with a bright mark in the upper left corner. */
function drawn(): Uint8Array {
  return Uint8Array.from({ length: width * height * 3 }, (_, at) => {
    const pixel = Math.floor(at / 3);
    const [x, y] = [pixel % width, Math.floor(pixel / width)];
    return x < 10 && y < 10 ? 255 : 20 + x * 2;
  });
}

export interface Photograph {
  /** EXIF orientation: 1 upright, 6 turned clockwise by the viewer. */
  readonly orientation?: number;
  readonly grey?: boolean;
  readonly progressive?: boolean;
}

const place = { GPSLatitudeRef: "N", GPSLatitude: "39/1 54/1 0/1" };
/** A maker's name that is easily found in bytes. */
export const cameraMaker = "SECRETPHONE";

export async function jpegPhotograph({
  orientation = 1,
  grey = false,
  progressive = false,
}: Photograph = {}): Promise<Uint8Array> {
  const image = sharp(drawn(), { raw: { width, height, channels: 3 } });
  const exif = { IFD0: { Make: cameraMaker }, IFD3: place };
  const bytes = await (grey ? image.toColourspace("b-w") : image)
    .withExif(exif)
    .withMetadata({ orientation })
    .withExifMerge(exif)
    .jpeg({ quality: 92, progressive })
    .toBuffer();
  return new Uint8Array(bytes);
}

export const pngPhotograph = async (): Promise<Uint8Array> =>
  new Uint8Array(
    await sharp(drawn(), { raw: { width, height, channels: 3 } })
      .png()
      .toBuffer(),
  );

/** 16 bit grey, as some film scanners write. */
export async function deepPng(): Promise<Uint8Array> {
  const samples = Uint16Array.from({ length: width * height }, (_, at) => (at % width) * 1000);
  const raw = { width, height, channels: 1 as const, premultiplied: false };
  const image = sharp(samples, { raw }).toColourspace("grey16");
  return new Uint8Array(await image.png().toBuffer());
}

/** One empty page. */
export function pdfDocument(comment = "report"): Uint8Array {
  const body = [
    "%PDF-1.4",
    `% ${comment}`,
    "1 0 obj <</Type/Catalog/Pages 2 0 R>> endobj",
    "2 0 obj <</Type/Pages/Kids[3 0 R]/Count 1>> endobj",
    "3 0 obj <</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>> endobj",
    "trailer <</Root 1 0 R>>",
    "%%EOF",
  ].join("\n");
  return new TextEncoder().encode(body);
}
