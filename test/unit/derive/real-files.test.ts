import { expect, it } from "@jest/globals";
import { deriveInstance } from "../../../shared/derive/derive-instance.ts";
import { describeWithRealFiles } from "../../support/real-files.ts";
import { archived } from "./instances.ts";

/** What a file came to; undefined while its codec is pending. */
function outcomeOf(thumbnail: string): string | undefined {
  if (thumbnail.startsWith("pending:")) return undefined;
  return thumbnail === "ready" ? "index+thumbnail" : "index only (no pixels)";
}

/** Where we know better than the reference. */
const otherwise: Readonly<Record<string, string>> = {
  // Only the delimiter at the end is missing: every frame is whole.
  "files/mr/j2k-lossless__pydicomdata__emri_small_jpeg_2k_lossless_too_short.dcm": "index+thumbnail",
  // The delimiter's bytes lie over the stream's own size: one decoder answers with noise, the others refuse.
  "files/nm/j2k__pydicom__JPEG2000-embedded-sequence-delimiter.dcm": "index only (no pixels)",
};

describeWithRealFiles("deriving real files", (files) => {
  it.each(files.map((file) => [file.path, file] as const))("%s comes out as it should", async (_, file) => {
    const { deps, request } = await archived(file.bytes(), file.sopClassUID ?? undefined);
    const derived = await deriveInstance(deps, request);
    const outcome = outcomeOf(derived?.thumbnail ?? "");
    // What index rejects never gets here, but would not make derive fail either.
    if (file.expected === "reject" || outcome === undefined) return;
    expect([otherwise[file.path] ?? file.expected, ...file.acceptable]).toContain(outcome);
    if (outcome === "index+thumbnail") expect(derived?.frames).toBe(Math.max(1, file.numberOfFrames ?? 1));
  });
});
