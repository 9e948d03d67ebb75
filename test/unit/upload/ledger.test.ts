import { describe, expect, it } from "@jest/globals";
import { completeUpload } from "../../../shared/upload/complete-upload.ts";
import { getLedger } from "../../../shared/upload/get-ledger.ts";
import { listUploads } from "../../../shared/upload/list-uploads.ts";
import { clinic } from "../../support/clinic.ts";
import { sliceFile } from "../../support/slices.ts";

const slices = (count: number) =>
  Array.from({ length: count }, (_, n) => sliceFile({ sopUid: `1.2.826.1.1.${n + 1}` }));

describe("the ledger of an upload", () => {
  it("shows each file by its name, in the order announced, with what became of it", async () => {
    const here = await clinic();
    const { uploadId, landed } = await here.send([...slices(11), new TextEncoder().encode("x".repeat(300))]);
    for (const event of landed.slice(9)) await here.ingest(event);
    const ledger = await getLedger(here.grant("getUpload"), uploadId);
    expect(ledger.files.map(({ fileId }) => fileId)).toEqual([..."0123456789", "10", "11"]);
    expect(ledger.totals).toMatchObject({ awaiting: 9, indexed: 2, quarantined: 1 });
    expect(ledger.announced).toBe(12);
    expect(ledger.files[10]).toMatchObject({
      name: "folder/IM10",
      state: "indexed",
      sopInstanceUid: "1.2.826.1.1.11",
    });
    expect(ledger.files[11]?.reason?.code).toBe("not-dicom");
  });

  it("is done when the sender says so and every file is final, in whichever order", async () => {
    const here = await clinic();
    const { uploadId, landed } = await here.send(slices(2));
    const done = async () => (await getLedger(here.grant(), uploadId)).done;
    await here.ingest(landed[0]);
    await here.ingest(landed[1]);
    expect(await done()).toBe(false);
    const first = await completeUpload(here.upload, here.grant("completeUpload"), uploadId);
    expect(await done()).toBe(true);
    here.clock.advance(1000);
    expect(await completeUpload(here.upload, here.grant("completeUpload"), uploadId)).toEqual(first);
  });

  it("comes in pages whose totals are always the whole upload's", async () => {
    const here = await clinic();
    const { uploadId } = await here.announce(slices(5));
    const page = await getLedger(here.grant(), uploadId, { limit: 3 });
    expect(page.files).toHaveLength(3);
    expect(page.totals.awaiting).toBe(5);
    const rest = await getLedger(here.grant(), uploadId, { limit: 3, cursor: page.next });
    expect(rest.files.map(({ fileId }) => fileId)).toEqual(["3", "4"]);
    expect(rest.next).toBeUndefined();
  });

  it("costs what it shows: whoever waits for it to be done never reads it whole", async () => {
    const here = await clinic();
    const { uploadId } = await here.announce(slices(40));
    const limits: unknown[] = [];
    here.table.before((call) => {
      if (call.operation === "query" && call.query.prefix === "FILE#") limits.push(call.query.limit);
    });
    await getLedger(here.grant(), uploadId, { limit: 1 });
    expect(limits).toEqual([2]);
  });

  it("spreads its totals over counters, so that parallel workers rarely meet, and leaves the upload alone", async () => {
    const here = await clinic();
    const { uploadId, landed } = await here.send(slices(16));
    const upload = (await here.ledger(uploadId)).upload;
    for (const event of landed) await here.ingest(event);
    expect((await here.ledger(uploadId)).upload).toEqual(upload);
    const counters = here.table.items().filter(({ type }) => type === "upload-counter");
    expect(counters.map(({ indexed, stored }) => [indexed, stored])).toEqual(Array(16).fill([1, 0]));
  });

  it("is not there for another hospital", async () => {
    const here = await clinic("qinghe-county");
    const there = await clinic("mingshui-township", here);
    const { uploadId } = await here.announce(slices(1));
    await expect(getLedger(there.grant(), uploadId)).rejects.toMatchObject({ type: "not-found" });
  });

  it("leaves a record of who read it: it holds names of files", async () => {
    const here = await clinic();
    const { uploadId } = await here.announce(slices(1));
    await getLedger(here.grant("getUpload"), uploadId);
    expect(here.table.items("audit")).toContainEqual(expect.objectContaining({ action: "getUpload" }));
  });
});

describe("the uploads of a hospital", () => {
  it("are listed newest first, page by page", async () => {
    const here = await clinic();
    const ids: string[] = [];
    for (let n = 0; n < 3; n++) {
      here.clock.advance(1000);
      ids.unshift((await here.announce([])).uploadId);
    }
    const page = await listUploads(here.grant("listUploads"), { limit: 2 });
    const rest = await listUploads(here.grant("listUploads"), { limit: 2, cursor: page.next });
    expect([...page.uploads, ...rest.uploads].map(({ uploadId }) => uploadId)).toEqual(ids);
  });
});
