/** Mutations that know the format: a file that is wrong in one place is more telling than noise. */
import { below, pick, type Random } from "../support/random.ts";
import { type Place, placesIn } from "./elements.ts";
import { ascii, joined, junk, lengthOf, tagBytes, withLength, written } from "./patches.ts";

/** One file and what it is spliced with. */
export interface Material {
  readonly bytes: Uint8Array;
  readonly places: readonly Place[];
}
export const materialOf = (bytes: Uint8Array): Material => ({ bytes, places: placesIn(bytes) });

type Mutation = (random: Random, file: Material, other: Material) => Uint8Array;

const imageTags = new Set(
  "00280002 00280004 00280006 00280008 00280010 00280011 00280034 00280100 00280101 00280102 00280103 00281050 00281051 00281052 00281053 00281101 00283002 00280009".split(
    " ",
  ),
);
const vrs =
  "AE AS AT CS DA DS DT FD FL IS LO LT OB OD OF OL OV OW PN SH SL SQ SS ST SV TM UC UI UL UN UR US UT UV ?? ZZ xx \0\0".split(
    " ",
  );
const tags =
  "FFFEE000 FFFEE00D FFFEE0DD 7FE00010 7FE00008 7FE00001 00080005 00080018 0020000D 00280010 00280008 FFFCFFFC 00020010 00041220 00090010 00091001 00000000 FFFFFFFF 00880200 00283000".split(
    " ",
  );
const terms = [
  "ISO_IR 100",
  "GB18030",
  "GBK",
  "ISO_IR 192",
  "\\ISO 2022 IR 87",
  "\\ISO 2022 IR 149\\ISO 2022 IR 58",
  "ISO_IR 13",
  "klingon",
  "",
  "\\".repeat(40),
];
const numbers = [0, 1, 2, 3, 4, 7, 8, 12, 15, 16, 31, 32, 63, 64, 255, 256, 4096, 32767, 32768, 65535];

const at = (random: Random, { places }: Material): Place | undefined =>
  places.length > 0 ? pick(random, places) : undefined;
/** Of an element or fragment: every mutation that needs one. */
const onPlace =
  (mutate: (random: Random, bytes: Uint8Array, place: Place) => Uint8Array): Mutation =>
  (random, file) => {
    const place = at(random, file);
    return place ? mutate(random, file.bytes, place) : file.bytes;
  };

function nested(random: Random): Uint8Array {
  const depth = pick(random, [2, 20, 127, 128, 129, 400]);
  const sequence = joined(tagBytes("0040A730"), ascii("SQ\0\0"), new Uint8Array(4).fill(0xff));
  const item = joined(tagBytes("FFFEE000"), new Uint8Array(4).fill(0xff));
  return joined(...Array.from({ length: depth }, () => joined(sequence, item)));
}

