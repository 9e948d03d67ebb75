import { describe, expect, it } from "@jest/globals";
import { keyState } from "../../../shared/access/key-state.ts";
import { Problem } from "../../../shared/errors.ts";
import { retrieveInstance } from "../../../shared/retrieve/redirect.ts";
import { wrapLimit } from "../../../shared/retrieve/wrap-instance.ts";
import { clinic } from "../../support/clinic.ts";
import { testGrant } from "../../support/grant.ts";
import { memoryDownloadSigner } from "../../support/memory/download-signer.ts";
import { partsOf } from "../../support/multipart.ts";
import { user } from "../../support/principals.ts";
import { sliceFile } from "../../support/slices.ts";

const path = { seriesUid: "1.2.826.1.1", sopUid: "1.2.826.1.1.1" };
const inEnvelope = 'multipart/related; type="application/dicom"';

async function archived() {
  const here = await clinic();
  const bytes = sliceFile();
  const { landed } = await here.send([bytes]);
  await here.ingest(landed[0]);
  const { table, objects, clock, keyService } = here;
  const study = { ...here.hospital, studyUid: "1.2.826.1" };
  const principal = user("radiologist", here.hospital.hospital);
  const downloads = memoryDownloadSigner(objects, clock);
  const grant = {
    ...testGrant({ principal, action: "retrieveInstance", table, objects, clock, study }),
    downloads,
  };
  const retrieve = async (accept: string | null) =>
    downloads.openUrl(
      await retrieveInstance({ grant, clock, keyState: keyState(keyService, clock), accept }, path),
    );
  const wrapped = () => here.objects.keys("derived").filter((key) => key.startsWith("wrapped/"));
  return { here, bytes, retrieve, wrapped };
}

describe("an instance that is asked for in an envelope", () => {
  it.each([
    inEnvelope,
    `${inEnvelope}; transfer-syntax=*`,
    `${inEnvelope}; transfer-syntax=1.2.840.10008.1.2.1`,
    `image/png, ${inEnvelope};q=0.5`,
  ])("(%s) is the original byte for byte in one part", async (accept) => {
    const { bytes, retrieve } = await archived();
    const { headers, body } = await retrieve(accept);
    const contentType = headers["content-type"] ?? "";
    expect(contentType).toMatch(
      /^multipart\/related; type="application\/dicom"; boundary=instance-[0-9a-f]{32};/,
    );
    const [part, ...more] = partsOf(contentType, body);
    expect(more).toEqual([]);
    expect(part?.head).toMatch(
      /Content-Type: application\/dicom; transfer-syntax=1\.2\.840\.10008\.1\.2\.1$/,
    );
    expect(part?.content).toEqual(Buffer.from(bytes));
  });

  it("is made once, and again before the bucket expires it", async () => {
    const { here, retrieve, wrapped } = await archived();
    await retrieve(inEnvelope);
    const [key = ""] = wrapped();
    const madeAt = async () => (await here.objects.head({ bucket: "derived", key }))?.lastModified.getTime();
    const first = await madeAt();
    here.clock.advance(3_600_000);
    await retrieve(inEnvelope);
    expect(await madeAt()).toBe(first);
    here.clock.advance(20 * 3_600_000);
    await retrieve(inEnvelope);
    expect(await madeAt()).toBe(here.clock.now().getTime());
  });

  it("comes by itself where a client takes either", async () => {
    const { bytes, retrieve, wrapped } = await archived();
    for (const accept of [null, "*/*", "application/dicom", `application/dicom, ${inEnvelope}`])
      expect((await retrieve(accept)).body).toEqual(bytes);
    expect(wrapped()).toEqual([]);
  });

  it("is named to who asks for another syntax, or for frames; a large one only by itself", async () => {
    const { here, retrieve } = await archived();
    const available = async (accept: string) => {
      const error = await retrieve(accept).catch((thrown: unknown) => thrown);
      return error instanceof Problem ? error.extensions.available : error;
    };
    const syntax = "transfer-syntax=1.2.840.10008.1.2.1";
    const both = [`application/dicom; ${syntax}`, `${inEnvelope}; ${syntax}`];
    expect(await available(`${inEnvelope}; transfer-syntax=1.2.840.10008.1.2.4.90`)).toEqual(both);
    expect(await available('multipart/related; type="application/octet-stream"; transfer-syntax=*')).toEqual(
      both,
    );
    for (const { pk, sk, type } of here.table.items())
      if (type === "instance")
        await here.table.write([{ op: "update", key: { pk, sk }, set: { size: wrapLimit + 1 } }]);
    expect(await available(inEnvelope)).toEqual([`application/dicom; ${syntax}`]);
  });
});
