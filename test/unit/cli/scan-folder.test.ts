import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { readRange } from "../../../cli/content/content.ts";
import { whyUnreadable } from "../../../cli/upload/left-out.ts";
import { scanFolder } from "../../../cli/upload/scan-folder.ts";
import { sha256Hex, sliceFile } from "../../support/slices.ts";

const slice = sliceFile({ studyUid: "1.2.826.7" });
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "mic-scan-"));
  await mkdir(join(folder, "DICOM", "患者 01"), { recursive: true });
  await writeFile(join(folder, "DICOM", "患者 01", "IM1"), slice);
  await writeFile(join(folder, "cut.dcm"), slice.subarray(0, 300));
  await writeFile(join(folder, "autorun.inf"), "[autorun]\n");
  await writeFile(join(folder, "nothing"), "");
  await symlink(join(folder, "DICOM", "患者 01", "IM1"), join(folder, "link.dcm"));
  await symlink(join(folder, "DICOM"), join(folder, "linked folder"));
  await symlink(join(folder, "gone"), join(folder, "dangling"));
});
afterAll(() => rm(folder, { recursive: true }));

describe("looking through a folder", () => {
  it("finds images at any depth, under any name, and damaged ones too: the server says what is wrong", async () => {
    const { files } = await scanFolder(folder, () => undefined);
    const whole = {
      size: slice.length,
      sha256: sha256Hex(slice),
      studyUid: "1.2.826.7",
      sopUid: "1.2.826.7.1.1",
    };
    expect(files.map(({ content: { size }, ...file }) => ({ size, ...file }))).toEqual([
      { name: "DICOM/患者 01/IM1", ...whole },
      expect.objectContaining({ name: "cut.dcm", size: 300 }),
      { name: "link.dcm", ...whole },
    ]);
  });

  it("says of a photograph that it goes up for an order", async () => {
    const photograph = join(folder, "..", `film-${process.pid}.jpg`);
    await writeFile(photograph, Buffer.from("ffd8ffe000104a464946", "hex"));
    const { files, skipped } = await scanFolder(photograph, () => undefined);
    await rm(photograph);
    expect([files, skipped.map(({ reason }) => reason.code)]).toEqual([[], ["of-an-order"]]);
  });

  it("leaves a file its own reader stumbles over where it is, and says so", () => {
    expect(whyUnreadable(new TypeError("x is not a function"))).toBe("unreadable-fault");
    expect(whyUnreadable(Object.assign(new Error("EACCES"), { code: "EACCES" }))).toBe("unreadable");
  });

  it("says of everything else why it stays, in both languages", async () => {
    const { skipped } = await scanFolder(folder, () => undefined);
    expect(skipped.map(({ name, reason }) => [name, reason.code])).toEqual([
      ["autorun.inf", "not-dicom"],
      ["dangling", "unreadable"],
      ["linked folder", "not-a-file"],
      ["nothing", "empty"],
    ]);
    for (const { reason } of skipped) {
      expect(reason.en).toMatch(/^[A-Z].+\.$/);
      expect(reason.zh).toMatch(/\p{Script=Han}.+。$/u);
    }
  });

  // The kernel says that these have a page, and gives a line.
  const shorter = "/sys/kernel/mm/transparent_hugepage/enabled";
  (existsSync(shorter) ? it : it.skip)("leaves one that is shorter than it was said to be", async () => {
    const here = await mkdtemp(join(tmpdir(), "mic-short-"));
    await symlink(shorter, join(here, "IM1"));
    await writeFile(join(here, "IM2"), slice);
    const { files, skipped } = await scanFolder(here, () => undefined);
    expect(files.map(({ name }) => name)).toEqual(["IM2"]);
    expect(skipped).toMatchObject([{ name: "IM1", reason: { code: "unreadable-changed" } }]);
    await rm(here, { recursive: true });
  });

  it("takes photographs and documents for an order, and for none leaves them where they are", async () => {
    const film = await mkdtemp(join(tmpdir(), "mic-film-"));
    const jpeg = Uint8Array.of(0xff, 0xd8, 0xff, 0xe0, 0, 16, ...new Uint8Array(200));
    await writeFile(join(film, "chest.jpg"), jpeg);
    await writeFile(join(film, "report.txt"), "%PDF-1.4\n%%EOF");
    await writeFile(join(film, "IM1"), slice);
    await writeFile(join(film, "letter.txt"), "Dear colleague");
    const orderId = "01J0RDER000000000000000000";
    const { files, skipped } = await scanFolder(film, () => undefined, orderId);
    expect(files.map(({ name, orderId: order }) => [name, order])).toEqual([
      ["IM1", undefined],
      ["chest.jpg", orderId],
      ["report.txt", orderId],
    ]);
    expect(skipped.map(({ name }) => name)).toEqual(["letter.txt"]);
    const without = await scanFolder(film, () => undefined);
    expect(without.files.map(({ name }) => name)).toEqual(["IM1"]);
    await rm(film, { recursive: true });
  });

  it("finds images under names that are not UTF-8, which can be sent, and keeps names apart", async () => {
    const odd = await mkdtemp(join(tmpdir(), "mic-odd-"));
    const bytes = (hex: string): Buffer => Buffer.concat([Buffer.from(`${odd}/`), Buffer.from(hex, "hex")]);
    await mkdir(bytes("b5a5"));
    await writeFile(bytes("b5a52f612e64636d"), slice);
    await writeFile(bytes("6ce9"), slice);
    await writeFile(join(odd, "a\\b"), slice);
    await writeFile(join(odd, "a_b"), slice);
    const { files, skipped } = await scanFolder(odd, () => undefined);
    expect(skipped).toEqual([]);
    expect(files.map(({ name }) => name)).toEqual(["a_b", "a_b (2)", "l\ufffd", "单/a.dcm"]);
    for (const { content } of files)
      expect((await readRange(content, 0, content.size)).equals(slice)).toBe(true);
    await rm(odd, { recursive: true });
  });

  it("passes by a folder that it may not enter, and says so", async () => {
    const disc = await mkdtemp(join(tmpdir(), "mic-disc-"));
    await mkdir(join(disc, "lost+found"), { mode: 0o000 });
    await writeFile(join(disc, "z.dcm"), slice);
    const { files, skipped } = await scanFolder(disc, () => undefined);
    expect(files.map(({ name }) => name)).toEqual(["z.dcm"]);
    // Whoever runs this as root enters every folder.
    const codes = skipped.map(({ name, reason }) => `${name} ${reason.code}`);
    expect(codes).toEqual(process.getuid?.() === 0 ? [] : ["lost+found unreadable-folder"]);
    await rm(disc, { recursive: true });
  });

  it("counts every file aloud", async () => {
    const counts: number[] = [];
    await scanFolder(folder, (count) => counts.push(count));
    expect(counts).toEqual([1, 2, 3, 4, 5, 6, 7]);
  });

  it("takes one file for a folder of one, and no folder for a mistake", async () => {
    const { files } = await scanFolder(join(folder, "link.dcm"), () => undefined);
    expect(files.map(({ name }) => name)).toEqual(["link.dcm"]);
    await expect(scanFolder(join(folder, "gone"), () => undefined)).rejects.toMatchObject({ exitCode: 2 });
  });
});
