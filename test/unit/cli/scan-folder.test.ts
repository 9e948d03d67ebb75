import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
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
    const whole = { size: slice.length, sha256: sha256Hex(slice), studyUid: "1.2.826.7" };
    expect(files.map(({ path: _, ...file }) => file)).toEqual([
      { name: "DICOM/患者 01/IM1", ...whole },
      expect.objectContaining({ name: "cut.dcm", size: 300 }),
      { name: "link.dcm", ...whole },
    ]);
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
