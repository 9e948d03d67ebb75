import { createHash } from "node:crypto";
import { expect, it } from "@jest/globals";
import { decodeFrame } from "../../../shared/pixels/decode-frame.ts";
import { range, storedValues, type Values } from "../../../shared/pixels/stored-values.ts";
import { describeWithRealFiles, type RealFile } from "../../support/real-files.ts";
import { decodable, firstFrame, openFrames } from "./real-frames.ts";

const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

/** As reference.json hashes values: int32, or int64 where 32 bits are allocated. */
function valuesHash(values: Values, bitsAllocated: number): string {
  const wide = bitsAllocated === 32 ? BigInt64Array.from(values, BigInt) : Int32Array.from(values);
  return sha256(new Uint8Array(wide.buffer));
}

async function decoded(file: RealFile) {
  const frame = await firstFrame(file);
  const answer = await decodeFrame(frame.transferSyntaxUid, frame.image, frame.bytes, frame);
  if (!("bytes" in answer)) throw new Error(JSON.stringify(answer));
  return answer;
}

const packed = ({ pixels }: RealFile): boolean => pixels?.form?.startsWith("packed") ?? false;
const mean = (values: Values, from: number, step: number): number => {
  let sum = 0;
  for (let i = from; i < values.length; i += step) sum += values[i] as number;
  return sum / (values.length / step);
};

describeWithRealFiles("pixels of real files", (files) => {
  const lossless = decodable(files).filter(({ pixels }) => pixels?.class === "lossless, exact");
  it.each(lossless.map((file) => [file.path, file] as const))(
    "%s is decoded bit for bit",
    async (_, file) => {
      const { image, bytes } = await decoded(file);
      const { sha256: bytesHash, valuesSha256, min, max } = file.pixels?.frame1 ?? {};
      if (packed(file)) return expect(sha256(bytes)).toBe(bytesHash);
      const values = storedValues(image, bytes);
      expect(valuesHash(values, image.bitsAllocated)).toBe(valuesSha256);
      if (image.samples === 1) expect(range(values)).toEqual([min, max]);
    },
  );

  const lossy = decodable(files).filter(({ pixels }) => pixels?.class !== "lossless, exact");
  it.each(lossy.map((file) => [file.path, file] as const))(
    "%s is decoded within tolerance",
    async (_, file) => {
      const { image, bytes } = await decoded(file);
      const values = storedValues(image, bytes);
      if (file.pixels?.colourAmbiguous) return expect(values.length).toBeGreaterThan(0);
      const expected = [file.pixels?.frame1?.mean].flat() as number[];
      expect(image.samples).toBe(expected.length);
      for (const [sample, reference] of expected.entries()) {
        expect(Math.abs(mean(values, sample, image.samples) - reference)).toBeLessThanOrEqual(2);
      }
    },
  );

  const multiFrame = lossless.filter(({ numberOfFrames }) => (numberOfFrames ?? 1) > 1);
  it.each(multiFrame.map((file) => [file.path, file] as const))(
    "%s: every frame is found",
    async (_, file) => {
      const { frames, image, transferSyntaxUid } = await openFrames(file);
      const hash = createHash("sha256");
      let count = 0;
      for await (const frame of frames) {
        const answer = await decodeFrame(transferSyntaxUid, image, frame.bytes, frame);
        if (!("bytes" in answer)) throw new Error(JSON.stringify(answer));
        const values = storedValues(answer.image, answer.bytes);
        hash.update(
          image.bitsAllocated === 1 || image.byPlane ? new Uint8Array(values.buffer) : answer.bytes,
        );
        count++;
      }
      const reference = file.pixels?.allFrames as { readonly sha256: string; readonly frames: number };
      expect([count, hash.digest("hex")]).toEqual([reference.frames, reference.sha256]);
    },
  );
});
