/** Headers of megabytes, whose JSON takes many times that. */
import { randomBytes } from "node:crypto";
import { describe, expect, it } from "@jest/globals";
import { deriveInstance } from "../../../shared/derive/derive-instance.ts";
import type { WriteElement } from "../../../shared/dicom/write.ts";
import type { ObjectStore } from "../../../shared/ports.ts";
import { archived, imageFile } from "./instances.ts";

const mebibyte = 1024 * 1024;
const frame = new Uint8Array(64).fill(7);

const withHeader = (bytes: number): Uint8Array => {
  const more: readonly WriteElement[] = [
    { tag: "00190010", vr: "LO", value: "X" },
    { tag: "00191001", vr: "OB", value: new Uint8Array(randomBytes(bytes)) },
  ];
  return imageFile(frame, { more });
};

/** Derives from several at once; answers the most that were between reading far and putting their picture. */
async function sideBySide(files: readonly Uint8Array[], far: number) {
  const inside = new Set<number>();
  const seen = { most: 0, longestRead: 0 };
  const works = files.map(async (file, index) => {
    const { deps, request } = await archived(file);
    const objects: ObjectStore = {
      ...deps.objects,
      read: async (ref, range) => {
        const { offset, length } = range ?? { offset: 0, length: file.length };
        if (offset + length > far) inside.add(index);
        seen.most = Math.max(seen.most, inside.size);
        seen.longestRead = Math.max(seen.longestRead, length);
        return deps.objects.read(ref, range);
      },
      put: async (...put) => {
        inside.delete(index);
        return deps.objects.put(...put);
      },
    };
    const derived = await deriveInstance({ ...deps, objects }, request);
    return derived?.thumbnail;
  });
  expect(await Promise.all(works)).toEqual(files.map(() => "ready"));
  return seen;
}

describe("large headers", () => {
  it("are derived from one at a time, and read in steps", async () => {
    const files = Array.from({ length: 4 }, () => withHeader(20 * mebibyte));
    const { most, longestRead } = await sideBySide(files, mebibyte + 64);
    expect(most).toBe(1);
    expect(longestRead).toBeLessThanOrEqual(8 * mebibyte);
  });

  it("are no reason to wait where they are small", async () => {
    const files = Array.from({ length: 4 }, () => withHeader(mebibyte / 4));
    expect((await sideBySide(files, 65_536)).most).toBe(4);
  });
});
