import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { addressOf, routeOf } from "../../../web/src/app/router.ts";
import { Store } from "../../../web/src/app/store.ts";
import { attributeText, dateText, readable } from "../../../web/src/study/attributes.ts";
import { formatBytes, formatSeconds, Rate } from "../../../web/src/upload/figures.ts";
import { outcomeOf } from "../../../web/src/upload/put-bytes.ts";
import { filled } from "../../../web/src/upload/words.ts";

const source = join(import.meta.dirname, "../../../web/src");
const tables = readdirSync(source, { recursive: true, encoding: "utf8" }).filter((file) =>
  /(^|\/)words\.ts$/.test(file),
);

/** Every sentence by its place, such as `phases.sent`. */
function sentences(table: object, prefix = ""): [string, string][] {
  return Object.entries(table).flatMap(([name, value]) =>
    typeof value === "object" ? sentences(value, `${prefix}${name}.`) : [[`${prefix}${name}`, String(value)]],
  );
}
const figuresIn = (sentence: string): string[] =>
  [...sentence.matchAll(/\{(\w+)\}/g)].map(([, name = ""]) => name).sort();

describe("what the pages say", () => {
  it.each(tables.filter((file) => !file.startsWith("share")))(
    "is there in both languages, with the same figures: %s",
    async (file) => {
      const { words } = (await import(join(source, file))) as { words: { zh: object; en: object } };
      const [zh, en] = [new Map(sentences(words.zh)), new Map(sentences(words.en))];
      expect([...en.keys()]).toEqual([...zh.keys()]);
      for (const [place, sentence] of zh) {
        expect(sentence).not.toBe("");
        expect([place, figuresIn(en.get(place) as string)]).toEqual([place, figuresIn(sentence)]);
      }
    },
  );

  it("has its figures in it", () => {
    expect(filled("{done} of {all}", { done: 3, all: 5 })).toBe("3 of 5");
  });
});

describe("the address of a page", () => {
  it("holds what it shows, and gives it back", () => {
    expect(routeOf(addressOf("study", "1.2.840"))).toEqual(["study", "1.2.840"]);
    expect(routeOf("")).toEqual([]);
    expect(routeOf("#/quarantine//a/")).toEqual(["quarantine", "a"]);
  });

  it.each(["#upload/%zz", "#study/..", "#quarantine/..%2Fme/0", "#study/1.2%3Fhospital=x", "#study/1..2"])(
    "leads nowhere else: %s",
    (hash) => expect(routeOf(hash)).toEqual(["unknown"]),
  );

  it("ignores empty parts", () => {
    expect(routeOf("#//")).toEqual([]);
  });
});

describe("a store", () => {
  it("tells whoever listens, and whoever waits for a value", async () => {
    const store = new Store<number>(1);
    let told = 0;
    const end = store.listen(() => told++);
    const three = store.until((value): value is 3 => value === 3);
    store.value = 2;
    store.value = 3;
    end();
    store.value = 4;
    expect(await three).toBe(3);
    expect(told).toBe(2);
  });
});

describe("attributes as people read them", () => {
  const attributes = {
    "7FE00010": { vr: "OW", BulkDataURI: "bulkdata/1-2" },
    "00280010": { vr: "US", Value: [512] },
    "00100010": { vr: "PN", Value: [{ Alphabetic: "Ouyang^Xue", Ideographic: "欧阳^雪" }] },
    "00080060": { vr: "CS", Value: ["CT"] },
    "00080050": { vr: "SH" },
    "00080020": { vr: "DA", Value: ["20260301"] },
  };
  it("come with the patient first, in both languages, without empty ones", () => {
    expect(readable(attributes, "zh").map(({ name, text }) => `${name} ${text}`)).toEqual([
      "患者姓名 欧阳 雪 · Ouyang Xue",
      "检查日期 2026-03-01",
      "设备类型 CT",
      "(0028,0010) 512",
      "(7FE0,0010) …",
    ]);
    expect(readable(attributes, "en")[0]?.name).toBe("Patient name");
    expect(attributeText(attributes, "00080050")).toBe("");
    expect(dateText("20260301")).toBe("2026-03-01");
    expect(dateText("in March")).toBe("in March");
  });
});

describe("figures of an upload", () => {
  it("are short in both languages", () => {
    expect(formatBytes(900, "en")).toBe("900 B");
    expect(formatBytes(15 * 1024 ** 2 + 300_000, "zh")).toBe("15.3 MiB");
    expect(formatSeconds(80, "en")).toBe("80 seconds");
    expect(formatSeconds(600, "zh")).toBe("10分钟");
  });

  it("say nothing of how long it will take before there is something to say", () => {
    const rate = new Rate();
    rate.mark(0, 0);
    expect(rate.perSecond).toBeUndefined();
    rate.mark(4000, 8000);
    expect(rate.perSecond).toBe(2000);
  });
});

describe("what the storage answers", () => {
  it.each([
    [200, "", "stored"],
    [412, "", "stored"],
    [0, "", "broken"],
    [403, "<Error><Code>AccessDenied</Code></Error>", "refused"],
    [400, "<Error><Code>ExpiredToken</Code></Error>", "refused"],
    [400, "<Error><Code>BadDigest</Code></Error>", "changed"],
    [404, "<Error><Code>NoSuchUpload</Code></Error>", "parts-gone"],
    [503, "<Error><Code>SlowDown</Code></Error>", "busy"],
    [409, "<Error><Code>ConditionalRequestConflict</Code></Error>", "busy"],
  ])("with %i %s is %s", (status, body, outcome) => {
    expect(outcomeOf(status, body)).toBe(outcome);
  });
});
