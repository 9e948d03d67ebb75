import { describe, expect, it } from "@jest/globals";
import sharp from "sharp";
import { drawIcon } from "../../../shared/pixels/draw-icon.ts";
import { type IconKind, iconOf } from "../../../shared/pixels/icon.ts";

const implicit = "1.2.840.10008.1.2";
const ct = "1.2.840.10008.5.1.4.1.1.2";

describe("what a list shows where there is no picture", () => {
  it.each([
    ["1.2.840.10008.5.1.4.1.1.88.11", "report"],
    ["1.2.840.10008.5.1.4.1.1.88.59", "key-objects"],
    ["1.2.840.10008.5.1.4.1.1.104.1", "pdf"],
    ["1.2.840.10008.5.1.4.1.1.104.2", "document"],
    ["1.2.840.10008.5.1.4.1.1.11.1", "presentation-state"],
    ["1.2.840.10008.5.1.4.1.1.481.5", "radiotherapy"],
    ["1.2.840.10008.5.1.4.1.1.9.1.1", "waveform"],
    ["1.2.840.10008.5.1.4.1.1.66.4", "segmentation"],
    ["1.2.840.10008.5.1.4.1.1.66.1", "other"],
    ["1.2.840.10008.5.1.4.1.1.30", "parametric-map"],
    [ct, "other"],
  ])("an object of class %s without pixels: %s", (sopClass, icon) => {
    expect(iconOf("none", sopClass, implicit)).toBe(icon);
  });

  it("a video has an icon of its own, and an image that cannot be decoded says so", () => {
    expect(iconOf("pending:1.2.840.10008.1.2.4.102", ct, "1.2.840.10008.1.2.4.102")).toBe("video");
    expect(iconOf("pending:1.2.840.10008.1.2.4.110", ct, "1.2.840.10008.1.2.4.110")).toBe("cannot-be-shown");
    expect(iconOf("unavailable:corrupt-stream", ct, implicit)).toBe("cannot-be-shown");
  });

  const kinds: readonly IconKind[] = [
    "report",
    "pdf",
    "key-objects",
    "presentation-state",
    "radiotherapy",
    "waveform",
    "segmentation",
    "parametric-map",
    "document",
    "video",
    "cannot-be-shown",
    "other",
  ];
  it("every icon is a JPEG as large as a thumbnail, small, and like no other", async () => {
    const icons = await Promise.all(kinds.map(drawIcon));
    for (const icon of icons) {
      expect(await sharp(icon).metadata()).toMatchObject({ format: "jpeg", width: 256, height: 256 });
      expect(icon.length).toBeLessThan(10 * 1024);
    }
    expect(new Set(icons.map((icon) => Buffer.from(icon).toString("base64"))).size).toBe(kinds.length);
  });
});
