import { describe, expect, it } from "@jest/globals";
import { keys } from "../../../shared/catalog/keys.ts";
import { KeyUnavailable } from "../../../shared/errors.ts";
import { createUpload } from "../../../shared/upload/create-upload.ts";
import { uploadLimits } from "../../../shared/upload/limits.ts";
import { clinic, manifestFile } from "../../support/clinic.ts";
import { sliceFile } from "../../support/slices.ts";

const request = { priority: "routine", encounterClass: "unknown" } as const;
const many = (count: number) =>
  Array.from({ length: count }, (_, index) => ({
    name: `series/IM${index}`,
    size: 1000,
    sha256: index.toString(16).padStart(64, "0"),
  }));

describe("a technician who announces files", () => {
  it("receives for each a PUT that takes exactly its bytes, once, under the hospital's key", async () => {
    const here = await clinic();
    const bytes = sliceFile();
    const { uploadId, files } = await here.announce([bytes], { priority: "stat" });
    const put = files[0]?.put;
    expect(put?.method).toBe("PUT");
    expect(put?.url).toContain(`/stat/${here.hospital.hospital}/${uploadId}/0`);
    expect(put?.headers).toMatchObject({
      "content-type": "application/dicom",
      "content-length": String(bytes.byteLength),
      "if-none-match": "*",
      "x-amz-server-side-encryption-aws-kms-key-id": here.keyArn,
    });
    if (!put) throw new Error("No PUT");
    expect(await here.signer.send(put, sliceFile({ comment: "other" }))).not.toBe(200);
    expect(await here.signer.send(put, bytes)).toBe(200);
    expect(await here.signer.send(put, bytes)).toBe(412);
  });

  it("finds all of them awaiting in the ledger, also when they are more than one transaction holds", async () => {
    const here = await clinic();
    const { uploadId } = await here.announce([], { files: many(250) });
    const { upload, totals } = await here.ledger(uploadId);
    expect(upload.fileCount).toBe(250);
    expect(totals).toEqual({
      awaiting: 250,
      stored: 0,
      indexed: 0,
      duplicate: 0,
      conflict: 0,
      quarantined: 0,
    });
  });

  it("may say how many instances each study has, and the study's reader will know", async () => {
    const here = await clinic();
    const expected = [{ studyUid: "1.2.3", instances: 300 }];
    const { uploadId } = await here.announce([sliceFile()], { expected });
    const key = keys.expectation({ ...here.hospital, studyUid: "1.2.3" }, uploadId);
    expect(await here.table.get(key)).toMatchObject({ type: "expectation", instances: 300 });
  });

  it("leaves an audit record before the answer", async () => {
    const here = await clinic();
    const { uploadId } = await here.announce([sliceFile()]);
    expect(here.table.items("audit")).toMatchObject([{ action: "createUpload", entity: { uploadId } }]);
  });

  it("is told the limit that was crossed", async () => {
    const here = await clinic();
    await expect(here.announce([], { files: many(1001) })).rejects.toMatchObject({
      type: "too-large",
      extensions: { limit: "filesPerRequest", value: 1000, asked: 1001 },
    });
    const huge = { ...manifestFile(sliceFile(), "huge"), size: uploadLimits.fileBytes + 1 };
    await expect(here.announce([], { files: [huge] })).rejects.toMatchObject({
      extensions: { limit: "fileBytes" },
    });
  });

  it("is refused when the hospital's key is disabled, at most 10 seconds later", async () => {
    const here = await clinic();
    await here.announce([sliceFile()]);
    here.keyService.disable(here.keyArn);
    here.clock.advance(10_001);
    await expect(here.announce([sliceFile()])).rejects.toThrow(KeyUnavailable);
  });

  it("is not part of the network without being onboarded", async () => {
    const here = await clinic();
    await here.table.write([{ op: "delete", key: keys.hospital(here.hospital) }]);
    await expect(here.announce([sliceFile()])).rejects.toMatchObject({ type: "not-found" });
  });
});

describe("a request repeated because its answer was lost", () => {
  const id = "01HZZZZZZZZZZZZZZZZZZZZZZZ";

  it("signs the same files again and announces nothing twice", async () => {
    const here = await clinic();
    const files = [manifestFile(sliceFile(), "a"), manifestFile(sliceFile({ comment: "b" }), "b")];
    const first = await createUpload(here.upload, here.grant(), id, { ...request, files });
    const again = await createUpload(here.upload, here.grant(), id, { ...request, files });
    expect(again.files.map(({ fileId, name }) => [fileId, name])).toEqual(
      first.files.map(({ fileId, name }) => [fileId, name]),
    );
    expect((await here.ledger(id)).upload.fileCount).toBe(2);
  });

  it("shows nothing of a first try that died half way, and completes it", async () => {
    const here = await clinic();
    let writes = 0;
    here.table.before(({ operation }) => {
      if (operation === "write" && ++writes === 3) throw new Error("killed");
    });
    const files = many(250);
    await expect(createUpload(here.upload, here.grant(), id, { ...request, files })).rejects.toThrow(
      "killed",
    );
    here.table.before(undefined);
    expect(await here.table.get(keys.upload(here.hospital, id))).toBeUndefined();
    await createUpload(here.upload, here.grant(), id, { ...request, files });
    const { upload, totals } = await here.ledger(id);
    expect([upload.fileCount, totals.awaiting]).toEqual([250, 250]);
  });
});
