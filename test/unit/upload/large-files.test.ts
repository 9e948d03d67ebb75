import { beforeAll, describe, expect, it } from "@jest/globals";
import type { SignedRequest } from "../../../shared/ports.ts";
import { assembleFile } from "../../../shared/upload/assemble-file.ts";
import { partBytes, singlePutBytes } from "../../../shared/upload/limits.ts";
import { listParts, signParts } from "../../../shared/upload/sign-parts.ts";
import { type Clinic, clinic } from "../../support/clinic.ts";
import { sha256Hex, sliceFile } from "../../support/slices.ts";

/** Just over what one PUT takes: eight whole parts and a short one. */
let bytes: Uint8Array;
beforeAll(() => {
  bytes = sliceFile({ pixels: new Uint8Array(singlePutBytes) });
});

const all = [1, 2, 3, 4, 5, 6, 7, 8, 9];

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

describe("a file of some parts that one PUT takes too", () => {
  it("is announced both ways, and may be sent in either", async () => {
    const here = await clinic();
    const pixels = new Uint8Array(partBytes);
    const files = ["1.2.9.1", "1.2.9.2"].map((sopUid) => sliceFile({ sopUid, pixels }));
    const { uploadId, files: announced } = await here.announce(files);
    for (const each of announced)
      expect(each).toMatchObject({
        put: { method: "PUT" },
        multipart: { partSize: partBytes, parts: 2 },
      });
    const [whole, inParts] = files as [Uint8Array, Uint8Array];
    const put = announced[0]?.put as SignedRequest;
    expect(await here.signer.send(put, whole)).toBe(200);
    const file = { uploadId, fileId: "1" };
    const wanted = [inParts.subarray(0, partBytes), inParts.subarray(partBytes)];
    const { parts } = await signParts(
      here.upload,
      here.grant("signUploadParts"),
      file,
      wanted.map((part, index) => ({ number: index + 1, sha256: sha256Hex(part) })),
    );
    for (const [index, part] of wanted.entries())
      expect(await here.signer.send(parts[index]?.put as SignedRequest, part)).toBe(200);
    await assemble(here, file);
    for (const fileId of ["0", "1"]) {
      const key = `routine/${here.hospital.hospital}/${uploadId}/${fileId}`;
      expect(await here.ingest({ key })).toBe("indexed");
    }
  });

  it("is one PUT only where it is no larger than a part", async () => {
    const here = await clinic();
    const { files } = await here.announce([sliceFile()]);
    expect(files[0]).not.toHaveProperty("multipart");
  });
});

describe("a file over 64 MB", () => {
  it("is announced with its parts instead of a URL", async () => {
    const { announced } = await largeFile();
    expect(announced).toMatchObject({ multipart: { partSize: partBytes, parts: 9 } });
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
      extensions: { missing: [3, 4, 5, 6, 7, 8, 9] },
    });
    await sendParts(here, file, 3, 4, 5, 6, 7, 8, 9);
    await assemble(here, file);
    const key = `routine/${here.hospital.hospital}/${uploadId}/0`;
    expect(await here.ingest({ key })).toBe("indexed");
    expect((await here.ledger(uploadId)).totals.indexed).toBe(1);
  });

  it("may be assembled again when the answer was lost", async () => {
    const { here, file } = await largeFile();
    await sendParts(here, file, ...all);
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
    await sendParts(here, file, ...all);
    await assemble(here, file);
    expect(await here.ingest({ key })).toBe("indexed");
  });

  it("is not said to be there when its parts expired before it was assembled: all are asked for again", async () => {
    const { here, file, uploadId } = await largeFile();
    await sendParts(here, file, ...all);
    const signer = await here.signer.forHospital(here.hospital.hospital, here.hospital.hospital);
    const key = `routine/${here.hospital.hospital}/${uploadId}/0`;
    await signer.abortMultipart(key, here.signer.openMultiparts()[0] ?? "");
    await expect(assemble(here, file)).rejects.toMatchObject({
      type: "conflict",
      extensions: { missing: all },
    });
    await sendParts(here, file, ...all);
    await assemble(here, file);
    expect(await here.ingest({ key })).toBe("indexed");
  });

  it("has no part beyond its last", async () => {
    const { here, file } = await largeFile();
    await expect(
      signParts(here.upload, here.grant(), file, [{ number: 10, sha256: "0".repeat(64) }]),
    ).rejects.toMatchObject({ type: "invalid-request" });
  });
});
