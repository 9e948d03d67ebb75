import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { canonicalBytes } from "../../../shared/report/signed-body.ts";

describe("The bytes of a signed document", () => {
  it("are those of RFC 8785, section 3.2.3", () => {
    const document = {
      "\u20ac": "Euro Sign",
      "\r": "Carriage Return",
      "\ufb33": "Hebrew Letter Dalet With Dagesh",
      "1": "One",
      "\ud83d\ude00": "Emoji: Grinning Face",
      "\u0080": "Control",
      "\u00f6": "Latin Small Letter O With Diaeresis",
    };
    expect(new TextDecoder().decode(canonicalBytes(document))).toBe(
      '{"\\r":"Carriage Return","1":"One","\u0080":"Control",' +
        '"\u00f6":"Latin Small Letter O With Diaeresis","\u20ac":"Euro Sign",' +
        '"\ud83d\ude00":"Emoji: Grinning Face","\ufb33":"Hebrew Letter Dalet With Dagesh"}',
    );
  });

  it("do not depend on the order members were written in", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string({ unit: "grapheme" }), fc.jsonValue()), (document) => {
        const turned = Object.fromEntries(Object.entries(document).reverse());
        expect(canonicalBytes(turned)).toEqual(canonicalBytes(document));
      }),
    );
  });
});
