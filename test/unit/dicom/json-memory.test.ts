/** Headers that are short and become much JSON. */
import { describe, expect, it } from "@jest/globals";
import { JsonMemory } from "../../../shared/dicom/json-memory.ts";
import type { Element } from "../../../shared/dicom/json-model.ts";
import { DicomRejected } from "../../../shared/dicom/rejected.ts";
import type { WriteElement } from "../../../shared/dicom/write.ts";
import { rejectionOf, sample } from "./sample.ts";

/** How many of one element a header may hold. */
function mostOf(element: Element): number {
  const memory = new JsonMemory();
  for (let count = 0; ; count++) {
    try {
      memory.spendOn(element, 0, 0);
    } catch (error) {
      if (!(error instanceof DicomRejected)) throw error;
      return count;
    }
  }
}
const mebibyte = 1024 * 1024;
const thousand = <T>(value: T): readonly T[] => Array.from({ length: 1000 }, () => value);

describe("the memory that the JSON of a header may take", () => {
  it("is bounded for 32 MB of DS that is no number", () => {
    const value = new Uint8Array(Buffer.from("xyz\\".repeat(15_000)));
    const ds = { tag: "00291001", vr: "DS", value } as const;
    const items = Array.from({ length: 550 }, (): readonly WriteElement[] => [ds]);
    const file = sample([
      { tag: "00290010", vr: "LO", value: "X" },
      { tag: "00291000", vr: "SQ", value: items },
    ]);
    expect(rejectionOf(file)).toMatchObject({ code: "header-limit" });
  });

  it("counts text as text, whatever its VR", () => {
    expect(mostOf({ vr: "DS", Value: thousand("xyz") })).toBeLessThan((256 * mebibyte) / 32_000);
    expect(mostOf({ vr: "AT", Value: thousand("00100010") })).toBeLessThan((256 * mebibyte) / 32_000);
    expect(mostOf({ vr: "LT", Value: ["x".repeat(60_000)] })).toBeLessThan((256 * mebibyte) / 60_000);
    expect(mostOf({ vr: "OB", InlineBinary: "A".repeat(5464) })).toBeLessThan((256 * mebibyte) / 5464);
  });

  it("leaves numbers as cheap as they are, but where they are objects beside text", () => {
    expect(mostOf({ vr: "DS", Value: thousand(1.5) })).toBeGreaterThan((256 * mebibyte) / 8300);
    expect(mostOf({ vr: "DS", Value: [...thousand(1.5), "x"] })).toBeLessThan((256 * mebibyte) / 24_000);
  });
});
