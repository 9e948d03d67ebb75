import { describe, expect, it } from "@jest/globals";
import type { Dataset } from "../../../shared/pixels/attributes.ts";
import { greyDisplay } from "../../../shared/pixels/grey-display.ts";
import { readImagePixel } from "../../../shared/pixels/image-pixel.ts";
import { apply } from "../../../shared/pixels/transforms.ts";
import { type ImageOptions, imageObject, pixelData } from "./objects.ts";

const ds = (...values: number[]) => ({ vr: "DS", Value: values });
const sequence = (...values: Dataset[]) => ({ vr: "SQ", Value: values });

function display(
  more: Dataset,
  options: ImageOptions = { signed: true },
  frameValues = [0, 1000],
  frame = 0,
) {
  const dataset = imageObject(options, more);
  const image = readImagePixel(dataset, pixelData);
  if ("unavailable" in image) throw new Error(image.unavailable);
  const shown = greyDisplay(dataset, image, frame, () => Int32Array.from(frameValues));
  return (value: number) => Math.max(0, Math.min(apply(shown, value), 1));
}

describe("grey levels on the screen", () => {
  it("a linear window is exact at its edges and in the middle", () => {
    const shown = display({ "00281050": ds(40), "00281051": ds(80) });
    expect(shown(0)).toBe(0);
    expect(shown(79)).toBe(1);
    expect(shown(39.5)).toBeCloseTo(0.5, 10);
  });

  it("the first window that can be used is used; one of width 0 cannot", () => {
    const shown = display({ "00281050": ds(0, 50), "00281051": ds(0, 101) });
    expect(shown(49.5)).toBeCloseTo(0.5, 10);
  });

  it("a window of width 1 is a threshold", () => {
    const shown = display({ "00281050": ds(10), "00281051": ds(1) });
    expect([shown(9.5), shown(9.6)]).toEqual([0, 1]);
  });

  it("a linear exact window and a sigmoid have their own shapes", () => {
    const edges = { "00281050": ds(0.5), "00281051": ds(0.5) };
    const exact = display({ ...edges, "00281056": { vr: "CS", Value: ["LINEAR_EXACT"] } });
    expect([exact(0.25), exact(0.5), exact(0.75)]).toEqual([0, 0.5, 1]);
    const sigmoid = display({ ...edges, "00281056": { vr: "CS", Value: ["SIGMOID"] } });
    expect(sigmoid(0.5)).toBe(0.5);
    expect(sigmoid(1)).toBeCloseTo(1 / (1 + Math.exp(-4)), 10);
  });

  it("rescaling comes before the window", () => {
    const shown = display({
      "00281050": ds(0),
      "00281051": ds(101),
      "00281052": ds(-1024),
      "00281053": ds(2),
    });
    expect(shown(511.75)).toBeCloseTo(0.5, 10);
  });

  it("without a window the frame's own range is shown, padding left out", () => {
    const shown = display({ "00280120": { vr: "SS", Value: [-2000] } }, { signed: true }, [-2000, 100, 300]);
    expect([shown(-2000), shown(100), shown(200), shown(300)]).toEqual([0, 0, 0.5, 1]);
  });

  it("a range of padding is recognised", () => {
    const padding = { "00280120": { vr: "SS", Value: [-2000] }, "00280121": { vr: "SS", Value: [-1990] } };
    expect(display(padding, { signed: true }, [-2000, -1995, 0, 10])(5)).toBe(0.5);
  });

  it("padding has the sign of the pixels, whatever VR it was written with", () => {
    const us = { "00280120": { vr: "US", Value: [63536] }, "00280121": { vr: "US", Value: [63546] } };
    const shown = display(us, { signed: true }, [-2000, -1995, 100, 200, 300]);
    expect([shown(100), shown(200), shown(300)]).toEqual([0, 0.5, 1]);
    const ss = { "00280120": { vr: "SS", Value: [-2000] } };
    expect(display(ss, { signed: false }, [63536, 100, 300])(200)).toBe(0.5);
  });

  it("a frame that is all padding, or all one value, is shown without failing", () => {
    expect(display({ "00280120": { vr: "SS", Value: [7] } }, { signed: true }, [7, 7])(7)).toBe(0);
  });

  it("a negative slope keeps low values dark", () => {
    const shown = display({ "00281053": ds(-1) }, { signed: true }, [0, 100]);
    expect([shown(100), shown(0)]).toEqual([0, 1]);
  });

  it("MONOCHROME1 and an inverse presentation are turned over", () => {
    const window = { "00281050": ds(40), "00281051": ds(80) };
    expect(display(window, { signed: true, photometric: "MONOCHROME1" })(79)).toBe(0);
    expect(display({ ...window, "20500020": { vr: "CS", Value: ["INVERSE"] } })(79)).toBe(0);
  });

  it("a VOI LUT is looked up in its own depth", () => {
    const table = {
      "00283002": { vr: "US", Value: [3, 10, 8] },
      "00283006": { vr: "US", Value: [0, 51, 255] },
    };
    const shown = display({ "00283010": sequence(table) });
    expect([shown(0), shown(11), shown(50)]).toEqual([0, 0.2, 1]);
  });

  it("a modality LUT in bytes, starting below zero, comes before the window", () => {
    const table = {
      "00283002": { vr: "US", Value: [4, 65534, 8] },
      "00283006": { vr: "OW", InlineBinary: Buffer.from([10, 20, 30, 40]).toString("base64") },
    };
    const shown = display({ "00283000": sequence(table), "00281050": ds(25.5), "00281051": ds(31) });
    expect([shown(-2), shown(0), shown(1)].map((grey) => Math.round(grey * 30))).toEqual([0, 20, 30]);
  });

  it("each frame of an enhanced object has its own window and rescale", () => {
    const frame = (center: number, slope: number): Dataset => ({
      "00289132": sequence({ "00281050": ds(center), "00281051": ds(101) }),
      "00289145": sequence({ "00281052": ds(0), "00281053": ds(slope) }),
    });
    const groups = { "52009230": sequence(frame(100.5, 1), frame(100.5, 2)), "52009229": sequence({}) };
    expect(display(groups, { frames: 2 }, [0], 0)(100)).toBe(0.5);
    expect(display(groups, { frames: 2 }, [0], 1)(50)).toBe(0.5);
  });

  it("a VOI LUT starts below zero where the frame's own rescaling does", () => {
    const table = {
      "00283002": { vr: "US", Value: [3, 65526, 8] },
      "00283006": { vr: "US", Value: [0, 51, 255] },
    };
    const rescale = sequence({ "00281052": ds(-1024), "00281053": ds(1) });
    const shared = { "52009229": sequence({ "00289145": rescale }), "00283010": sequence(table) };
    const shown = display(shared, { signed: false });
    expect([shown(1014), shown(1015), shown(1016)]).toEqual([0, 0.2, 1]);
  });
});
