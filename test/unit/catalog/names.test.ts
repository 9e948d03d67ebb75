import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { namePrefixFor, nameQueryKeys } from "../../../shared/catalog/name-queries.ts";
import { matchesName, nameKeys } from "../../../shared/catalog/names.ts";

const wang = { Alphabetic: "Wang^XiaoMing", Ideographic: "王^小明" };

describe("a doctor finds a patient by name", () => {
  it.each([
    "王*",
    "*小*",
    "*明",
    "王小明",
    "王^小明",
    "小明",
    "wang*",
    "WANG*",
    "ｗａｎｇ*",
    "wxm",
    "WXM*",
    "WANG^XIAOMING",
    "Wang^XiaoMing=王^小明",
    "=王^小明",
    "Wang Xiao",
    "Wang Xiaoming",
    "wangxiaoming",
    "wang",
    "xiaoming*",
    "*ming",
    "w*g",
    "?ang*",
    "王?明",
    "*",
    "*wang*",
  ])("by %s", (query) => {
    expect(matchesName(wang, query)).toBe(true);
    expect(matchesName("Wang^XiaoMing=王^小明", query)).toBe(true);
  });

  it.each([
    "李*",
    "wan",
    "wangx",
    "ang*",
    "xm*z",
    "WANG^XIAO",
    "王^小",
    "Li^Xiao*",
    "Wang^XiaoMing=李*",
    "ming wang z",
  ])("but not by %s", (query) => expect(matchesName(wang, query)).toBe(false));

  it("with fuzzy matching by the beginnings of words, in any order", () => {
    for (const query of ["xiao wang", "wang", "wan", "ming", "王 小", "Wang, Xiao"])
      expect(matchesName(wang, query, { fuzzy: true })).toBe(true);
    expect(matchesName(wang, "wang li", { fuzzy: true })).toBe(false);
    expect(nameQueryKeys(" Wang^Xiao* 小明")).toEqual(["wang", "xiao", "小明"]);
  });

  it.each([
    ["单雄信", ["shanxiongxin", "danxiongxin", "chanxiongxin", "sxx", "dxx"]],
    ["曾国藩", ["zengguofan", "cengguofan", "zgf"]],
    ["解缙", ["xiejin", "jiejin", "xj"]],
    ["仇英", ["qiuying", "chouying"]],
    ["尉迟恭", ["yuchigong", "weichigong"]],
    ["长孙无忌", ["zhangsunwuji", "changsunwuji"]],
    ["吕布", ["lvbu", "lubu", "lyubu"]],
    ["欧阳^娜", ["ouyangna", "na", "oyn"]],
  ])("%s in every reading", (name, readings) =>
    expect(nameKeys(name)).toEqual(expect.arrayContaining(readings)),
  );

  it("where only hanzi are recorded, with one component or two, and whatever separates a minority name", () => {
    expect(nameKeys("王小明")).toEqual(nameKeys("王^小明"));
    expect(matchesName("买买提·艾力", "买买提艾力")).toBe(true);
    expect(matchesName("买买提·艾力", "艾力*")).toBe(true);
    expect(matchesName("买买提·艾力", "maimaiti*")).toBe(true);
    expect(matchesName("李喆𠮷", "*𠮷")).toBe(true);
  });

  it("with or without accents, by any component or word", () => {
    for (const query of ["Müller*", "MULLER*", "maria", "José", "jose maria", "María", "*mar*"])
      expect(matchesName("Müller^José María", query)).toBe(true);
    for (const query of ["O'Brien", "obrien", "brien*", "mary-ann", "ann*"])
      expect(matchesName("O'Brien^Mary-Ann", query)).toBe(true);
  });

  it("in kana and Hangul too", () => {
    expect(matchesName("ﾔﾏﾀﾞ^ﾀﾛｳ=山田^太郎=やまだ^たろう", "ヤマダ*")).toBe(true);
    expect(matchesName("Hong^Gildong=洪^吉洞=홍^길동", "길동")).toBe(true);
  });
});

