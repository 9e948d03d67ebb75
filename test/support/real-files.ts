/** Suites over the real files beside the checkout: skipped with a message where there are none. */
import { describe, it } from "@jest/globals";
import { type RealFile, realFiles } from "./reference-files.ts";

export { type RealFile, realFilesFolder } from "./reference-files.ts";

/** A suite over the real files; where there are none, one skipped test says so. */
export function describeWithRealFiles(name: string, suite: (files: readonly RealFile[]) => void): void {
  const files = realFiles();
  if (files) describe(name, () => suite(files));
  else describe(name, () => it.skip("needs the real DICOM files beside the checkout", () => undefined));
}
