/** Every real file through the real use case: it ends as its reference says, whole or not at all. */
import { gunzipSync } from "node:zlib";
import { expect, it } from "@jest/globals";
import type { Dataset } from "../../../shared/dicom/json-model.ts";
import { objectKeys } from "../../../shared/object-keys.ts";
import {
  expectArchivedOnce,
  expectBalanced,
  expectExactCounts,
  instancesOf,
} from "../../support/archive-checks.ts";
import { type Clinic, clinic } from "../../support/clinic.ts";
import { describeWithRealFiles, type RealFile } from "../../support/real-files.ts";
import { attributesOf, referenceOf } from "../../support/reference-attributes.ts";

/** Announced sizes are positive, so nothing but an empty object in the bucket can be one. */
const empty = (file: RealFile): boolean => file.size === 0;

async function ingested(here: Clinic, bytes: Uint8Array) {
  const { landed, uploadId } = await here.send([bytes]);
  const outcome = await here.ingest(landed[0]);
  const { files } = await here.ledger(uploadId);
  return { outcome, uploadId, landed, file: files[0] };
}

async function metadataOf(here: Clinic): Promise<Dataset> {
  const [instance] = instancesOf(here);
  if (!instance) throw new Error("nothing was indexed");
  const key = objectKeys.metadata(instance, instance.sha256);
  return JSON.parse(gunzipSync(await here.objects.read({ bucket: "derived", key })).toString("utf8"));
}

/** Nothing of the file is in the catalog, the archive or beside it. */
function expectNoTrace(here: Clinic): void {
  expect(
    here.table.items().filter(({ type }) => /^(instance|study|series|claim|find)$/.test(String(type))),
  ).toEqual([]);
  expect([...here.objects.keys("archive"), ...here.objects.keys("derived")]).toEqual([]);
}

describeWithRealFiles("a technician sends every real file there is", (files) => {
  it.each(files.filter((file) => !empty(file)).map((file) => [file.path, file] as const))(
    "%s ends as its reference says",
    async (_, real) => {
      const here = await clinic();
      const { outcome, uploadId, landed, file } = await ingested(here, real.bytes());
      const allowed = [real.expected, ...real.acceptable];
      if (outcome === "quarantined") {
        expect(allowed).toContain("reject");
        expect(file?.reason).toEqual(
          expect.objectContaining({
            code: expect.stringMatching(/^[a-z-]+$/),
            // A photograph or document is refused as a whole.
            ...(file?.reason?.code !== "needs-order" && { offset: expect.any(Number) }),
            en: expect.stringMatching(/\.$/),
            zh: expect.stringMatching(/。$/),
          }),
        );
        expect(file?.reason?.offset ?? 0).toBeLessThanOrEqual(Math.max(real.size, 16 * 1024 * 1024));
        expectNoTrace(here);
      } else {
        expect(outcome).toBe("indexed");
        expect(allowed.some((each) => each !== "reject")).toBe(true);
        expect(attributesOf(await metadataOf(here))).toEqual(referenceOf(real));
        await expectExactCounts(here);
        await expectArchivedOnce(here);
      }
      await expectBalanced(here, uploadId);
      expect(await here.ingest(landed[0])).toBe("already");
    },
  );

  it("and of two files of one UID the first stays, the other is kept aside as a conflict", async () => {
    const pair = files.filter((file) => file.path.includes("derived__duplicate-sopinstance-"));
    expect(pair).toHaveLength(2);
    const here = await clinic();
    const outcomes = [];
    for (const file of pair) outcomes.push(await ingested(here, file.bytes()));
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(["indexed", "conflict"]);
    expect(instancesOf(here)).toHaveLength(1);
    for (const { uploadId } of outcomes) await expectBalanced(here, uploadId);
  });
});
