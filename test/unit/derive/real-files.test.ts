import { expect, it } from "@jest/globals";
import { deriveInstance } from "../../../shared/derive/derive-instance.ts";
import { describeWithRealFiles } from "../../support/real-files.ts";
import { archived } from "./instances.ts";

/** What a file came to; undefined while its codec is pending. */
function outcomeOf(thumbnail: string): string | undefined {
  if (thumbnail.startsWith("pending:")) return undefined;
  return thumbnail === "ready" ? "index+thumbnail" : "index only (no pixels)";
}

describeWithRealFiles("deriving real files", (files) => {
  it.each(files.map((file) => [file.path, file] as const))("%s comes out as it should", async (_, file) => {
    const { deps, request } = await archived(file.bytes());
    const derived = await deriveInstance(deps, request);
    const outcome = outcomeOf(derived?.thumbnail ?? "");
    // What index rejects never gets here, but would not make derive fail either.
    if (file.expected === "reject" || outcome === undefined) return;
    expect([file.expected, ...file.acceptable]).toContain(outcome);
    if (outcome === "index+thumbnail") expect(derived?.frames).toBe(file.numberOfFrames ?? 1);
  });
});
