import { beforeAll, describe, expect, it } from "@jest/globals";
import { assembleFile } from "../../../shared/upload/assemble-file.ts";
import { partBytes, singlePutBytes } from "../../../shared/upload/limits.ts";
import { listParts, signParts } from "../../../shared/upload/sign-parts.ts";
import { type Clinic, clinic } from "../../support/clinic.ts";
import { sha256Hex, sliceFile } from "../../support/slices.ts";

/** Just over what one PUT takes: four whole parts and a short one. */
let bytes: Uint8Array;
beforeAll(() => {
  bytes = sliceFile({ pixels: new Uint8Array(singlePutBytes) });
});

async function largeFile() {
  const here = await clinic();
  const { uploadId, files } = await here.announce([bytes]);
  return { here, uploadId, file: { uploadId, fileId: "0" }, announced: files[0] };
}
const partOf = (number: number) => bytes.subarray((number - 1) * partBytes, number * partBytes);
const asked = (...numbers: number[]) =>
  numbers.map((number) => ({ number, sha256: sha256Hex(partOf(number)) }));

async function sendParts(here: Clinic, file: { uploadId: string; fileId: string }, ...numbers: number[]) {
  const { parts } = await signParts(here.upload, here.grant("signUploadParts"), file, asked(...numbers));
  for (const { number, put } of parts) expect(await here.signer.send(put, partOf(number))).toBe(200);
}
const assemble = (here: Clinic, file: { uploadId: string; fileId: string }) =>
  assembleFile(here.upload, here.grant("assembleUploadFile"), file);

describe("a file over 64 MB", () => {
  it("is announced with its parts instead of a URL", async () => {
    const { announced } = await largeFile();
    expect(announced).toMatchObject({ multipart: { partSize: partBytes, parts: 5 } });
    expect(announced?.put).toBeUndefined();
  });

  it("is sent part by part, goes on where it was interrupted, and is indexed", async () => {
    const { here, file, uploadId } = await largeFile();
    await sendParts(here, file, 1, 2);
    const { arrived } = await listParts(here.upload, here.grant("listUploadParts"), file);
    expect(arrived.map(({ number, sha256 }) => [number, sha256])).toEqual(
      asked(1, 2).map(({ number, sha256 }) => [number, sha256]),
    );
    await expect(assemble(here, file)).rejects.toMatchObject({
      type: "conflict",
      extensions: { missing: [3, 4, 5] },
    });
    await sendParts(here, file, 3, 4, 5);
    await assemble(here, file);
    const key = `routine/${here.hospital.hospital}/${uploadId}/0`;
    expect(await here.ingest({ key })).toBe("indexed");
    expect((await here.ledger(uploadId)).totals.indexed).toBe(1);
  });

  it("may be assembled again when the answer was lost", async () => {
    const { here, file } = await largeFile();
    await sendParts(here, file, 1, 2, 3, 4, 5);
    await assemble(here, file);
    expect(await assemble(here, file)).toEqual({ fileId: "0", state: "awaiting" });
  });

  it("is one multipart upload even when two requests begin it at once", async () => {
    const { here, file } = await largeFile();
    await Promise.all([sendParts(here, file, 1), sendParts(here, file, 2)]);
    expect(here.signer.openMultiparts()).toHaveLength(1);
    const { arrived } = await listParts(here.upload, here.grant("listUploadParts"), file);
    expect(arrived.map(({ number }) => number)).toEqual([1, 2]);
  });

  it("begins anew when its parts have expired", async () => {
    const { here, file, uploadId } = await largeFile();
    await sendParts(here, file, 1);
    const signer = await here.signer.forHospital(here.hospital.hospital, here.hospital.hospital);
    const key = `routine/${here.hospital.hospital}/${uploadId}/0`;
    await signer.abortMultipart(key, here.signer.openMultiparts()[0] ?? "");
    const { arrived } = await listParts(here.upload, here.grant("listUploadParts"), file);
    expect(arrived).toEqual([]);
    await sendParts(here, file, 1, 2, 3, 4, 5);
    await assemble(here, file);
    expect(await here.ingest({ key })).toBe("indexed");
  });

  it("is not said to be there when its parts expired before it was assembled: all are asked for again", async () => {
    const { here, file, uploadId } = await largeFile();
    await sendParts(here, file, 1, 2, 3, 4, 5);
    const signer = await here.signer.forHospital(here.hospital.hospital, here.hospital.hospital);
    const key = `routine/${here.hospital.hospital}/${uploadId}/0`;
    await signer.abortMultipart(key, here.signer.openMultiparts()[0] ?? "");
    await expect(assemble(here, file)).rejects.toMatchObject({
      type: "conflict",
      extensions: { missing: [1, 2, 3, 4, 5] },
    });
    await sendParts(here, file, 1, 2, 3, 4, 5);
    await assemble(here, file);
    expect(await here.ingest({ key })).toBe("indexed");
  });

  it("has no part beyond its last", async () => {
    const { here, file } = await largeFile();
    await expect(
      signParts(here.upload, here.grant(), file, [{ number: 6, sha256: "0".repeat(64) }]),
    ).rejects.toMatchObject({ type: "invalid-request" });
  });
});
