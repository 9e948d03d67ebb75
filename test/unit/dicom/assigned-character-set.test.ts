import { describe, expect, it } from "@jest/globals";
import { isCharacterSetTerm } from "../../../shared/dicom/character-sets.ts";
import { encodeGb18030 } from "../../../shared/dicom/gb18030-encode.ts";
import { itemsOf, textOf } from "../../../shared/dicom/json-model.ts";
import { formatPersonName, personNameOf } from "../../../shared/dicom/person-name.ts";
import { type Header, readHeader } from "../../../shared/dicom/read.ts";
import { writePart10 } from "../../../shared/dicom/write.ts";
import { headerOf, identity } from "./sample.ts";

const nameOf = ({ dataset }: Header): string => formatPersonName(personNameOf(dataset, "00100010") ?? {});

describe("text in the character set a person assigned", () => {
  const inGbk = writePart10([
    ...identity,
    { tag: "00080005", vr: "CS", value: "ISO_IR 100" },
    { tag: "00100010", vr: "PN", value: encodeGb18030("周^杰伦") },
    {
      tag: "00400275",
      vr: "SQ",
      value: [
        [
          { tag: "00080005", vr: "CS", value: "ISO_IR 100" },
          { tag: "00400007", vr: "LO", value: encodeGb18030("头颅") },
        ],
        [
          { tag: "00080005", vr: "CS", value: "ISO_IR 192" },
          { tag: "00400007", vr: "LO", value: new TextEncoder().encode("胸部") },
        ],
      ],
    },
  ]);
  const under = (characterSet: readonly string[]): Header => {
    const header = readHeader(inGbk, { totalSize: inGbk.length, characterSet });
    if ("needBytes" in header) throw new Error("a whole file needs no more bytes");
    return header;
  };
  const step = ({ dataset }: Header, index: number): string | undefined =>
    textOf(itemsOf(dataset, "00400275")[index] ?? {}, "00400007");

  it("is decoded so, also in items that repeat the file's declaration, and not in those with their own", () => {
    const assigned = under(["GB18030"]);
    expect(nameOf(assigned)).toBe("周^杰伦");
    expect([step(assigned, 0), step(assigned, 1)]).toEqual(["头颅", "胸部"]);
    expect(assigned.characterSet).toEqual({
      declared: ["ISO_IR 100"],
      used: ["GB18030"],
      assigned: ["GB18030"],
    });
  });

  it("takes a correction back where the file's own declaration is assigned", () => {
    expect(headerOf(inGbk).characterSet.corrected).toBe("GB18030");
    for (const terms of [["ISO_IR 100"], []]) {
      const reversed = under(terms);
      expect(nameOf(reversed)).toBe("ÖÜ^½ÜÂ×");
      expect(reversed.characterSet.corrected).toBeUndefined();
      expect(reversed.dataset["00080005"]?.Value).toEqual(["ISO_IR 192"]);
    }
  });

  it("is of a set that has a name", () => {
    expect(["GBK", "ISO_IR 100", "ISO 2022 IR 58", ""].map(isCharacterSetTerm)).toEqual([
      true,
      true,
      true,
      true,
    ]);
    expect(["klingon", "ISO_IR 999", "constructor"].map(isCharacterSetTerm)).toEqual([false, false, false]);
  });
});
