/** A file too large for one PUT: a multi-frame image whose every frame differs. */
import { writePart10 } from "../../shared/dicom/write.ts";
import { newUid } from "./instances.ts";

const side = 512;
const frameBytes = side * side;

/** `frames` of 256 KiB each, 8 bit (Multi-frame Grayscale Byte Secondary Capture, PS3.3 §A.8.3). */
export function multiFrame(frames: number, { studyUid }: { readonly studyUid: string }): Uint8Array {
  const pixels = new Uint8Array(frames * frameBytes);
  for (let frame = 0; frame < frames; frame++)
    for (let row = 0; row < side; row++) {
      const from = frame * frameBytes + row * side;
      pixels.fill((frame * 7 + row) & 0xff, from, from + side);
    }
  return writePart10([
    { tag: "00080016", vr: "UI", value: "1.2.840.10008.5.1.4.1.1.7.2" },
    { tag: "00080018", vr: "UI", value: newUid() },
    { tag: "00080020", vr: "DA", value: "20260302" },
    { tag: "00080060", vr: "CS", value: "XA" },
    { tag: "00100010", vr: "PN", value: "Large^File" },
    { tag: "00100020", vr: "LO", value: "LARGE" },
    { tag: "0020000D", vr: "UI", value: studyUid },
    { tag: "0020000E", vr: "UI", value: newUid() },
    { tag: "00280002", vr: "US", value: 1 },
    { tag: "00280004", vr: "CS", value: "MONOCHROME2" },
    { tag: "00280008", vr: "IS", value: String(frames) },
    { tag: "00280010", vr: "US", value: side },
    { tag: "00280011", vr: "US", value: side },
    { tag: "00280100", vr: "US", value: 8 },
    { tag: "00280101", vr: "US", value: 8 },
    { tag: "00280102", vr: "US", value: 7 },
    { tag: "00280103", vr: "US", value: 0 },
    { tag: "7FE00010", vr: "OB", value: pixels },
  ]);
}
