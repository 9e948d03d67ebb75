import { describe, expect, it } from "@jest/globals";
import { Unpacked } from "../../../cli/content/unpacked.ts";
import { forEachOf } from "../../../cli/upload/for-each-of.ts";

const [pieces, pieceBytes] = [400, 7];
const all = Buffer.from(Array.from({ length: pieces * pieceBytes }, (_, at) => (at * 31) % 251));

/** Counts what it takes: pieces unpacked, and unpackings begun and ended. */
function packed() {
  const counts = { unpacked: 0, begun: 0, ended: 0 };
  async function* unpack(): AsyncGenerator<Uint8Array> {
    counts.begun++;
    try {
      for (let at = 0; at < all.length; at += pieceBytes) {
        counts.unpacked++;
        yield all.subarray(at, at + pieceBytes);
        await new Promise(setImmediate);
      }
    } finally {
      counts.ended++;
    }
  }
  return { counts, unpacked: new Unpacked(unpack) };
}

async function readAll(bytes: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const read: Uint8Array[] = [];
  for await (const piece of bytes) read.push(piece);
  return Buffer.concat(read);
}

describe("parts of a packed file", () => {
  it("read one behind the other are unpacked once", async () => {
    const { counts, unpacked } = packed();
    for (let at = 0; at < all.length; at += 100)
      expect(await readAll(unpacked.read(at, Math.min(at + 100, all.length)))).toEqual(
        all.subarray(at, at + 100),
      );
    expect(counts).toMatchObject({ unpacked: pieces, begun: 1 });
    await unpacked.letGo();
    expect(counts.ended).toBe(1);
  });

  it("read eight at a time, some of them twice, cost far less than an unpacking each", async () => {
    const { counts, unpacked } = packed();
    const parts = 40;
    const size = all.length / parts;
    await forEachOf(parts, 8, async (index) => {
      const [start, end] = [index * size, (index + 1) * size];
      // A line that breaks in the middle of every fifth.
      if (index % 5 === 0) for await (const _ of unpacked.read(start, end)) break;
      expect(await readAll(unpacked.read(start, end))).toEqual(all.subarray(start, end));
    });
    // From the beginning for each they would be over twenty times the file.
    expect(counts.unpacked).toBeLessThan(12 * pieces);
    await unpacked.letGo();
    expect(counts.ended).toBe(counts.begun);
  });

  it("that end early are as long as the file is, and damage in it is told", async () => {
    const { counts, unpacked } = packed();
    expect(await readAll(unpacked.read(all.length - 3, all.length + 50))).toEqual(all.subarray(-3));
    expect(counts.ended).toBe(counts.begun);
    const damaged = new Unpacked(async function* () {
      yield all.subarray(0, 10);
      throw new Error("invalid distance");
    });
    await expect(readAll(damaged.read(0, 20))).rejects.toThrow("invalid distance");
    expect(await readAll(damaged.read(0, 10))).toEqual(all.subarray(0, 10));
    await damaged.letGo();
  });
});
