/** Every codec where it runs: found in the deployed package, loaded by the function, in front of a real image. */
import { beforeAll, describe, expect, it } from "@jest/globals";
import { type WriteElement, writePart10 } from "../../shared/dicom/write.ts";
import { eventually, send, settled, signedIn } from "../support/cloud.ts";
import { newUid } from "../support/instances.ts";
import { encodedSyntaxes, encoders, grey16 } from "../unit/pixels/encoded.ts";

const technician = signedIn("technician@qinghe-county");
const studyUid = newUid();
const seriesUid = newUid();
const picture = grey16(96, 64);
const mediaTypes: Readonly<Record<string, string>> = {
  "1.2.840.10008.1.2.4.70": "image/jpeg",
  "1.2.840.10008.1.2.4.80": "image/jls",
  "1.2.840.10008.1.2.4.90": "image/jp2",
  "1.2.840.10008.1.2.4.201": "image/jphc",
};
const sops = new Map<string, string>();
const report = newUid();
const reportClass = "1.2.840.10008.5.1.4.1.1.88.11";
const secondaryCapture = "1.2.840.10008.5.1.4.1.1.7";

const ids = (sopClass: string, sopUid: string): readonly WriteElement[] => [
  { tag: "00080016", vr: "UI", value: sopClass },
  { tag: "00080018", vr: "UI", value: sopUid },
  { tag: "00080020", vr: "DA", value: "20260301" },
  { tag: "00080060", vr: "CS", value: "OT" },
  { tag: "00100010", vr: "PN", value: "Codec^Test" },
  { tag: "00100020", vr: "LO", value: "CODEC" },
  { tag: "0020000D", vr: "UI", value: studyUid },
  { tag: "0020000E", vr: "UI", value: seriesUid },
];

function encodedFile(transferSyntaxUid: string, frame: Uint8Array): Uint8Array {
  const sopUid = newUid();
  sops.set(transferSyntaxUid, sopUid);
  const us = (tag: string, value: number): WriteElement => ({ tag, vr: "US", value });
  const even = frame.length % 2 === 0 ? frame : Buffer.concat([frame, Buffer.alloc(1)]);
  return writePart10(
    [
      ...ids(secondaryCapture, sopUid),
      us("00280002", 1),
      { tag: "00280004", vr: "CS", value: "MONOCHROME2" },
      us("00280010", picture.height),
      us("00280011", picture.width),
      us("00280100", 16),
      us("00280101", 16),
      us("00280102", 15),
      us("00280103", 0),
      { tag: "7FE00010", vr: "OB", value: { fragments: [new Uint8Array(0), even] } },
    ],
    { transferSyntaxUid },
  );
}

const instance = (sopUid: string): string =>
  `/dicomweb/mine/studies/${studyUid}/series/${seriesUid}/instances/${sopUid}`;

describe("images in every compressed syntax", () => {
  beforeAll(async () => {
    const files = [];
    for (const syntax of encodedSyntaxes) {
      const bytes = encodedFile(syntax, await encoders[syntax](picture));
      files.push({ name: `${syntax}.dcm`, bytes });
    }
    files.push({ name: "report.dcm", bytes: writePart10(ids(reportClass, report)) });
    const ledger = await settled(technician, await send(technician, files));
    expect(ledger.totals.indexed).toBe(files.length);
  });

  it.each(encodedSyntaxes)("%s: has a thumbnail, and its frame as it came", async (syntax) => {
    const path = instance(sops.get(syntax) as string);
    await eventually("thumbnail", 60, async () =>
      (await technician.get(`${path}/thumbnail`)).status === 307 ? true : undefined,
    );
    expect((await technician.download(`${path}/thumbnail`)).headers.get("content-type")).toBe("image/jpeg");
    const frame = await technician.download(`${path}/frames/1`, {
      accept: "multipart/related; type=application/octet-stream; transfer-syntax=*",
    });
    const contentType = frame.headers.get("content-type");
    expect(contentType).toContain(`multipart/related; type="${mediaTypes[syntax]}"`);
    expect(contentType).toContain(`transfer-syntax=${syntax}`);
  });

  it("a report among them shows its icon, and the study an image", async () => {
    await eventually("icon", 60, async () =>
      (await technician.get(`${instance(report)}/thumbnail`)).status === 307 ? true : undefined,
    );
    const icon = await technician.download(`${instance(report)}/thumbnail`);
    expect(icon.headers.get("content-type")).toBe("image/jpeg");
    const { headers } = await technician.get(`/dicomweb/mine/studies/${studyUid}/thumbnail`);
    expect(headers.get("location")).not.toContain(report);
  });
});
