import { randomBytes } from "node:crypto";
import { deflateRawSync } from "node:zlib";
import { describe, expect, it } from "@jest/globals";
import sharp from "sharp";
import { keys } from "../../../shared/catalog/keys.ts";
import { deriveInstance } from "../../../shared/derive/derive-instance.ts";
import { Transient } from "../../../shared/errors.ts";
import { encoders, grey16 } from "../pixels/encoded.ts";
import { jpegBaseline, rleFrame, rleLossless } from "../pixels/objects.ts";
import { archived, imageFile, instance, keyArn } from "./instances.ts";

const frame = (value: number): Uint8Array => new Uint8Array(64).fill(value);
const frames = (count: number): Uint8Array =>
  Uint8Array.from({ length: 64 * count }, (_, i) => Math.floor(i / 64));

/** The part of a stored envelope, and its headers. */
function opened(body: Uint8Array, contentType: string) {
  const boundary = /boundary=([^;]+)/.exec(contentType)?.[1] ?? "";
  const text = Buffer.from(body).toString("latin1");
  const end = `\r\n--${boundary}--\r\n`;
  const start = text.indexOf("\r\n\r\n");
  expect(text.startsWith(`--${boundary}\r\n`)).toBe(true);
  expect(text.endsWith(end)).toBe(true);
  const head = text.slice(boundary.length + 4, start);
  return { head, part: [...body.subarray(start + 4, body.length - end.length)] };
}

