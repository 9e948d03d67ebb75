import { describe, expect, it } from "@jest/globals";
import { addFiles } from "../../../shared/upload/add-files.ts";
import { completeUpload } from "../../../shared/upload/complete-upload.ts";
import { type Clinic, clinic, manifestFile } from "../../support/clinic.ts";
import { sliceFile } from "../../support/slices.ts";

const requestId = "01J00000000000000000000000";
const add = (
  here: Clinic,
  uploadId: string,
  files: readonly Uint8Array[],
  fileIds: string[] = [],
  id = requestId,
) =>
  addFiles(
    here.upload,
    here.grant("addUploadFiles"),
    { uploadId, requestId: id },
    {
      files: files.map((bytes, index) => manifestFile(bytes, `more/${index}`)),
      fileIds,
    },
  );
const slices = (count: number) => Array.from({ length: count }, (_, n) => sliceFile({ comment: `n${n}` }));

describe("a technician with more files", () => {
  it("announces them under further ids of the same upload", async () => {
    const here = await clinic();
    const { uploadId } = await here.announce(slices(2));
    const { files } = await add(here, uploadId, slices(3));
    expect(files.map(({ fileId }) => fileId)).toEqual(["2", "3", "4"]);
    expect((await here.ledger(uploadId)).upload.fileCount).toBe(5);
  });

  it("gets ids nobody else got when two requests come at once", async () => {
    const here = await clinic();
    const { uploadId } = await here.announce([]);
    const answers = await Promise.all([
      add(here, uploadId, slices(3), [], "01J00000000000000000000001"),
      add(here, uploadId, slices(3), [], "01J00000000000000000000002"),
    ]);
    const ids = answers.flatMap(({ files }) => files.map(({ fileId }) => fileId));
    expect(ids.toSorted()).toEqual(["0", "1", "2", "3", "4", "5"]);
    expect((await here.ledger(uploadId)).totals.awaiting).toBe(6);
  });

  it("announces nothing twice when the request is repeated, even after it died half way", async () => {
    const here = await clinic();
    const { uploadId } = await here.announce([]);
    let writes = 0;
    here.table.before(({ operation }) => {
      if (operation === "write" && ++writes === 3) throw new Error("killed");
    });
    const files = slices(150);
    await expect(add(here, uploadId, files)).rejects.toThrow("killed");
    here.table.before(undefined);
    expect((await here.ledger(uploadId)).totals.awaiting).toBe(98);
    const { files: answered } = await add(here, uploadId, files);
    expect(answered).toHaveLength(150);
    expect((await here.ledger(uploadId)).upload.fileCount).toBe(150);
  });

  it("cannot add to a completed upload", async () => {
    const here = await clinic();
    const { uploadId } = await here.announce(slices(1));
    await completeUpload(here.upload, here.grant("completeUpload"), uploadId);
    await expect(add(here, uploadId, slices(1))).rejects.toMatchObject({ type: "conflict" });
  });

  it("is told when an upload would hold too many", async () => {
    const here = await clinic();
    const { uploadId } = await here.announce(slices(2));
    const limited = {
      ...here,
      upload: { ...here.upload, limits: { ...here.upload.limits, filesPerUpload: 3 } },
    };
    await expect(add(limited, uploadId, slices(2))).rejects.toMatchObject({
      type: "too-large",
      extensions: { limit: "filesPerUpload", value: 3, asked: 4 },
    });
  });
});

describe("a technician whose URLs have expired", () => {
  it("asks for fresh ones, and is told which files have arrived instead", async () => {
    const here = await clinic();
    const { uploadId, landed } = await here.send(slices(1));
    await add(here, uploadId, slices(1));
    await here.ingest(landed[0]);
    here.clock.advance(3_600_000);
    const { files } = await add(here, uploadId, [], ["0", "1"], "01J00000000000000000000003");
    expect(files[0]).toMatchObject({ fileId: "0", state: "indexed" });
    expect(files[0]?.put).toBeUndefined();
    expect(files[1]).toMatchObject({ fileId: "1", state: "awaiting", put: { method: "PUT" } });
  });

  it("is told which ids were never announced", async () => {
    const here = await clinic();
    const { uploadId } = await here.announce(slices(1));
    await expect(add(here, uploadId, [], ["0", "7"])).rejects.toMatchObject({
      type: "not-found",
      extensions: { fileIds: ["7"] },
    });
  });
});

describe("a technician of another hospital", () => {
  it("cannot add to an upload, or see that there is one", async () => {
    const here = await clinic("qinghe-county");
    const there = await clinic("mingshui-township", here);
    const { uploadId } = await here.announce(slices(1));
    await expect(add(there, uploadId, slices(1))).rejects.toMatchObject({ type: "not-found" });
  });
});
