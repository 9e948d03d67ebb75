import { describe, expect, it } from "@jest/globals";
import { type Assignment, correctFile } from "../../../shared/dicom/correct.ts";
import { derivedUid } from "../../../shared/dicom/derived-uid.ts";
import { type Dataset, itemsOf, textOf } from "../../../shared/dicom/json-model.ts";
import { DicomRejected, type Header, readHeader } from "../../../shared/dicom/read.ts";
import { type WriteElement, writePart10 } from "../../../shared/dicom/write.ts";
import { describeWithRealFiles } from "../../support/real-files.ts";
import { sha256Hex } from "../../support/slices.ts";

const at = new Date("2027-03-01T08:00:00.250Z");
const change = { at, reason: "CORRECT" } as const;
const uid = (tag: string, value: string): Assignment => ({ tag, vr: "UI", value });

function read(bytes: Uint8Array): Header {
  const header = readHeader(bytes, { totalSize: bytes.length });
  if ("needBytes" in header) throw new Error("The whole file is there");
  return header;
}

const pixels = Uint8Array.from({ length: 64 }, (_, index) => index);
const elements: readonly WriteElement[] = [
  { tag: "00080016", vr: "UI", value: "1.2.840.10008.5.1.4.1.1.2" },
  { tag: "00080018", vr: "UI", value: "1.2.3.4" },
  { tag: "00100010", vr: "PN", value: "王^小东" },
  { tag: "0020000D", vr: "UI", value: "1.2.3" },
  { tag: "0020000E", vr: "UI", value: "1.2.3.1" },
  { tag: "00204000", vr: "LT", value: "as it came" },
  { tag: "7FE00010", vr: "OW", value: pixels },
];
const without = (tag: string) => elements.filter((element) => element.tag !== tag);
const withValue = (tag: string, value: string) =>
  elements.map((element) => (element.tag === tag ? { ...element, value } : element));

describe("a corrected copy", () => {
  it("holds an identifier that was missing, and says that there was none", () => {
    const copy = correctFile(writePart10(without("0020000E")), [uid("0020000E", "2.25.7")], change);
    const { seriesInstanceUid, dataset, pixelData } = read(copy);
    expect(seriesInstanceUid).toBe("2.25.7");
    expect(copy.subarray(pixelData?.offset)).toEqual(Buffer.from(pixels));
    const [item] = itemsOf(dataset, "04000561");
    expect(itemsOf(item ?? {}, "04000550")).toEqual([{ "0020000E": { vr: "UI" } }]);
    expect(textOf(item ?? {}, "04000562")).toBe("20270301080000.250000+0000");
    expect(textOf(item ?? {}, "04000563")).toBe("Medical Image Cloud");
    expect(textOf(item ?? {}, "04000565")).toBe("CORRECT");
    expect(item?.["04000564"]).toEqual({ vr: "LO" });
  });

  it("keeps an identifier that was no UID, byte for byte", () => {
    const copy = correctFile(
      writePart10(withValue("0020000D", "study 7 ")),
      [uid("0020000D", "2.25.8")],
      change,
    );
    const [item] = itemsOf(read(copy).dataset, "04000561");
    expect(itemsOf(item ?? {}, "04000550")).toEqual([{ "0020000D": { vr: "UI" } }]);
    const [verbatim] = itemsOf(item ?? {}, "04000551");
    expect(textOf(verbatim ?? {}, "00720026")).toBe("0020000D");
    expect(Buffer.from(verbatim?.["04000552"]?.InlineBinary ?? "", "base64").toString()).toBe("study 7 ");
  });

  it("names the new instance in its file meta information too, and its writer", () => {
    const { meta, sopInstanceUid } = read(
      correctFile(writePart10(elements), [uid("00080018", "2.25.9")], { at, reason: "COERCE" }),
    );
    expect([sopInstanceUid, textOf(meta, "00020003")]).toEqual(["2.25.9", "2.25.9"]);
    expect(textOf(meta, "00020012")).toMatch(/^2\.25\./);
  });

  it("reads its text in the character set it was given", () => {
    const file = writePart10([...elements, { tag: "00080005", vr: "CS", value: "ISO_IR 100" }], {
      characterSet: "GB18030",
    });
    const copy = correctFile(file, [{ tag: "00080005", vr: "CS", value: "GB18030" }], change);
    const { dataset, characterSet } = read(copy);
    expect(dataset["00100010"]?.Value).toEqual([{ Alphabetic: "王^小东" }]);
    expect(characterSet.declared).toEqual(["GB18030"]);
    const [item] = itemsOf(dataset, "04000561");
    expect(itemsOf(item ?? {}, "04000550")[0]?.["00080005"]?.vr).toBe("CS");
  });

  it("keeps the record of corrections before it", () => {
    const once = correctFile(writePart10(elements), [uid("00080018", "2.25.1")], change);
    const twice = correctFile(once, [uid("00080018", "2.25.2")], change);
    const history = itemsOf(read(twice).dataset, "04000561").map((item) =>
      textOf(itemsOf(item, "04000550")[0] ?? {}, "00080018"),
    );
    expect(history).toEqual(["1.2.3.4", "2.25.1"]);
  });
});

describe("a UID that is made", () => {
  it("is the same for the same parts, and a valid one", () => {
    expect(derivedUid("study", "a")).toBe(derivedUid("study", "a"));
    expect(derivedUid("study", "a")).not.toBe(derivedUid("study", "b"));
    expect(derivedUid("study", "a")).toMatch(/^2\.25\.[1-9]\d{30,38}$/);
  });
});

describeWithRealFiles("every real file the reader takes", (files) => {
  it("can be given another SOP Instance UID, and is otherwise the same", () => {
    let corrected = 0;
    for (const file of files) {
      if (file.size > 8 * 1024 * 1024) continue;
      const bytes = file.bytes();
      const before = attempt(bytes);
      if (!before) continue;
      const copy = correctFile(bytes, [uid("00080018", "2.25.9")], change);
      const after = read(copy);
      expect(after.sopInstanceUid).toBe("2.25.9");
      expect(after.transferSyntaxUid).toBe(before.transferSyntaxUid);
      const changed = ["00080018", "04000561"];
      expect([file.path, besides(after.dataset, changed)]).toEqual([
        file.path,
        besides(before.dataset, changed),
      ]);
      expect(pixelsOf(copy, after)).toEqual(pixelsOf(bytes, before));
      corrected++;
    }
    expect(corrected).toBeGreaterThan(300);
  });
});

/** Nothing of files that the reader refuses. */
function attempt(bytes: Uint8Array): Header | undefined {
  try {
    return read(bytes);
  } catch (error) {
    if (error instanceof DicomRejected) return undefined;
    throw error;
  }
}

/** Bulk data is referred to by where it lies, which moves. */
const besides = (dataset: Dataset, tags: readonly string[]): unknown =>
  JSON.parse(
    JSON.stringify(
      Object.fromEntries(Object.entries(dataset).filter(([tag]) => !tags.includes(tag))),
    ).replaceAll(/bulkdata\/\d+-/g, "bulkdata/-"),
  );

function pixelsOf(file: Uint8Array, { pixelData, inflated }: Header): string | undefined {
  if (!pixelData) return undefined;
  const from = inflated ?? file;
  return sha256Hex(from.subarray(pixelData.offset));
}