describe("a name of which nothing can be compared", () => {
  const names = ["Wang^XiaoMing=王^小明", "单雄信", "Li^Na", `${"A".repeat(2000)}^B`];

  it.each(["^", "=", "·", ".", ",", "^^*", "\u0000", "\ufffd", "?", "a".repeat(3000), "a".repeat(65)])(
    "%j finds nobody",
    (query) => {
      for (const fuzzy of [false, true])
        expect(names.filter((name) => matchesName(name, query, { fuzzy }))).toEqual([]);
    },
  );

  it.each(["", "*", "**", "*?", "*^*"])("but %j finds everybody", (query) =>
    expect(names.filter((name) => matchesName(name, query))).toEqual(names),
  );

  it("and ? is one character of the whole name", () => {
    expect(names.filter((name) => matchesName(name, "???"))).toEqual(names.slice(0, 2));
    expect(matchesName("𠮷", "?")).toBe(true);
  });
});

describe("a search by name is a search for keys that begin with a prefix", () => {
  it.each([
    ["王*", "王"],
    ["*小*", "小"],
    ["wang*", "wang"],
    ["WANG^XIAO*", "wangxiao"],
    ["Wang Xiao", "wangxiao"],
    ["wxm", "wxm"],
    ["w*ming", "w"],
    ["*", undefined],
    ["?ang", undefined],
    ["", undefined],
    ["=王*", "王"],
  ])("%j begins with %j", (query, prefix) => expect(namePrefixFor(query)).toBe(prefix));

  it("which every name the query means has, but for a * before the middle of a Latin word", () => {
    const names = ["Wang^XiaoMing=王^小明", "单雄信", "Müller^José María", "O'Brien^Mary-Ann", "欧阳^娜"];
    const queries = [
      "王*",
      "*小*",
      "wxm",
      "Wang Xiao",
      "单*",
      "shan*",
      "*xiong*",
      "mul*",
      "*maria",
      "brien",
      "oyn",
      "*娜",
    ];
    for (const name of names)
      for (const query of queries.filter((each) => matchesName(name, each))) {
        const prefix = namePrefixFor(query) as string;
        expect(nameKeys(name).some((key) => key.startsWith(prefix))).toBe(true);
      }
  });

  it("also with fuzzy matching, by the longest word", () => {
    expect(namePrefixFor("xiao wang", { fuzzy: true })).toBe("xiao");
    expect(namePrefixFor("li 王小明", { fuzzy: true })).toBe("王小明");
  });
});

describe("the keys of any name", () => {
  it("are few, short, and safe in a key of the catalog", () => {
    const parts = fc.array(
      fc.constantFrom("单", "曾", "解", "王", "^", "=", "Wang", " ", "é", "#", "\0", "<x>", "𠮷"),
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: "binary" }),
          parts.map((list) => list.join("")),
        ),
        (name) => {
          const keys = nameKeys(name);
          expect(keys.length).toBeLessThanOrEqual(64);
          expect(new Set(keys).size).toBe(keys.length);
          for (const key of keys) expect(key).toMatch(/^[\p{L}\p{N}\p{M}]{1,64}$/u);
        },
      ),
    );
    expect(nameKeys("单".repeat(10_000)).length).toBeLessThanOrEqual(64);
    expect(nameKeys({})).toEqual([]);
  });

  it("find the name they were made of", () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[A-Za-zé]{1,12}\^[A-Za-zé]{1,12}$/), (name) => {
        for (const key of nameKeys(name)) expect(matchesName(name, key)).toBe(true);
        expect(matchesName(name, name)).toBe(true);
      }),
    );
  });

  it("are matched in bounded time, whatever the query", () => {
    const started = performance.now();
    matchesName("a".repeat(64), `${"a*".repeat(500)}b`);
    matchesName("a".repeat(64), "*".repeat(100_000));
    expect(performance.now() - started).toBeLessThan(3000);
  });
});
