import { describe, expect, it } from "@jest/globals";
import dicomParser from "dicom-parser";
import fc from "fast-check";
import { encodeGb18030 } from "../../../shared/dicom/gb18030-encode.ts";
import { writePart10 } from "../../../shared/dicom/write.ts";
import { headerOf, identity, sample } from "./sample.ts";

describe("a file this project writes", () => {
  it("is read by others", () => {
    const bytes = sample([
      { tag: "00280010", vr: "US", value: 512 },
      { tag: "00280030", vr: "DS", value: ["0.5", "0.25"] },
      { tag: "00400275", vr: "SQ", value: [[{ tag: "00400009", vr: "SH", value: "S1" }], []] },
      { tag: "7FE00010", vr: "OW", value: new Uint8Array(7) },
    ]);
    const parsed = dicomParser.parseDicom(bytes);
    expect(parsed.uint16("x00280010")).toBe(512);
    expect(parsed.string("x00080018")).toBe("1.2.3.4");
    expect(parsed.string("x00020003")).toBe("1.2.3.4");
    expect(parsed.floatString("x00280030", 1)).toBe(0.25);
    expect(parsed.elements.x00400275?.items).toHaveLength(2);
    expect(parsed.elements.x7fe00010?.length).toBe(8);
    const dataset = Object.keys(parsed.elements).filter((tag) => !tag.startsWith("x0002"));
    expect(dataset).toEqual([...dataset].sort());
  });

  it("declares how its text is written, unless the elements do", () => {
    const name = { tag: "00100010", vr: "PN", value: "王^小明" } as const;
    for (const characterSet of ["ISO_IR 192", "GB18030"] as const) {
      const header = headerOf(sample([name], { characterSet }));
      expect(header.characterSet).toEqual({ declared: [characterSet], used: [characterSet] });
      expect(header.dataset["00100010"]?.Value).toEqual([{ Alphabetic: "王^小明" }]);
    }
    const declared = headerOf(sample([{ tag: "00080005", vr: "CS", value: "ISO_IR 100" }]));
    expect(declared.characterSet.declared).toEqual(["ISO_IR 100"]);
  });

  it("refuses a value its VR has no length for", () => {
    expect(() =>
      writePart10([...identity, { tag: "00081030", vr: "LO", value: "x".repeat(70_000) }]),
    ).toThrow(RangeError);
  });

  it("holds any text in GB18030", () => {
    const text = fc.string({ unit: "grapheme-composite" });
    fc.assert(
      fc.property(text, (value) => {
        const scalar = value.toWellFormed();
        expect(new TextDecoder("gb18030").decode(encodeGb18030(scalar))).toBe(scalar);
      }),
    );
    expect([...encodeGb18030("王\ud800")]).toEqual([0xcd, 0xf5, 0x3f]);
  });
});
