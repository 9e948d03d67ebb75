/** Patients' discs as zip archives and images, and what their index says of them. */
import { spawnSync } from "node:child_process";
import { mkdir, mkdtemp, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { type Content, readRange } from "../../../cli/content/content.ts";
import { partDigests } from "../../../cli/upload/digest.ts";
import { type FoundFile, type Scan, scanFolder } from "../../../cli/upload/scan-folder.ts";
import { type UploadOptions, uploadFolder } from "../../../cli/upload/upload-folder.ts";
import { encodeGb18030 } from "../../../shared/dicom/gb18030-encode.ts";
import { writePart10 } from "../../../shared/dicom/write.ts";
import { partBytes } from "../../../shared/upload/limits.ts";
import { isoOf, isoPlaces } from "../../support/iso.ts";
import { imageOf, lineTest } from "../../support/line-test.ts";
import { sha256Hex } from "../../support/slices.ts";
import { zipOf } from "../../support/zip.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "mic-archives-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const scan = (): Promise<Scan> => scanFolder(folder, () => undefined);
const codes = ({ skipped }: Scan): readonly string[] =>
  skipped.map(({ name, reason }) => `${name} ${reason.code}`);
const [a, b] = [imageOf("a"), imageOf("b", 300_000)];

async function expectHolds({ files }: Scan, wanted: Readonly<Record<string, Uint8Array>>): Promise<void> {
  expect(files.map(({ name }) => name).sort()).toEqual(Object.keys(wanted).sort());
  for (const { name, content, sha256 } of files) {
    const bytes = wanted[name] as Uint8Array;
    expect(sha256).toBe(sha256Hex(bytes));
    expect((await readRange(content, 0, content.size)).equals(bytes)).toBe(true);
    const [from, to] = [Math.floor(bytes.length / 3), Math.floor(bytes.length / 2)];
    expect((await readRange(content, from, to - from)).equals(bytes.subarray(from, to))).toBe(true);
  }
}

describe("a zip archive", () => {
  it("is opened wherever it is met: packed, stored, zip64, names in UTF-8 and GBK", async () => {
    const gbk = Buffer.from(encodeGb18030("患者/影像1"));
    const archive = zipOf([
      { name: "DICOM/IM1", bytes: a },
      { name: "DICOM/IM2", bytes: b, stored: true },
      { name: gbk, bytes: a },
      { name: "大/IM3", bytes: b, zip64: true },
      { name: "readme.txt", bytes: Buffer.from("hello") },
      { name: "empty/", bytes: new Uint8Array(), stored: true },
    ]);
    await mkdir(join(folder, "in"));
    await writeFile(join(folder, "in", "Disc.ZIP"), archive);
    const found = await scan();
    await expectHolds(found, {
      "in/Disc.ZIP/DICOM/IM1": a,
      "in/Disc.ZIP/DICOM/IM2": b,
      "in/Disc.ZIP/患者/影像1": a,
      "in/Disc.ZIP/大/IM3": b,
    });
    expect(codes(found)).toEqual(["in/Disc.ZIP/readme.txt not-dicom"]);
  });

  it("that is encrypted, packed oddly or damaged says so, file by file", async () => {
    const inner = zipOf([{ name: "x", bytes: a }]);
    await writeFile(
      join(folder, "d.zip"),
      zipOf([
        { name: "ok", bytes: a },
        { name: "secret", bytes: a, encrypted: true },
        { name: "deflate64", bytes: a, method: 9 },
        { name: "bad", bytes: b, damaged: true },
        { name: "flipped", bytes: a, stored: true, damaged: true },
        { name: "inner.zip", bytes: inner, stored: true },
      ]),
    );
    const found = await scan();
    await expectHolds(found, { "d.zip/ok": a });
    expect(codes(found)).toEqual([
      "d.zip/secret unreadable-encrypted",
      "d.zip/deflate64 unreadable-packing",
      "d.zip/bad unreadable-damaged",
      "d.zip/flipped unreadable-damaged",
      "d.zip/inner.zip unreadable-archive-inside",
    ]);
  });

  it("cannot name a file out of its place, nor two alike", async () => {
    await writeFile(
      join(folder, "d.zip"),
      zipOf([
        { name: "../../etc/passwd", bytes: a },
        { name: "/root", bytes: a },
        { name: "x\\y", bytes: a },
        { name: "x/y", bytes: b },
        { name: "n".repeat(700), bytes: a },
      ]),
    );
    const names = (await scan()).files.map(({ name }) => name);
    expect(names.slice(0, 4)).toEqual(["d.zip/__/__/etc/passwd", "d.zip/root", "d.zip/x/y", "d.zip/x/y (2)"]);
    expect(names[4]?.length).toBeLessThanOrEqual(512);
    for (const name of names) expect(name).toMatch(/^(?!\/)(?!(?:.*\/)?\.{1,2}(?:\/|$))[^\p{Cc}\\]+$/u);
  });

  it.each([
    ["cut off", zipOf([{ name: "a", bytes: a }]).subarray(0, -30), "unreadable-archive"],
    [
      "a bomb",
      zipOf([{ name: "a", bytes: new Uint8Array(10), claimed: 0xfffffff0 }]),
      "unreadable-archive-bomb",
    ],
    ["without an image", zipOf([{ name: "icon.png", bytes: Buffer.from("png") }]), "no-images-inside"],
  ])("that is %s is left out whole", async (_, archive, code) => {
    await writeFile(join(folder, "d.zip"), archive);
    expect(codes(await scan())).toEqual([`d.zip ${code}`]);
  });

  it.each([
    ["of more files than a call can take arguments", (n: number) => `f${n}`],
    ["of as many that have all the same name", () => "x"],
  ])("%s is gone through to its end", async (_, name) => {
    const members = Array.from({ length: 150_000 }, (__, n) => {
      return { name: name(n), bytes: new Uint8Array(), stored: true, method: 9 };
    });
    await writeFile(join(folder, "d.zip"), zipOf(members));
    const { skipped } = await scan();
    expect(new Set(skipped.map((one) => one.name)).size).toBe(150_000);
  });

  it("is unpacked once for the checksums of all parts of a file in it", async () => {
    const large = imageOf("large", 3 * partBytes);
    await writeFile(join(folder, "d.zip"), zipOf([{ name: "L", bytes: large }]));
    const [file] = (await scan()).files;
    const { content, sha256 } = file as FoundFile;
    let read = 0;
    const counted: Content = {
      size: content.size,
      requireUnchanged: () => content.requireUnchanged(),
      read: (start, end) => {
        read++;
        return content.read(start, end);
      },
    };
    const starts = [0, 1, 2, 3].map((part) => part * partBytes);
    const wanted = starts.map((start) => sha256Hex(large.subarray(start, start + partBytes)));
    expect(await partDigests(counted, partBytes, sha256)).toEqual(wanted);
    expect(read).toBe(1);
  });

  it("is sent, a large packed file in parts, and everything of it is indexed", async () => {
    const large = imageOf("large", partBytes + 5000);
    const here = await lineTest();
    await writeFile(
      join(here.folder, "d.zip"),
      zipOf([
        { name: "L", bytes: large },
        { name: "a", bytes: a },
      ]),
    );
    const options: UploadOptions = {
      priority: "routine",
      encounterClass: "unknown",
      parallel: 4,
      wait: true,
      timeout: 1,
      silent: true,
    };
    const client = await here.client({
      onPut: () => (here.proxy.puts.length < 2 ? { kind: "cut", after: 1000 } : undefined),
    });
    const { ledger } = await uploadFolder(client, here.folder, options);
    expect(ledger).toMatchObject({ announced: 2, totals: { indexed: 2 } });
    await here.close();
  });
});

describe("an image of a disc", () => {
  const files = [
    { name: "IM1.;1", bytes: a, rockRidge: "头部.dcm", joliet: "头部 CT" },
    {
      name: "DICOM/IM2.DCM;1",
      bytes: b,
      rockRidge: "series/../2".replaceAll("/", "_"),
      joliet: "Zweites Bild.dcm",
    },
    { name: "DICOM/LONG.;1", bytes: b, splitAt: 4096, rockRidge: "long" },
  ];

  it.each([
    ["plain", {}, ["IM1", "DICOM/IM2.DCM", "DICOM/LONG"]],
    ["Joliet", { joliet: true }, ["头部 CT", "DICOM/Zweites Bild.dcm", "DICOM/LONG"]],
    [
      "Rock Ridge",
      { joliet: true, rockRidge: true, folderRockRidge: "dicom" },
      ["头部.dcm", "dicom/series_.._2", "dicom/long"],
    ],
  ])("is read with its %s names", async (_, spec, [first, second, third]) => {
    await writeFile(join(folder, "disc.iso"), isoOf({ files, ...spec }));
    await expectHolds(await scan(), {
      [`disc.iso/${first}`]: a,
      [`disc.iso/${second}`]: b,
      [`disc.iso/${third}`]: b,
    });
  });

  it("that was not copied whole says which files are missing from it", async () => {
    const path = join(folder, "disc.iso");
    await writeFile(path, isoOf({ files }));
    await truncate(path, 23 * 2048 + 4096);
    const found = await scan();
    await expectHolds(found, { "disc.iso/IM1": a });
    expect(codes(found)).toEqual([
      "disc.iso/DICOM/IM2.DCM unreadable-cut",
      "disc.iso/DICOM/LONG unreadable-cut",
    ]);
  });

  it("whose directories lead in circles or nowhere ends all the same", async () => {
    const circle = isoOf({ files });
    // The folder is the root again.
    const at = circle.indexOf("DICOM", isoPlaces.rootDirectory) - 33;
    circle.writeUInt32LE(19, at + 2);
    await writeFile(join(folder, "circle.iso"), circle);
    const nowhere = isoOf({ files });
    nowhere.writeUInt32LE(0x7fffffff, at + 2);
    await writeFile(join(folder, "nowhere.iso"), nowhere);
    const torn = isoOf({ files });
    torn.writeUInt8(7, isoPlaces.rootDirectory + 68);
    await writeFile(join(folder, "torn.iso"), torn);
    const found = await scan();
    expect(found.files.map(({ name }) => name)).toEqual(["circle.iso/IM1"]);
    expect(codes(found)).toEqual(["nowhere.iso unreadable-disc-image", "torn.iso unreadable-disc-image"]);
  });

  it("whose folders lie in one another is not read over and over", async () => {
    const sectors = 512;
    const record = (start: number): Buffer => {
      const one = Buffer.alloc(34);
      one.writeUInt8(one.length, 0);
      one.writeUInt32LE(start, 2);
      one.writeUInt32LE((sectors - start) * 2048, 10);
      one.writeUInt8(2, 25);
      one.writeUInt8(1, 32);
      return one;
    };
    const image = Buffer.alloc(sectors * 2048);
    image.write("\u0001CD001", 16 * 2048, "latin1");
    image.writeUInt16LE(2048, 16 * 2048 + 128);
    record(18).copy(image, 16 * 2048 + 156);
    image.write("\u00ffCD001", 17 * 2048, "latin1");
    for (let at = 18; at < sectors; at++)
      for (let i = 0; i < 60; i++)
        record(18 + ((at * 60 + i) % (sectors - 18))).copy(image, at * 2048 + i * 34);
    await writeFile(join(folder, "bomb.iso"), image);
    expect(codes(await scan())).toEqual(["bomb.iso unreadable-archive-bomb"]);
  });

  it("of another kind says how to open it", async () => {
    const udf = Buffer.alloc(20 * 2048);
    udf.write("BEA01", 16 * 2048 + 1, "latin1");
    await writeFile(join(folder, "dvd.iso"), udf);
    await writeFile(
      join(folder, "raw.bin"),
      Buffer.concat([Buffer.from("00ffffffffffffffffffff00", "hex"), udf]),
    );
    expect(codes(await scan())).toEqual(["dvd.iso unreadable-disc-image", "raw.bin unreadable-disc-image"]);
  });

  const tools: readonly [string, readonly string[]][] = [
    ["genisoimage", ["-quiet", "-J", "-R"]],
    ["genisoimage", ["-quiet"]],
    ["xorriso", ["-as", "mkisofs", "-quiet", "-J", "-R"]],
  ];
  for (const [tool, flags] of tools) {
    const isHere = spawnSync(tool, ["--version"]).error === undefined;
    (isHere ? it : it.skip)(`made by ${tool} ${flags.join(" ")} is read to the last byte`, async () => {
      const source = join(folder, "source");
      await mkdir(join(source, "DICOM", "ser-1"), { recursive: true });
      const images = Object.fromEntries(
        Array.from({ length: 60 }, (_, n) => [
          `DICOM/ser-1/IM${String(n).padStart(5, "0")}`,
          imageOf(`i${n}`),
        ]),
      );
      for (const [name, bytes] of Object.entries(images)) await writeFile(join(source, name), bytes);
      const iso = join(folder, "disc.iso");
      const made = spawnSync(tool, [...flags, "-o", iso, source], { encoding: "utf8" });
      await rm(source, { recursive: true });
      expect({ status: made.status, stderr: made.stderr }).toMatchObject({ status: 0 });
      const plain = !flags.includes("-R");
      const wanted = Object.entries(images).map(([name, bytes]) => [
        `disc.iso/${plain ? name.toUpperCase().replace("SER-1", "SER_1") : name}`,
        bytes,
      ]);
      await expectHolds(await scan(), Object.fromEntries(wanted));
    });
  }
});

describe("the index of a disc", () => {
  const directory = (...files: readonly (readonly string[])[]): Uint8Array =>
    writePart10([
      { tag: "00080016", vr: "UI", value: "1.2.840.10008.1.3.10" },
      { tag: "00080018", vr: "UI", value: "1.2.3" },
      {
        tag: "00041220",
        vr: "SQ",
        value: [
          [{ tag: "00041430", vr: "CS", value: "PATIENT" }],
          ...files.map((file) => [
            { tag: "00041430", vr: "CS", value: "IMAGE" } as const,
            { tag: "00041500", vr: "CS", value: file } as const,
          ]),
        ],
      },
    ]);

  it("that lists what is there says nothing", async () => {
    await mkdir(join(folder, "disc", "images"), { recursive: true });
    await writeFile(join(folder, "disc", "DICOMDIR"), directory(["IMAGES", "A"], ["IMAGES", "B"]));
    await writeFile(join(folder, "disc", "images", "a"), a);
    await writeFile(join(folder, "disc", "images", "B.;1"), b);
    expect((await scan()).warnings).toEqual([]);
  });

  it("that lists what is not there warns, in a folder and in an archive", async () => {
    const listed = directory(["IMAGES", "A"], ["IMAGES", "B"], ["IMAGES", "C"]);
    await mkdir(join(folder, "IMAGES"));
    await writeFile(join(folder, "DICOMDIR"), listed);
    await writeFile(join(folder, "IMAGES", "A"), a);
    await writeFile(
      join(folder, "d.zip"),
      zipOf([
        { name: "DICOMDIR", bytes: listed },
        { name: "IMAGES/B", bytes: b },
      ]),
    );
    const { warnings } = await scan();
    expect(warnings).toMatchObject([
      { name: "DICOMDIR", code: "disc-incomplete", listed: 3, missing: ["IMAGES/B", "IMAGES/C"] },
      { name: "d.zip/DICOMDIR", listed: 3, missing: ["IMAGES/A", "IMAGES/C"] },
    ]);
    expect(warnings[0]?.en).toMatch(/^The disc's index lists 3 files, 1 are here\./);
    expect(warnings[0]?.zh).toMatch(/\p{Script=Han}.+。$/u);
  });

  it("that is damaged within an archive says so, and everything else of it is taken", async () => {
    const many = Array.from({ length: 4000 }, (_, n) => ["IMAGES", `IM${n}`]);
    const members = [
      { name: "DICOMDIR", bytes: directory(...many), damaged: true, stored: true },
      { name: "A", bytes: a },
    ];
    await writeFile(join(folder, "d.zip"), zipOf(members));
    const found = await scan();
    expect(found.files.map(({ name }) => name)).toEqual(["d.zip/A"]);
    expect(found.warnings).toMatchObject([{ name: "d.zip/DICOMDIR", code: "disc-index-damaged" }]);
  });

  it("that is damaged says that nobody can tell", async () => {
    await writeFile(join(folder, "DICOMDIR"), directory(["A"], ["B"]).subarray(0, -9));
    await writeFile(join(folder, "A"), a);
    expect((await scan()).warnings).toMatchObject([{ code: "disc-index-damaged" }]);
  });
});
