/** Encapsulated Pixel Data (PS3.5 §A.4) of more items than any encoder writes. */
import { describe, expect, it } from "@jest/globals";
import { deriveInstance } from "../../../shared/derive/derive-instance.ts";
import { fragments, joinFragments, TooManyFragments } from "../../../shared/derive/encapsulated-frames.ts";
import { rleFrame, rleLossless } from "../pixels/objects.ts";
import { archived, imageFile } from "./instances.ts";

const frame = rleFrame([new Uint8Array(64).fill(7)]);

/** Items of two or no bytes, as many as told, a chunk at a time, and what is passed on before the source was let go. */
function flood(times: number, length: 0 | 2) {
  const item = Buffer.concat([Buffer.from([0xfe, 0xff, 0, 0xe0, length, 0, 0, 0]), Buffer.alloc(length)]);
  const chunk = Buffer.concat(Array.from({ length: 10_000 }, () => item));
  const source = { chunks: 0, ended: false };
  async function* chunks() {
    try {
      for (let sent = 0; sent < times; sent += 10_000) {
        source.chunks++;
        yield chunk;
      }
    } finally {
      source.ended = true;
    }
  }
  return { source, chunks: chunks() };
}

async function joinedOf(chunks: AsyncIterable<Uint8Array>): Promise<readonly number[]> {
  const sizes: number[] = [];
  for await (const { length } of joinFragments(fragments(chunks, 2 ** 27), () => false, 2 ** 27))
    sizes.push(length);
  return sizes;
}

/** With empty items before the delimiter at its end. */
function flooded(file: Uint8Array): Uint8Array {
  const items = Buffer.alloc(8 * 1_100_000, Uint8Array.of(0xfe, 0xff, 0, 0xe0, 0, 0, 0, 0));
  return Buffer.concat([file.subarray(0, -8), items, file.subarray(-8)]);
}

describe("a flood of fragments", () => {
  it.each([0, 2] as const)(
    "of %i bytes each ends after a million, and its source is let go",
    async (length) => {
      const { source, chunks } = flood(1e9, length);
      await expect(joinedOf(chunks)).rejects.toThrow(TooManyFragments);
      expect(source.ended).toBe(true);
      expect(source.chunks).toBeLessThan(110);
    },
  );

  it("that is none is joined, however small its pieces", async () => {
    expect(await joinedOf(flood(900_000, 2).chunks)).toEqual([2 * 899_999]);
  });

  it("the source of a frame that is read is let go", async () => {
    const { source, chunks } = flood(1e9, 2);
    for await (const _ of joinFragments(fragments(chunks, 2 ** 27), () => true, 2 ** 27)) break;
    expect(source.ended).toBe(true);
  });

  it("gives the image an icon that says why, beside the frames before it", async () => {
    for (const [frames, before] of [
      [1, 0],
      [3, 1],
    ] as const) {
      const fragments = [new Uint8Array(0), ...Array.from({ length: Math.min(frames, 2) }, () => frame)];
      const file = imageFile({ fragments }, { frames, transferSyntaxUid: rleLossless });
      const { deps, request } = await archived(flooded(file));
      expect(await deriveInstance(deps, request)).toEqual({
        thumbnail: "unavailable:too-many-fragments",
        icon: "cannot-be-shown",
        frames: before,
      });
    }
  }, 30_000);
});
