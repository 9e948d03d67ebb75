/**
 * npm run contact-sheet: every real file's thumbnail or icon, as derive makes it, beside the reference picture, for a person to look at. Writes
 * `.local/contact-sheet/`: a page, and the same as pictures.
 */
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import sharp from "sharp";
import { deriveInstance } from "../shared/derive/derive-instance.ts";
import { archived } from "../test/unit/derive/instances.ts";

interface Reference {
  readonly path: string;
  readonly expected: string;
  readonly sopClassUID: string | null;
  readonly png?: { readonly path: string };
}
interface Shown {
  readonly path: string;
  readonly state: string;
  readonly picture: Uint8Array;
  readonly reference?: Uint8Array;
}

const root = resolve(import.meta.dirname, "..");
const realFiles = join(root, "..", "shared", "dicom");
const out = join(root, ".local", "contact-sheet");
/** Of a picture on the sheet; two stand side by side. */
const side = 128;
const gap = 6;
const [across, down] = [6, 10] as const;

async function show({ path, sopClassUID, png }: Reference): Promise<Shown | undefined> {
  const bytes = new Uint8Array(await readFile(join(realFiles, path)));
  const { deps, request, thumbnailKey } = await archived(bytes, sopClassUID ?? undefined);
  const derived = await deriveInstance(deps, request);
  const picture = await deps.objects.read(thumbnailKey);
  const state = derived?.thumbnail ?? "";
  const reference = png && (await readFile(join(realFiles, png.path)));
  return { path, state, picture, ...(reference && { reference }) };
}

const tile = (picture: Uint8Array): Promise<Buffer> =>
  sharp(picture).resize(side, side, { fit: "contain", background: "#333" }).removeAlpha().png().toBuffer();

async function sheet(shown: readonly Shown[]): Promise<Buffer> {
  const [cellWidth, cellHeight] = [side * 2 + gap * 2, side + gap];
  const pictures = await Promise.all(
    shown.flatMap(({ picture, reference }, i) => {
      const [left, top] = [(i % across) * cellWidth, Math.floor(i / across) * cellHeight];
      const beside = reference ? [{ left: left + side + 2, top, from: reference }] : [];
      return [{ left, top, from: picture }, ...beside].map(async ({ from, ...place }) => ({
        ...place,
        input: await tile(from),
      }));
    }),
  );
  const size = { width: across * cellWidth, height: down * cellHeight };
  return sharp({ create: { ...size, channels: 3, background: "#fff" } })
    .composite(pictures)
    .png()
    .toBuffer();
}

const dataUri = (type: string, bytes: Uint8Array): string =>
  `data:image/${type};base64,${Buffer.from(bytes).toString("base64")}`;

function page(shown: readonly Shown[]): string {
  const rows = shown.map(({ path, state, picture, reference }) => {
    const beside = reference ? `<img src="${dataUri("png", reference)}" height="256" alt="">` : "";
    const kilobytes = (picture.length / 1024).toFixed(1);
    return `<figure><img src="${dataUri("jpeg", picture)}" alt="">${beside}<figcaption>${path}<br>${state}, ${kilobytes} KB</figcaption></figure>`;
  });
  return `<!doctype html><meta charset="utf-8"><title>Thumbnails beside the reference</title>
<style>body{font:12px sans-serif}figure{display:inline-block;margin:8px;max-width:560px}img{max-width:256px;margin-right:4px}</style>
${rows.join("\n")}
`;
}

const references = JSON.parse(await readFile(join(realFiles, "reference.json"), "utf8")) as Reference[];
const shown: Shown[] = [];
for (const reference of references.filter(({ expected }) => expected !== "reject")) {
  const one = await show(reference);
  if (one) shown.push(one);
}
await mkdir(out, { recursive: true });
await writeFile(join(out, "index.html"), page(shown));
const each = across * down;
for (let start = 0; start < shown.length; start += each) {
  await writeFile(join(out, `sheet-${start / each + 1}.png`), await sheet(shown.slice(start, start + each)));
}
process.stdout.write(`${shown.length} thumbnails: ${join(out, "index.html")}\n`);
