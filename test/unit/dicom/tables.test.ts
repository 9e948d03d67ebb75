import { describe, expect, it } from "@jest/globals";
import { dictionaryVr } from "../../../shared/dicom/dictionary.ts";
import { formatPersonName, nameComponents, parsePersonName } from "../../../shared/dicom/person-name.ts";
import { transferSyntaxes } from "../../../shared/dicom/transfer-syntaxes.ts";

describe("the dictionary", () => {
  it.each([
    [0x0010, 0x0010, "PN"],
    [0x0028, 0x0010, "US"],
    [0x0040, 0x0275, "SQ"],
    [0x7fe0, 0x0010, "OW"],
    [0x6002, 0x3000, "OW"],
    [0x6004, 0x0010, "US"],
    [0x0020, 0x3105, "CS"],
    [0x0009, 0x0010, "LO"],
    [0x0009, 0x1001, undefined],
    [0x0008, 0x0000, "UL"],
    [0x4321, 0x1234, undefined],
  ])("knows (%i,%i) as %s", (group, element, vr) => expect(dictionaryVr(group, element, false)).toBe(vr));
});

describe("the transfer syntaxes", () => {
  it("say what a decoder must know", () => {
    expect(transferSyntaxes.get("1.2.840.10008.1.2")).toMatchObject({ explicit: false, encapsulated: false });
    expect(transferSyntaxes.get("1.2.840.10008.1.2.2")).toMatchObject({ littleEndian: false });
    expect(transferSyntaxes.get("1.2.840.10008.1.2.4.202")).toMatchObject({ codec: "htj2k", lossy: false });
    expect(transferSyntaxes.get("1.2.840.10008.1.2.4.50")).toMatchObject({ codec: "jpeg", lossy: true });
    expect(transferSyntaxes.get("1.2.840.10008.1.2.1.99")).toMatchObject({ deflated: true });
  });
});

describe("a person's name", () => {
  it("has up to three groups, each of five components", () => {
    const name = parsePersonName("Wang^XiaoMing^^Dr. =王^小明=ㄨㄤˊ");
    expect(name).toEqual({ Alphabetic: "Wang^XiaoMing^^Dr.", Ideographic: "王^小明", Phonetic: "ㄨㄤˊ" });
    expect(nameComponents("Wang^XiaoMing^^Dr.")).toEqual({
      family: "Wang",
      given: "XiaoMing",
      middle: "",
      prefix: "Dr.",
      suffix: "",
    });
  });

  it("may be empty, or lack groups", () => {
    expect(parsePersonName("==")).toBeUndefined();
    expect(parsePersonName("=王")).toEqual({ Ideographic: "王" });
    expect(formatPersonName({ Ideographic: "王" })).toBe("=王");
    expect(formatPersonName({ Alphabetic: "A", Phonetic: "C" })).toBe("A==C");
    expect(formatPersonName({})).toBe("");
  });
});
