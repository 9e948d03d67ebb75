import { describe, expect, it } from "@jest/globals";
import { Problem } from "../../../shared/errors.ts";
import { retrieveFrames } from "../../../shared/retrieve/redirect.ts";
import { memoryDownloadSigner } from "../../support/memory/download-signer.ts";
import { partsOf } from "../../support/multipart.ts";
import { workingHospital } from "../../support/working-hospital.ts";
import { imageFile, instance } from "../derive/instances.ts";

const count = 12;
/** Frame `n` is 64 pixels of the value n. */
const clip = imageFile(
  Uint8Array.from({ length: count * 64 }, (_, at) => 1 + Math.floor(at / 64)),
  {
    frames: count,
  },
);
const accept = 'multipart/related; type="application/octet-stream"';

async function reading() {
  const here = await workingHospital();
  await here.receive([clip]);
  const { grant } = here.doctor(instance.studyUid);
  const downloads = memoryDownloadSigner(here.objects, here.clock);
  const retrieval = {
    ...{ clock: here.clock, keyState: here.upload.keyState, accept },
    grant: { ...grant, downloads },
  };
  const path = { seriesUid: instance.seriesUid, sopUid: instance.sopUid };
  const frames = async (...numbers: number[]) =>
    downloads.openUrl(await retrieveFrames(retrieval, path, numbers));
  return { here, frames };
}

describe("several frames in one request", () => {
  it("are the parts of one envelope, in the order asked for", async () => {
    const { frames } = await reading();
    const { headers, body } = await frames(1, 2, 3, 5, 8, 4, 12, 7, 9, 10);
    const contentType = headers["content-type"] ?? "";
    expect(contentType).toMatch(/^multipart\/related; type="application\/octet-stream"; boundary=frame-/);
    const parts = partsOf(contentType, body);
    expect(parts.map(({ content }) => [content.length, content[0]])).toEqual(
      [1, 2, 3, 5, 8, 4, 12, 7, 9, 10].map((frame) => [64, frame]),
    );
    for (const { head } of parts)
      expect(head).toBe("Content-Type: application/octet-stream; transfer-syntax=1.2.840.10008.1.2.1");
  });

  it("have one envelope a list, and one frame the one it is stored in", async () => {
    const { here, frames } = await reading();
    const wrapped = () => here.objects.keys("derived").filter((key) => key.startsWith("wrapped/"));
    await frames(3);
    expect(wrapped()).toEqual([]);
    for (const list of [
      [1, 2],
      [2, 1],
      [1, 2],
      [12, 1],
    ])
      await frames(...list);
    expect(wrapped()).toHaveLength(3);
  });

  it("are refused where the instance has not all of them, or they are too much at once", async () => {
    const { here, frames } = await reading();
    await expect(frames(1, count + 1)).rejects.toMatchObject({
      type: "not-found",
      extensions: { frames: count },
    });
    const large = new Uint8Array(140 * 1024 ** 2);
    const derived = here.objects.keys("derived").filter((key) => /\/frames\/[12]$/.test(key));
    for (const key of derived)
      await here.objects.put({ bucket: "derived", key }, large, { contentType: "multipart/related" });
    const refusal = await frames(1, 2).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(Problem);
    expect(refusal).toMatchObject({ type: "too-large" });
  });
});
