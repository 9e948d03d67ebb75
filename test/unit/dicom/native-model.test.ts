/** The Native DICOM Model beside dcmtk's, of real files of every kind; and what no real file holds. */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import type { Dataset } from "../../../shared/dicom/json-model.ts";
import { nativeModel } from "../../../shared/dicom/native-model.ts";
import { readHeader } from "../../../shared/dicom/read.ts";
import { type NativeAttribute, readNativeModel } from "../../support/native-xml.ts";
import { describeWithRealFiles, type RealFile, realFilesFolder } from "../../support/real-files.ts";

const dcmtk = spawnSync("dcm2xml", ["--version"]).error === undefined;
if (!dcmtk) console.warn("dcm2xml is not installed (apt-get install dcmtk): XML was not compared");

/** Text dcmtk converts as declared; of files that declare it wrongly the two say different things. */
const comparable = ({ path, expected, part10, size, specificCharacterSet: set }: RealFile): boolean =>
  part10 &&
  expected !== "reject" &&
  size < 2_000_000 &&
  !/^files\/(bad|charset)\//.test(path) &&
  (set === null || /^(ISO_IR (100|101|192)|)$/.test(set));

/** Numbers may be written in several ways and to several digits, and text with or without padding. */
const meaning = (value: string): string => {
  const number = Number(value);
  return value.trim() !== "" && Number.isFinite(number) ? number.toPrecision(6) : value.trim();
};
/** dcmtk writes private creators too, which no other attribute has the address of then. */
const addressOf = ({ path, privateCreator = "" }: NativeAttribute): string => `${path} ${privateCreator}`;

/** Empty values keep their place in one and are written in the other; retired attributes have no name in dcmtk's. */
const shown = ({ path, values = [] }: NativeAttribute, keyword: string | undefined): string =>
  `${path} ${keyword}: ${values.map(meaning).filter(Boolean).join("\\")}`;

function ours(file: RealFile): readonly NativeAttribute[] {
  const bytes = readFileSync(join(realFilesFolder, file.path));
  const header = readHeader(bytes, { totalSize: bytes.length });
  if ("needBytes" in header) throw new Error("The whole file was given");
  return readNativeModel(nativeModel(header.dataset));
}

function theirs(file: RealFile): readonly NativeAttribute[] | undefined {
  const args = ["-nat", "+U8", "+M", join(realFilesFolder, file.path)];
  const { stdout, status } = spawnSync("dcm2xml", args, { encoding: "utf8", maxBuffer: 1 << 28 });
  return status === 0 ? readNativeModel(stdout) : undefined;
}

describeWithRealFiles("native XML of real files", (files) => {
  (dcmtk ? it : it.skip)(
    "names every attribute as dcmtk does, with the same values",
    () => {
      let compared = 0;
      for (const file of files.filter(comparable)) {
        const other = theirs(file);
        if (other === undefined) continue;
        const own = new Map(ours(file).map((one) => [addressOf(one), one]));
        const differing = other.flatMap((one) => {
          const same = own.get(addressOf(one));
          // One of the two may take a private attribute, or a long one, for bulk data.
          if (same === undefined || same.values === undefined || one.values === undefined) return [];
          const name = one.keyword === undefined ? undefined : same.keyword;
          const [left, right] = [shown(one, one.keyword), shown(same, name)];
          return left === right ? [] : [[left, right]];
        });
        expect({ file: file.path, differing }).toEqual({ file: file.path, differing: [] });
        compared++;
      }
      expect(compared).toBeGreaterThan(100);
    },
    120_000,
  );
});

describe("the Native DICOM Model", () => {
  const read = (dataset: Dataset) => readNativeModel(nativeModel(dataset, "https://film.example/x/"));

  it("has names by group and component, and escapes what XML would take for markup", () => {
    const [name] = read({
      "00100010": {
        vr: "PN",
        Value: [{ Alphabetic: 'O"Neil^A&B<C>', Ideographic: "欧阳^雪" }],
      },
    });
    expect(name).toMatchObject({
      keyword: "PatientName",
      values: [
        'Alphabetic FamilyName: O"Neil',
        "Alphabetic GivenName: A&B<C>",
        "Ideographic FamilyName: 欧阳",
        "Ideographic GivenName: 雪",
      ],
    });
  });

  it("has no character XML forbids: what reads as one is shown as lost", () => {
    const [text] = read({ "00104000": { vr: "LT", Value: ["a\u0000b\u001bc\ud800d\te"] } });
    expect(text?.values).toEqual(["a\ufffdb\ufffdc\ufffdd\te"]);
  });

  it("keeps lines apart as they were", () => {
    expect(nativeModel({ "00104000": { vr: "LT", Value: ["one\r\ntwo"] } })).toContain("one&#13;\ntwo");
  });

  it("keeps the place of a value that is left out, numbers items, and says where bulk data are", () => {
    const xml = nativeModel(
      {
        "00080008": { vr: "CS", Value: ["ORIGINAL", null, "AXIAL"] },
        "00400275": { vr: "SQ", Value: [{ "00401001": { vr: "SH", Value: ["RP"] } }, {}] },
        "7FE00010": { vr: "OW", BulkDataURI: "bulkdata/10-20" },
        "00091001": { vr: "UN", InlineBinary: "AAEC" },
        "00090010": { vr: "LO", Value: ["MAKER & CO"] },
      },
      "https://film.example/x/",
    );
    expect(xml).toContain('<Value number="1">ORIGINAL</Value><Value number="3">AXIAL</Value>');
    expect(xml).toContain('<Item number="2"></Item>');
    expect(xml).toContain('<BulkData uri="https://film.example/x/bulkdata/10-20"/>');
    expect(xml).toContain('tag="00090001" vr="UN" privateCreator="MAKER &amp; CO"');
    expect(xml).toContain("<InlineBinary>AAEC</InlineBinary>");
    expect(xml).toMatch(/^<\?xml version="1.0" encoding="UTF-8"\?>\n<NativeDicomModel xmlns="http:\/\/dicom/);
  });

  it("knows attributes of repeating groups, and none that the standard does not list", () => {
    const keywords = read({
      "60020010": { vr: "US", Value: [1] },
      "00080001": { vr: "UL", Value: [1] },
      "00091002": { vr: "LO", Value: ["X"] },
    }).map(({ keyword }) => keyword);
    expect(keywords).toEqual(["OverlayRows", "LengthToEnd", undefined]);
  });
});