export const mutations: Readonly<Record<string, Mutation>> = {
  deleteElement: onPlace((_, bytes, { start, end }) => joined(bytes.subarray(0, start), bytes.subarray(end))),
  repeatElement: onPlace((random, bytes, { start, end }) =>
    joined(
      bytes.subarray(0, end),
      ...Array.from({ length: pick(random, [1, 2, 50]) }, () => bytes.subarray(start, end).subarray(0, 2000)),
      bytes.subarray(end),
    ),
  ),
  moveElement: (random, file) => {
    const [from, to] = [at(random, file), at(random, file)];
    if (!from || !to) return file.bytes;
    const { bytes } = file;
    return joined(
      bytes.subarray(0, to.start),
      bytes.subarray(from.start, from.end),
      bytes.subarray(to.start),
    );
  },
  length: onPlace((random, bytes, place) => withLength(bytes, place, lengthOf(random, place, bytes.length))),
  vr: onPlace((random, bytes, { start, explicit }) =>
    explicit ? written(bytes, start + 4, ascii(pick(random, vrs))) : bytes,
  ),
  tag: onPlace((random, bytes, { start }) =>
    written(bytes, start, random() < 0.7 ? tagBytes(pick(random, tags)) : junk(random, 4)),
  ),
  value: onPlace((random, bytes, { value, end }) =>
    written(bytes, value, junk(random, Math.min(end - value, 1 + below(random, 64)))),
  ),
  insertItem: onPlace((random, bytes, { start }) =>
    joined(
      bytes.subarray(0, start),
      tagBytes(pick(random, ["FFFEE000", "FFFEE00D", "FFFEE0DD"])),
      new Uint8Array(4).fill(random() < 0.5 ? 0 : 0xff),
      bytes.subarray(start),
    ),
  ),
  nest: onPlace((random, bytes, { start }) =>
    joined(bytes.subarray(0, start), nested(random), bytes.subarray(start)),
  ),
  imageAttribute: (random, file) => {
    const found = file.places.filter(({ tag }) => imageTags.has(tag));
    if (found.length === 0) return file.bytes;
    const { value, end } = pick(random, found);
    const number = new DataView(new ArrayBuffer(2));
    number.setUint16(0, pick(random, numbers), true);
    const text = ascii(
      String(pick(random, [...numbers, -1, "1e99", "PALETTE COLOR", "YBR_FULL_422", "RGB", ""])),
    );
    return written(
      file.bytes,
      value,
      (end - value === 2 ? new Uint8Array(number.buffer) : text).subarray(0, end - value),
    );
  },
  characterSet: (random, { bytes, places }) => {
    const first = places.find(({ tag }) => tag >= "00080000" && tag < "FFFE0000" && !tag.startsWith("0002"));
    if (!first) return bytes;
    const term = ascii(pick(random, terms).padEnd(2));
    const even = term.length % 2 === 0 ? term : joined(term, ascii(" "));
    const header = (tag: string, vr: string, length: number) =>
      joined(tagBytes(tag), ascii(vr), Uint8Array.of(length & 0xff, length >> 8));
    const text = joined(
      junk(random, 2 * below(random, 40)),
      random() < 0.5 ? ascii("\x1b$)C\x1b$B\x1b(J^=\\\x1b") : ascii("^="),
    );
    const name = text.length % 2 === 0 ? text : joined(text, ascii(" "));
    return joined(
      bytes.subarray(0, first.start),
      header("00080005", "CS", even.length),
      even,
      header("00080090", "PN", name.length),
      name,
      bytes.subarray(first.start),
    );
  },
  pixels: (random, { bytes, places }) => {
    const start = places.find(({ tag }) => tag === "7FE00010")?.value ?? bytes.length >> 1;
    let mutated = bytes;
    for (let times = pick(random, [1, 3, 20]); times > 0; times--)
      mutated = written(
        mutated,
        start + below(random, Math.max(1, bytes.length - start)),
        junk(random, pick(random, [1, 2, 8])),
      );
    return mutated;
  },
  fragment: (random, { bytes, places }) => {
    const found = places.filter(({ tag }) => tag.startsWith("FFFE"));
    if (found.length === 0) return bytes;
    const place = pick(random, found);
    return random() < 0.6
      ? withLength(bytes, place, lengthOf(random, place, bytes.length))
      : written(bytes, place.value, junk(random, 12));
  },
  flip: (random, { bytes }) => written(bytes, below(random, bytes.length), junk(random, 1)),
  insertBytes: (random, { bytes }) => {
    const offset = below(random, bytes.length);
    return joined(bytes.subarray(0, offset), junk(random, 1 + below(random, 40)), bytes.subarray(offset));
  },
  truncate: (random, { bytes }) => bytes.slice(0, below(random, bytes.length)),
  splice: (random, file, other) => {
    const [head, tail] = [at(random, file)?.start ?? 0, at(random, other)?.start ?? 0];
    return joined(file.bytes.subarray(0, head), other.bytes.subarray(tail));
  },
};

const names = Object.keys(mutations);

/** One to four mutations after each other; the places are found anew after each. */
export function mutate(random: Random, materials: readonly Material[]) {
  let file = pick(random, materials);
  const done: string[] = [];
  for (let times = pick(random, [1, 1, 1, 2, 2, 3, 4]); times > 0 && file.bytes.length > 0; times--) {
    const name = pick(random, names);
    const bytes = (mutations[name] as Mutation)(random, file, pick(random, materials));
    done.push(name);
    file = times > 1 ? materialOf(bytes) : { bytes, places: [] };
  }
  return { bytes: file.bytes, done };
}
