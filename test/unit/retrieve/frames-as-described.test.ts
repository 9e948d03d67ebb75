/** A viewer reads an instance's frames by its metadata: the two must agree on what a pixel is. */
import { expect, it } from "@jest/globals";
import type { Dataset } from "../../../shared/dicom/json-model.ts";
import { readMetadata } from "../../../shared/retrieve/read-metadata.ts";
import { loseTable, rebuild } from "../../support/rebuild.ts";
import { workingHospital } from "../../support/working-hospital.ts";
import { imageFile, instance } from "../derive/instances.ts";
import { rleFrame, rleLossless } from "../pixels/objects.ts";

const plane = (value: number): Uint8Array => new Uint8Array(64).fill(value);

/** PS3.3 §C.7.6.3.1.2. */
const samplesOf: Readonly<Record<string, number>> = { YBR_FULL: 3, YBR_FULL_422: 2 };

it("RLE that declares chrominance of every second pixel is described as its frames are: with that of each", async () => {
  const file = imageFile(
    { fragments: [new Uint8Array(0), rleFrame([plane(90), plane(100), plane(160)])] },
    {
      transferSyntaxUid: rleLossless,
      more: [
        { tag: "00280002", vr: "US", value: 3 },
        { tag: "00280004", vr: "CS", value: "YBR_FULL_422" },
        { tag: "00280006", vr: "US", value: 0 },
      ],
    },
  );
  const here = await workingHospital();
  await here.receive([file]);
  const agrees = async () => {
    const { grant } = here.doctor(instance.studyUid);
    const retrieval = { grant, keyState: here.upload.keyState };
    const { seriesUid, sopUid } = instance;
    const json = await readMetadata(retrieval, { seriesUid, sopUid });
    const [metadata] = JSON.parse(Buffer.from(json).toString("utf8")) as [Dataset];
    const photometric = String(metadata["00280004"]?.Value?.[0]);
    const frame = here.objects.keys("derived").find((key) => key.endsWith("/frames/1")) as string;
    const envelope = Buffer.from(await here.objects.read({ bucket: "derived", key: frame }));
    const pixels = envelope.subarray(envelope.indexOf("\r\n\r\n") + 4, envelope.lastIndexOf("\r\n--"));
    expect(pixels.length).toBe(64 * (samplesOf[photometric] as number));
    expect([...pixels.subarray(0, 6)]).toEqual([90, 100, 160, 90, 100, 160]);
  };
  await agrees();
  await loseTable(here);
  await rebuild(here);
  await agrees();
});