describe("deriving an instance", () => {
  it("a doctor's viewer gets each frame in its envelope, and lists get a thumbnail", async () => {
    const { deps, request, frameKey, thumbnailKey } = await archived(imageFile(frame(7)));
    expect(await deriveInstance(deps, request)).toEqual({ thumbnail: "ready", frames: 1 });

    const head = await deps.objects.head(frameKey(1));
    expect(head?.contentType).toMatch(
      /^multipart\/related; type="application\/octet-stream"; boundary=[\w-]+; transfer-syntax=1\.2\.840\.10008\.1\.2\.1$/,
    );
    const stored = opened(await deps.objects.read(frameKey(1)), head?.contentType ?? "");
    expect(stored.head).toBe("Content-Type: application/octet-stream; transfer-syntax=1.2.840.10008.1.2.1");
    expect(stored.part).toEqual([...frame(7)]);
    expect((await deps.objects.head(thumbnailKey))?.contentType).toBe("image/jpeg");
    expect(await sharp(await deps.objects.read(thumbnailKey)).metadata()).toMatchObject({
      width: 8,
      height: 8,
    });
  });

  it("the catalog says what there is, and everything is under the hospital's key", async () => {
    const { deps, request, frameKey, thumbnailKey } = await archived(imageFile(frame(7)));
    await deriveInstance(deps, request);
    expect(await deps.table.get(keys.instance(instance))).toMatchObject({
      thumbnail: "ready",
      frames: 1,
      sha256: request.sha256,
    });
    for (const ref of [frameKey(1), thumbnailKey]) {
      expect((await deps.objects.head(ref))?.kmsKeyId).toBe(keyArn);
    }
  });

  it("every frame of a multi-frame object is stored, and the middle one is shown", async () => {
    const { deps, request, frameKey } = await archived(imageFile(frames(40), { frames: 40 }));
    expect(await deriveInstance(deps, request)).toEqual({ thumbnail: "ready", frames: 40 });
    const { part } = opened(
      await deps.objects.read(frameKey(40)),
      (await deps.objects.head(frameKey(40)))?.contentType ?? "",
    );
    expect(part).toEqual([...frame(39)]);
  });

  it("RLE frames are stored decoded", async () => {
    const fragments = [new Uint8Array(0), rleFrame([frame(1)]), rleFrame([frame(2)])];
    const file = imageFile({ fragments }, { frames: 2, transferSyntaxUid: rleLossless });
    const { deps, request, frameKey } = await archived(file);
    expect(await deriveInstance(deps, request)).toEqual({ thumbnail: "ready", frames: 2 });
    const { part } = opened(
      await deps.objects.read(frameKey(2)),
      (await deps.objects.head(frameKey(2)))?.contentType ?? "",
    );
    expect(part).toEqual([...frame(2)]);
  });

  it("JPEG frames are stored as they came, even in several fragments under a wrong offset table", async () => {
    const raw = { width: 8, height: 8, channels: 1 } as const;
    const jpegs = await Promise.all(
      [10, 200].map((v) => sharp(frame(v), { raw }).toColourspace("b-w").jpeg().toBuffer()),
    );
    const even = jpegs.map((jpeg) => (jpeg.length % 2 === 0 ? jpeg : Buffer.concat([jpeg, Buffer.alloc(1)])));
    const halves = even.flatMap((jpeg) => [jpeg.subarray(0, 100), jpeg.subarray(100)]);
    const fragments = [Uint8Array.of(9, 9, 9, 9, 9, 9, 9, 9), ...halves];
    const { deps, request, frameKey } = await archived(
      imageFile({ fragments }, { frames: 2, transferSyntaxUid: jpegBaseline }),
    );
    expect(await deriveInstance(deps, request)).toEqual({ thumbnail: "ready", frames: 2 });
    const contentType = (await deps.objects.head(frameKey(2)))?.contentType ?? "";
    expect(contentType).toMatch(
      /^multipart\/related; type="image\/jpeg"; boundary=[\w-]+; transfer-syntax=1\.2\.840\.10008\.1\.2\.4\.50$/,
    );
    const stored = opened(await deps.objects.read(frameKey(2)), contentType);
    expect(stored.head).toBe("Content-Type: image/jpeg; transfer-syntax=1.2.840.10008.1.2.4.50");
    expect(stored.part).toEqual([...(even[1] as Uint8Array)]);
  });

  it.each([
    ["1.2.840.10008.1.2.4.80", "image/jls"],
    ["1.2.840.10008.1.2.4.90", "image/jp2"],
    ["1.2.840.10008.1.2.4.201", "image/jphc"],
  ] as const)("frames of %s are stored as they came, as %s", async (syntax, type) => {
    const encoded = await encoders[syntax](grey16(8, 8));
    const frame = encoded.length % 2 === 0 ? encoded : Buffer.concat([encoded, Buffer.alloc(1)]);
    const fragments = [new Uint8Array(0), frame.subarray(0, 40), frame.subarray(40), frame];
    const more = ["00280100", "00280101", "00280102"].map(
      (tag, i) => ({ tag, vr: "US", value: [16, 16, 15][i] as number }) as const,
    );
    const file = imageFile({ fragments }, { frames: 2, transferSyntaxUid: syntax, more });
    const { deps, request, frameKey } = await archived(file);
    expect(await deriveInstance(deps, request)).toEqual({ thumbnail: "ready", frames: 2 });
    for (const number of [1, 2]) {
      const contentType = (await deps.objects.head(frameKey(number)))?.contentType ?? "";
      expect(contentType).toContain(`multipart/related; type="${type}"; boundary=`);
      const { head, part } = opened(await deps.objects.read(frameKey(number)), contentType);
      expect(head).toBe(`Content-Type: ${type}; transfer-syntax=${syntax}`);
      expect(part).toEqual([...frame]);
    }
  });

  it("a syntax without a decoder yet is marked pending, and its pixels are not even read", async () => {
    const jpegXl = "1.2.840.10008.1.2.4.110";
    const fragments = [new Uint8Array(0), new Uint8Array(200_000)];
    const file = imageFile({ fragments }, { transferSyntaxUid: jpegXl });
    const { deps, request, thumbnailKey } = await archived(file);
    let calls = 0;
    deps.objects.before(() => void calls++);
    expect(await deriveInstance(deps, request)).toEqual({
      thumbnail: `pending:${jpegXl}`,
      icon: "cannot-be-shown",
      frames: 0,
    });
    // The header, and the icon.
    expect(calls).toBe(2);
    expect(deps.objects.keys("derived")).toEqual([thumbnailKey.key]);
  });

  it("a report has no pixels, and an image whose pixels are missing says so", async () => {
    const none = { thumbnail: "none", icon: "other", frames: 0 };
    expect(await deriveInstance(...(await args(imageFile(undefined))))).toEqual(none);
    const empty = { thumbnail: "unavailable:pixel-data-too-short", icon: "cannot-be-shown", frames: 0 };
    expect(await deriveInstance(...(await args(imageFile(new Uint8Array(0)))))).toEqual(empty);
  });

  it("lists show an icon for what has no picture, and the picture once it can be made", async () => {
    const pixelless = await archived(imageFile(undefined), "1.2.840.10008.5.1.4.1.1.88.11");
    expect(await deriveInstance(pixelless.deps, pixelless.request)).toMatchObject({ icon: "report" });
    const icon = await pixelless.deps.objects.read(pixelless.thumbnailKey);
    expect(await sharp(icon).metadata()).toMatchObject({ format: "jpeg", width: 256, height: 256 });

    const { deps, request } = await archived(imageFile(frame(7)));
    const key = keys.instance(instance);
    await deps.table.write([{ op: "update", key, set: { thumbnail: "pending:x", icon: "cannot-be-shown" } }]);
    await deriveInstance(deps, request);
    expect(await deps.table.get(key)).toMatchObject({ thumbnail: "ready" });
    expect(await deps.table.get(key)).not.toHaveProperty("icon");
  });

  it("frames there are no bytes for are not promised", async () => {
    const file = imageFile(frames(3), { frames: 2147483647 });
    expect(await deriveInstance(...(await args(file)))).toEqual({
      thumbnail: "unavailable:pixel-data-too-short",
      icon: "cannot-be-shown",
      frames: 3,
    });
  });

  it("a compressed syntax without fragments names the fault", async () => {
    const file = imageFile(frame(1), { transferSyntaxUid: rleLossless });
    expect(await deriveInstance(...(await args(file)))).toEqual({
      thumbnail: "unavailable:pixel-data-structure",
      icon: "cannot-be-shown",
      frames: 0,
    });
  });

  it("a header longer than the first range is read on", async () => {
    const long = { tag: "00204000", vr: "LT", value: "x".repeat(9000) } as const;
    const more = Array.from({ length: 12 }, (_, i) => ({
      ...long,
      tag: `0019100${i.toString(16)}`,
      vr: "UT" as const,
    }));
    const file = imageFile(frame(5), { more });
    expect(file.length).toBeGreaterThan(65536);
    expect(await deriveInstance(...(await args(file)))).toEqual({ thumbnail: "ready", frames: 1 });
  });

  it("a small object costs one read; running again changes nothing", async () => {
    const { deps, request } = await archived(imageFile(frame(7)));
    const operations: string[] = [];
    deps.objects.before((operation) => void operations.push(operation));
    const first = await deriveInstance(deps, request);
    expect(operations).toEqual(["read", "put", "put"]);
    const keysBefore = deps.objects.keys("derived");
    expect(await deriveInstance(deps, request)).toEqual(first);
    expect(deps.objects.keys("derived")).toEqual(keysBefore);
  });

  it("reads the version that was locked, whatever its key shows now", async () => {
    const { deps, request, original } = await archived(imageFile(frame(7)));
    await deps.objects.put(original, new Uint8Array(300), { contentType: "application/dicom" });
    await deps.objects.delete(original);
    expect(await deriveInstance(deps, request)).toEqual({ thumbnail: "ready", frames: 1 });
  });

  it("a deflated clip is inflated as it is read, frame by frame", async () => {
    const { file } = deflated(new Uint8Array(randomBytes(64 * 4000)), 4000);
    const { deps, request, frameKey } = await archived(file);
    const operations: string[] = [];
    deps.objects.before((operation) => void operations.push(operation));
    expect(await deriveInstance(deps, request)).toEqual({ thumbnail: "ready", frames: 4000 });
    expect(operations.filter((operation) => operation !== "put")).toEqual(["read", "stream"]);
    expect(await deps.objects.head(frameKey(4000))).toBeDefined();
  });

  it("of a deflated clip that is damaged, the frames before the fault are stored", async () => {
    // Random bytes are stored in blocks, whose headers the fault is in.
    const { file, start } = deflated(new Uint8Array(randomBytes(64 * 40_000)), 40_000);
    file.fill(0xff, start + ((file.length - start) >> 1), file.length);
    const { deps, request } = await archived(file);
    const derived = await deriveInstance(deps, request);
    expect(derived?.frames).toBeGreaterThan(10_000);
    expect(derived?.frames).toBeLessThan(30_000);
  });

  it("frames that decode to much more than they hold are not all in memory at once", async () => {
    const side = 2048;
    // PS3.5 Annex G: one segment after the header, each run 128 times the same byte.
    const blank = Buffer.alloc(64 + (2 * side * side) / 128);
    blank.writeUInt32LE(1, 0);
    blank.writeUInt32LE(64, 4);
    for (let at = 64; at < blank.length; at += 2) blank[at] = 257 - 128;
    const fragments = [new Uint8Array(0), ...Array.from({ length: 12 }, () => blank)];
    const dimension = (tag: string) => ({ tag, vr: "US", value: side }) as const;
    const more = [dimension("00280010"), dimension("00280011")];
    const file = imageFile({ fragments }, { frames: 12, transferSyntaxUid: rleLossless, more });
    expect(file.length).toBeLessThan(2 ** 21);
    const { deps, request } = await archived(file);
    let [now, most] = [0, 0];
    deps.objects.before(async (operation, { key }) => {
      if (operation !== "put" || !key.includes("/frames/")) return;
      most = Math.max(most, ++now);
      await new Promise((resolve) => setTimeout(resolve, 20));
      now--;
    });
    expect(await deriveInstance(deps, request)).toMatchObject({ frames: 12 });
    expect(most).toBeLessThanOrEqual(4);
  });

  it("an instance that is not catalogued, or now has other bytes, is left alone", async () => {
    const { deps, request } = await archived(imageFile(frame(7)));
    expect(await deriveInstance(deps, { ...request, sopUid: "2.25.4" })).toBeUndefined();
    expect(await deriveInstance(deps, { ...request, sha256: "0".repeat(64) })).toBeUndefined();
    deps.objects.before(async (operation) => {
      if (operation !== "put") return;
      await deps.table.write([{ op: "update", key: keys.instance(instance), set: { sha256: "other" } }]);
    });
    expect(await deriveInstance(deps, request)).toBeUndefined();
    expect(await deps.table.get(keys.instance(instance))).not.toHaveProperty("thumbnail");
  });

  it("a store that cannot answer is tried again later: nothing is noted", async () => {
    const { deps, request } = await archived(imageFile(frame(7)));
    deps.objects.before((operation) => {
      if (operation === "put") throw new Transient("slow down");
    });
    await expect(deriveInstance(deps, request)).rejects.toThrow(Transient);
    expect(await deps.table.get(keys.instance(instance))).not.toHaveProperty("thumbnail");
  });
});

/** PS3.10 §7.1: the data set begins after preamble, prefix and file meta, whose first value is its length. */
function deflated(pixels: Uint8Array, frames: number) {
  const plain = Buffer.from(imageFile(pixels, { frames, transferSyntaxUid: "1.2.840.10008.1.2.1.99" }));
  const start = 144 + plain.readUInt32LE(140);
  return { start, file: Buffer.concat([plain.subarray(0, start), deflateRawSync(plain.subarray(start))]) };
}

async function args(file: Uint8Array): Promise<Parameters<typeof deriveInstance>> {
  const { deps, request } = await archived(file);
  return [deps, request];
}
