/** Corrected copies of real files, looked at by a reader that is not ours. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "@jest/globals";
import { type Assignment, correctFile } from "../../../shared/dicom/correct.ts";
import { DicomRejected, readHeader } from "../../../shared/dicom/read.ts";
import { describeWithRealFiles } from "../../support/real-files.ts";

const folder = mkdtempSync(join(tmpdir(), "corrected-copies-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const validator = spawnSync("dciodvfy", ["-version"]).error === undefined;
if (!validator)
  console.warn("dciodvfy is not installed (apt-get install dicom3tools): corrected copies were not checked");

/** Bytes: a file takes the validator milliseconds. */
const small = 512 * 1024;
const at = new Date("2027-03-01T08:00:00.250Z");
const ways: Record<string, readonly Assignment[]> = {
  "given identifiers of another study": [
    { tag: "0020000D", vr: "UI", value: "2.25.7" },
    { tag: "0020000E", vr: "UI", value: "2.25.8" },
  ],
  "kept beside another under a UID of its own": [{ tag: "00080018", vr: "UI", value: "2.25.9" }],
};

/** Undefined where the file is too much for the validator itself, which then aborts. */
function errorsOf(bytes: Uint8Array): readonly string[] | undefined {
  const path = join(folder, "file.dcm");
  writeFileSync(path, bytes);
  const { stderr, stdout, signal } = spawnSync("dciodvfy", [path], { encoding: "utf8", maxBuffer: 1 << 26 });
  if (signal !== null) return undefined;
  const errors = `${stdout}${stderr}`.split("\n").filter((line) => line.startsWith("Error"));
  return errors.map(ofDataset);
}

/** The copy's file meta information repeats the data set's UID, which in the original may have been another there. */
const ofDataset = (error: string): string =>
  error.replace("(0x0002,0x0003)", "(0x0008,0x0018)").replace("Media Storage SOP Instance", "SOP Instance");

function readable(bytes: Uint8Array): boolean {
  try {
    readHeader(bytes, { totalSize: bytes.length });
    return true;
  } catch (error) {
    if (error instanceof DicomRejected) return false;
    throw error;
  }
}

describeWithRealFiles("to dciodvfy a real file", (files) => {
  (validator ? it.each(Object.entries(ways)) : it.skip.each(Object.entries(ways)))(
    "%s has no error that it did not have before",
    (_, assignments) => {
      let checked = 0;
      const added: unknown[] = [];
      for (const file of files.filter(({ size }) => size <= small)) {
        const bytes = file.bytes();
        const before = readable(bytes) ? errorsOf(bytes) : undefined;
        if (!before) continue;
        const after = errorsOf(correctFile(bytes, assignments, { at, reason: "CORRECT" }));
        const more = after?.filter((line) => !before.includes(line)) ?? ["the validator aborts"];
        if (more.length > 0) added.push([file.path, ...more]);
        checked++;
      }
      expect(added).toEqual([]);
      expect(checked).toBeGreaterThan(200);
    },
    120_000,
  );
});
