import { describe, expect, it } from "@jest/globals";
import { objectKeys } from "../../../shared/object-keys.ts";
import { isSuperseded, metadataOf, noteFrom } from "../../../shared/object-notes.ts";
import { type Clinic, clinic } from "../../support/clinic.ts";
import { sha256Hex, sliceFile } from "../../support/slices.ts";

const instance = { studyUid: "1.2.1", seriesUid: "1.2.1.1", sopUid: "1.2.1.1.1" };
const file = (comment = "") => sliceFile({ ...instance, comment });
const originalOf = (here: Clinic, bytes: Uint8Array) =>
  ({
    bucket: "archive",
    key: objectKeys.original({ ...here.hospital, ...instance }, sha256Hex(bytes)),
  }) as const;

describe("whoever finds an object without the table", () => {
  it("is told by an original whose file it was, how long it is kept and how urgent it was", async () => {
    const here = await clinic();
    const { uploadId, landed } = await here.send([file()], { encounterClass: "inpatient", priority: "stat" });
    await here.ingest(landed[0]);
    const head = await here.objects.head(originalOf(here, file()));
    const told = { uploadId, fileId: "0", encounterClass: "inpatient", priority: "stat" };
    expect(noteFrom(head?.metadata)).toEqual(told);
  });

  it("is told the same by a conflicting file", async () => {
    const here = await clinic();
    const { uploadId, landed } = await here.send([file(), file("other")]);
    for (const event of landed) await here.ingest(event);
    const key = objectKeys.conflict({ ...here.hospital, ...instance }, sha256Hex(file("other")));
    const head = await here.objects.head({ bucket: "quarantine", key });
    expect(noteFrom(head?.metadata)).toMatchObject({ uploadId, fileId: "1" });
  });

  it("is told by a quarantined file why it is there, and at which byte it could not be read", async () => {
    const here = await clinic();
    const { uploadId, landed } = await here.send([file().slice(0, 200)]);
    await here.ingest(landed[0]);
    const key = objectKeys.quarantine(here.hospital, uploadId, "0");
    const head = await here.objects.head({ bucket: "quarantine", key });
    const { files } = await here.ledger(uploadId);
    const { code, offset } = files[0]?.reason ?? {};
    expect(code).toEqual(expect.any(String));
    expect(noteFrom(head?.metadata).reason).toEqual({ code, offset });
  });

  it("believes nothing that has not the form of an identifier", () => {
    const metadata = {
      "mic-upload": "../other",
      "mic-file": "-1",
      "mic-encounter": "daycase",
      "mic-priority": "urgent",
      "mic-reason": "a b",
    };
    expect(noteFrom(metadata)).toEqual({});
    expect(noteFrom()).toEqual({});
    const note = {
      uploadId: "01JX0000000000000000000000",
      fileId: "7",
      encounterClass: "outpatient",
      priority: "routine",
      reason: { code: "truncated", offset: 0 },
    } as const;
    expect(noteFrom(metadataOf(note))).toEqual(note);
  });
});

describe("bytes that were archived by a worker that died, where others were committed meanwhile", () => {
  it("say that they do not count, once their file is looked at again", async () => {
    const here = await clinic();
    const { landed } = await here.send([file("first"), file("second")]);
    here.table.before((call) => {
      const writes = call.operation === "write" ? call.writes : [];
      if (writes.some((write) => write.op === "put" && write.item.type === "instance"))
        throw new Error("the worker dies before it commits");
    });
    await expect(here.ingest(landed[0], { leaseMilliseconds: () => 0 })).rejects.toThrow();
    here.table.before(undefined);
    expect(await here.ingest(landed[1])).toBe("indexed");
    expect(await here.ingest(landed[0])).toBe("conflict");
    const tagsOf = (comment: string) => here.objects.tagsOf(originalOf(here, file(comment)));
    expect(isSuperseded(await tagsOf("first"))).toBe(true);
    expect(isSuperseded(await tagsOf("second"))).toBe(false);
  });
});
