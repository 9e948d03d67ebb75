import { describe, expect, it } from "@jest/globals";
import { requireAcceptable } from "../../../shared/contract/media-types.ts";
import { decoders } from "../../../shared/pixels/decode-frame.ts";
import { frameMedia } from "../../../shared/pixels/frame-media.ts";

const jpegLs = { ...frameMedia("1.2.840.10008.1.2.4.80"), multipart: true };
const native = { ...frameMedia("1.2.840.10008.1.2"), multipart: true };
const accepted = (accept: string, stored: typeof jpegLs): boolean => {
  try {
    requireAcceptable(accept, stored);
    return true;
  } catch {
    return false;
  }
};

describe("what a viewer gets a frame as", () => {
  it("compressed frames are offered as what they are, decoded ones as little-endian pixels", () => {
    expect(jpegLs).toMatchObject({ type: "image/jls", transferSyntaxUid: "1.2.840.10008.1.2.4.80" });
    expect(native).toMatchObject({
      type: "application/octet-stream",
      transferSyntaxUid: "1.2.840.10008.1.2.1",
    });
  });

  it("a viewer that takes bytes in any transfer syntax gets them compressed", () => {
    const any = "multipart/related; type=application/octet-stream; transfer-syntax=*";
    expect([accepted(any, jpegLs), accepted(any, native)]).toEqual([true, true]);
  });

  it("one that asks for uncompressed pixels, or another codec, does not", () => {
    const uncompressed = 'multipart/related; type="application/octet-stream"';
    expect([accepted(uncompressed, jpegLs), accepted(uncompressed, native)]).toEqual([false, true]);
    expect(accepted('multipart/related; type="image/jp2"', jpegLs)).toBe(false);
    expect(accepted('multipart/related; type="image/jls"', jpegLs)).toBe(true);
  });

  it("every encapsulated syntax that has a decoder is kept as it came, or can be decoded to pixels", () => {
    const kept = Object.keys(decoders).filter((syntax) => frameMedia(syntax).asItCame);
    expect(kept.every((syntax) => decoders[syntax]?.encapsulated)).toBe(true);
    expect(kept).toHaveLength(13);
  });
});
