import { describe, expect, it } from "@jest/globals";
import { parsePersonName } from "../../../shared/dicom/person-name.ts";
import { namesAgree } from "../../../shared/order/names-agree.ts";

const agree = (one: string, other: string): boolean =>
  namesAgree(parsePersonName(one) ?? {}, parsePersonName(other) ?? {});

describe("two names, one from the order and one from the scanner,", () => {
  it.each([
    ["=张伟", "Zhang^Wei"],
    ["=张伟", "ZHANG WEI"],
    ["=张伟", "ZHANG^WEI"],
    ["=张伟", "=张^伟"],
    ["张伟", "Zhang^Wei=张^伟"],
    ["=单雄", "Shan^Xiong"],
    ["=吕布", "LV BU"],
    ["=吕布", "LYU BU"],
    ["=欧阳雪", "Ouyang^Xue"],
    ["=张伟", "Wei^Zhang"],
    ["Müller^José", "MULLER^JOSE"],
    ["José^Müller", "Müller^José"],
  ])("%s and %s are one person's", (one, other) => {
    expect([agree(one, other), agree(other, one)]).toEqual([true, true]);
  });

  it.each([
    ["=张伟", "=章伟", "sound alike in pinyin, and are two people"],
    ["Zhang^Wei=张^伟", "Zhang^Wei=章^伟", "agree in pinyin, and are two people"],
    ["=张伟", "Li^Wei", "share a given name"],
    ["=张伟", "Wei", "are one name and a part of it"],
    ["Zhang^Wei", "Zhang^Weimin", "begin alike"],
    ["=王小东", "Wang^Xiaoxi", "share a family name"],
  ])("%s and %s are not: they %s", (one, other) => {
    expect([agree(one, other), agree(other, one)]).toEqual([false, false]);
  });
});
