import { describe, expect, it } from "@jest/globals";
import { keyState } from "../../../shared/access/key-state.ts";
import type { CorrectRequest } from "../../../shared/contract/schemas/ingest.ts";
import { itemsOf, textOf } from "../../../shared/dicom/json-model.ts";
import { Problem } from "../../../shared/errors.ts";
import { correctQuarantined } from "../../../shared/ingest/correct-quarantined.ts";
import { wholeHeader } from "../../../shared/ingest/corrected-copy.ts";
import { discardQuarantined } from "../../../shared/ingest/discard-quarantined.ts";
import { inspectQuarantined, retrieveQuarantined } from "../../../shared/ingest/inspect-quarantined.ts";
import { listQuarantine } from "../../../shared/ingest/list-quarantine.ts";
import { releaseQuarantined } from "../../../shared/ingest/release-quarantined.ts";
import { objectKeys } from "../../../shared/object-keys.ts";
import {
  expectArchivedOnce,
  expectBalanced,
  expectExactCounts,
  instancesOf,
} from "../../support/archive-checks.ts";
import { type Clinic, clinic } from "../../support/clinic.ts";
import { desk } from "../../support/desk.ts";
import { sha256Hex, sliceFile } from "../../support/slices.ts";

const nameless = (sopUid: string, more = {}) =>
  sliceFile({ studyUid: "", seriesUid: "1.2.826.7.1", sopUid, ...more });
const noImage = new TextEncoder().encode("not an image ".repeat(40));

/** Sends files that all end in quarantine; answers the upload's id. */
async function quarantined(here: Clinic, files: readonly Uint8Array[]): Promise<string> {
  const { uploadId, landed } = await here.send(files);
  for (const object of landed) expect(await here.ingest(object)).toBe("quarantined");
  return uploadId;
}

async function refused(doing: Promise<unknown>): Promise<Problem> {
  const error = await doing.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof Problem)) throw error ?? new Error("It was done");
  return error;
}

async function expectSound(here: Clinic, uploadId: string): Promise<void> {
  await expectBalanced(here, uploadId);
  await expectExactCounts(here);
  await expectArchivedOnce(here);
}

const correct = (
  here: Clinic,
  grant: Parameters<typeof correctQuarantined>[0],
  uploadId: string,
  request: CorrectRequest,
) => correctQuarantined(grant, here.clock, { uploadId, fileId: "0" }, request);

describe("a technician at the quarantine desk", () => {
  it("sees what waits, newest upload first, page by page", async () => {
    const here = await clinic();
    const first = await quarantined(here, [noImage, nameless("1.2.826.7.1.1")]);
    here.clock.advance(1000);
    const second = await quarantined(here, [noImage]);
    const grant = desk(here).as("technician");
    const one = await listQuarantine(grant, { limit: 2 });
    const two = await listQuarantine(grant, { limit: 2, cursor: one.next });
    const seen = [...one.files, ...two.files].map(({ uploadId, fileId, reason }) => [
      uploadId,
      fileId,
      reason.code,
    ]);
    expect(seen).toEqual([
      [second, "0", "not-dicom"],
      [first, "1", "missing-uid"],
      [first, "0", "not-dicom"],
    ]);
    expect(two.next).toBeUndefined();
  });

  it("sees the files of one reason", async () => {
    const here = await clinic();
    await quarantined(here, [noImage, nameless("1.2.826.7.1.1"), noImage.slice(0, 300)]);
    const { files } = await listQuarantine(desk(here).as("technician"), { code: "missing-uid" });
    expect(files.map(({ fileId }) => fileId)).toEqual(["1"]);
  });

  it("reads why, where, the attributes there are and the bytes around the fault", async () => {
    const here = await clinic();
    const bytes = nameless("1.2.826.7.1.1");
    const uploadId = await quarantined(here, [bytes]);
    const grant = desk(here).as("technician");
    const shown = await inspectQuarantined(grant, { uploadId, fileId: "0" });
    expect(shown).toMatchObject({
      bytes: "kept",
      state: "quarantined",
      reason: { code: "missing-uid", attribute: "0020000D" },
      fault: { code: "missing-uid", attribute: "0020000D" },
      actions: ["release", "correct", "discard"],
    });
    expect(shown.attributes["00100020"]).toEqual({ vr: "LO", Value: ["P-1"] });
    const { offset, hex } = shown.excerpt ?? { offset: -1, hex: "" };
    expect(hex).toBe(Buffer.from(bytes.subarray(offset, offset + hex.length / 2)).toString("hex"));
  });

  it("reads what is no image at all", async () => {
    const here = await clinic();
    const uploadId = await quarantined(here, [noImage]);
    const shown = await inspectQuarantined(desk(here).as("technician"), { uploadId, fileId: "0" });
    expect(shown).toMatchObject({ attributes: {}, actions: ["release", "discard"], excerpt: { offset: 0 } });
  });

  it("downloads the bytes as they came, while the hospital's key is enabled", async () => {
    const here = await clinic();
    const uploadId = await quarantined(here, [noImage]);
    const grant = desk(here).as("technician");
    const states = keyState(here.keyService, here.clock);
    const url = await retrieveQuarantined(grant, states, { uploadId, fileId: "0" });
    expect(url).toContain(objectKeys.quarantine(here.hospital, uploadId, "0"));
  });

  it("leaves a record of each of these", async () => {
    const here = await clinic();
    const uploadId = await quarantined(here, [noImage]);
    const grant = desk(here).as("technician");
    await inspectQuarantined(grant, { uploadId, fileId: "0" });
    const records = here.table.items("audit").filter(({ action }) => action === "desk");
    expect(records).toHaveLength(1);
    expect(JSON.stringify(records)).not.toContain("P-1");
  });

  it("releases a file that is refused again for the same reason, and finds it waiting again", async () => {
    const here = await clinic();
    const at = desk(here);
    const uploadId = await quarantined(here, [noImage]);
    expect(
      await releaseQuarantined(at.as("technician"), here.clock, { uploadId, fileId: "0" }),
    ).toMatchObject({
      state: "stored",
      release: { was: "not-dicom", by: "user:technician-one" },
    });
    await expectBalanced(here, uploadId);
    expect((await listQuarantine(at.as("technician"), {})).files).toEqual([]);
    await at.follow();
    expect((await listQuarantine(at.as("technician"), {})).files).toMatchObject([{ fileId: "0" }]);
    await expectSound(here, uploadId);
  });

  it("releases what was under a foreign key once that key can be used", async () => {
    const here = await clinic();
    const at = desk(here);
    const bytes = sliceFile();
    const { uploadId, landed } = await here.send([bytes]);
    const foreign = await here.keyService.createGroupKey("another");
    const [object] = landed;
    const key = object?.key ?? "";
    await here.objects.put({ bucket: "landing", key }, bytes, {
      contentType: "application/dicom",
      kmsKeyId: foreign,
    });
    expect(await here.ingest({ key })).toBe("quarantined");
    await releaseQuarantined(at.as("technician"), here.clock, { uploadId, fileId: "0" });
    await at.follow();
    expect((await at.file(uploadId)).state).toBe("indexed");
    await expectSound(here, uploadId);
  });

  it("is told that bytes that were not announced cannot be released", async () => {
    const here = await clinic();
    const { uploadId, landed } = await here.send([sliceFile()]);
    const key = landed[0]?.key ?? "";
    const other = sliceFile({ comment: "other" });
    await here.objects.put({ bucket: "landing", key }, other, {
      contentType: "application/dicom",
      kmsKeyId: here.keyArn,
    });
    expect(await here.ingest({ key })).toBe("quarantined");
    const problem = await refused(
      releaseQuarantined(desk(here).as("technician"), here.clock, { uploadId, fileId: "0" }),
    );
    expect(problem).toMatchObject({
      type: "conflict",
      detail: expect.stringContaining("Upload the file again"),
    });
  });
});

describe("an administrator's corrected copy", () => {
  const fix: CorrectRequest = { studyInstanceUid: "new" };

  it("is indexed, says what it was, and keeps the bytes that came beside it", async () => {
    const here = await clinic();
    const at = desk(here);
    const bytes = nameless("1.2.826.7.1.1");
    const uploadId = await quarantined(here, [bytes]);
    await correct(here, at.as("hospital-admin"), uploadId, fix);
    await at.follow();

    const file = await at.file(uploadId);
    const [instance] = instancesOf(here);
    expect(file).toMatchObject({ state: "indexed", sha256: sha256Hex(bytes), studyUid: instance?.studyUid });
    expect(instance).toMatchObject({
      sha256: file.release?.object?.sha256,
      correctedFrom: { sha256: sha256Hex(bytes) },
      uploadId,
    });
    const key = objectKeys.uncorrected(instance as never, instance?.sha256 ?? "", sha256Hex(bytes));
    expect(sha256Hex(await here.objects.read({ bucket: "archive", key }))).toBe(sha256Hex(bytes));
    const copy = await here.objects.read({
      bucket: "archive",
      key: objectKeys.original(instance as never, instance?.sha256 ?? ""),
    });
    const { dataset } = wholeHeader(copy);
    expect(textOf(itemsOf(dataset, "04000561")[0] ?? {}, "04000565")).toBe("CORRECT");
    await expectSound(here, uploadId);
  });

  it("puts slices that lack their study's UID into one study, and another patient's into another", async () => {
    const here = await clinic();
    const at = desk(here);
    const files = [
      nameless("1.2.826.7.1.1"),
      nameless("1.2.826.7.1.2"),
      nameless("1.2.826.7.1.3", { patientId: "P-2" }),
    ];
    const uploadId = await quarantined(here, files);
    for (const fileId of ["0", "1", "2"])
      await correctQuarantined(at.as("hospital-admin"), here.clock, { uploadId, fileId }, fix);
    await at.follow();
    const studies = instancesOf(here).map(({ sopUid, studyUid }) => [sopUid, studyUid] as const);
    const byUid = Object.fromEntries(studies);
    expect(byUid["1.2.826.7.1.1"]).toBe(byUid["1.2.826.7.1.2"]);
    expect(byUid["1.2.826.7.1.3"]).not.toBe(byUid["1.2.826.7.1.1"]);
    await expectSound(here, uploadId);
  });

  it.each([
    ["no number, and another name", { patientId: "", accession: "" }, { patientName: "Li^Na" }],
    ["no number, and the same name", { patientId: "", accession: "" }, {}],
    ["a dummy accession number, and another name", { patientId: "" }, { patientName: "Li^Na" }],
    ["another birth date", { birthDate: "19700101" }, { birthDate: "19700102" }],
    ["another sex", { sex: "F" }, { sex: "M" }],
  ])("never makes one study of two patients: %s", async (_, both, second) => {
    const here = await clinic();
    const at = desk(here);
    const files = [
      nameless("1.2.826.7.1.1", both),
      nameless("1.2.826.7.1.2", { ...both, instanceNumber: 2, ...second }),
    ];
    const uploadId = await quarantined(here, files);
    for (const fileId of ["0", "1"])
      await correctQuarantined(at.as("hospital-admin"), here.clock, { uploadId, fileId }, fix);
    await at.follow();
    expect(new Set(instancesOf(here).map(({ studyUid }) => studyUid)).size).toBe(2);
    await expectSound(here, uploadId);
  });

  it("is refused with what is still wrong, and the file goes on waiting", async () => {
    const here = await clinic();
    const at = desk(here);
    const uploadId = await quarantined(here, [
      sliceFile({ studyUid: "", seriesUid: "no uid", sopUid: "1.2.3" }),
    ]);
    const problem = await refused(correct(here, at.as("hospital-admin"), uploadId, fix));
    expect(problem).toMatchObject({
      type: "conflict",
      extensions: { reason: { code: "invalid-uid", attribute: "0020000E" } },
    });
    expect((await at.file(uploadId)).state).toBe("quarantined");
  });

  it("is refused under a character set that nobody knows", async () => {
    const here = await clinic();
    const uploadId = await quarantined(here, [nameless("1.2.3")]);
    const problem = await refused(
      correct(here, desk(here).as("hospital-admin"), uploadId, { ...fix, characterSet: "KLINGON" }),
    );
    expect(problem.type).toBe("invalid-request");
  });

  it("frees the quarantine of both once it is in the archive", async () => {
    const here = await clinic();
    const at = desk(here);
    const uploadId = await quarantined(here, [nameless("1.2.826.7.1.1")]);
    await correct(here, at.as("hospital-admin"), uploadId, fix);
    await at.follow();
    for (const key of here.objects.keys("quarantine"))
      expect([key, here.objects.tags({ bucket: "quarantine", key })]).toEqual([
        key,
        { "mic-state": "processed" },
      ]);
    expect(here.objects.keys("quarantine")).toHaveLength(2);
  });
});

describe("two people who decide about one file at once", () => {
  it("are told the same when they are the same, and who came second what the first did", async () => {
    const here = await clinic();
    const at = desk(here);
    const uploadId = await quarantined(here, [nameless("1.2.826.7.1.1")]);
    const one = at.as("hospital-admin", "one");
    await correct(here, one, uploadId, { studyInstanceUid: "2.25.1" });
    expect(await correct(here, one, uploadId, { studyInstanceUid: "2.25.1" })).toMatchObject({
      state: "stored",
    });
    const second = await refused(
      correct(here, at.as("hospital-admin", "two"), uploadId, { studyInstanceUid: "2.25.2" }),
    );
    expect(second).toMatchObject({
      type: "conflict",
      extensions: { release: { by: "user:hospital-admin-one" } },
    });
    const third = await refused(
      discardQuarantined(at.as("hospital-admin", "two"), here.clock, { uploadId, fileId: "0" }, "late"),
    );
    expect(third.type).toBe("conflict");
    await at.follow();
    expect(instancesOf(here).map(({ studyUid }) => studyUid)).toEqual(["2.25.1"]);
    await expectSound(here, uploadId);
  });

  it("are not answered with the first decision when the same person decides otherwise", async () => {
    const here = await clinic();
    const at = desk(here);
    const uploadId = await quarantined(here, [nameless("1.2.826.7.1.1")]);
    const admin = at.as("hospital-admin");
    const asked = { studyInstanceUid: "2.25.1", seriesInstanceUid: "2.25.1.1" };
    await correct(here, admin, uploadId, asked);
    const others: readonly CorrectRequest[] = [
      { ...asked, studyInstanceUid: "2.25.2" },
      { ...asked, studyInstanceUid: "new" },
      { studyInstanceUid: "2.25.1" },
    ];
    for (const other of others)
      expect(await refused(correct(here, admin, uploadId, other))).toMatchObject({
        type: "conflict",
        detail: expect.stringContaining("Something else was decided"),
      });
    expect((await refused(releaseQuarantined(admin, here.clock, { uploadId, fileId: "0" }))).type).toBe(
      "conflict",
    );
    const again = { seriesInstanceUid: "2.25.1.1", studyInstanceUid: "2.25.1" };
    expect(await correct(here, admin, uploadId, again)).toMatchObject({ state: "stored" });
    await at.follow();
    expect(await correct(here, admin, uploadId, again)).toMatchObject({ state: "indexed" });
    expect(instancesOf(here).map(({ studyUid }) => studyUid)).toEqual(["2.25.1"]);
  });

  it("make one decision when both were let in before either was written", async () => {
    const here = await clinic();
    const at = desk(here);
    const uploadId = await quarantined(here, [nameless("1.2.826.7.1.1")]);
    const ends = await Promise.allSettled([
      correct(here, at.as("hospital-admin", "one"), uploadId, { studyInstanceUid: "2.25.1" }),
      correct(here, at.as("hospital-admin", "two"), uploadId, { studyInstanceUid: "2.25.2" }),
      releaseQuarantined(at.as("technician"), here.clock, { uploadId, fileId: "0" }),
      discardQuarantined(at.as("hospital-admin", "two"), here.clock, { uploadId, fileId: "0" }, "no use"),
    ]);
    expect(ends.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    await at.follow();
    await expectSound(here, uploadId);
  });
});

describe("a discarded file", () => {
  it("stays in the ledger with who gave it up and why, and its bytes expire", async () => {
    const here = await clinic();
    const at = desk(here);
    const uploadId = await quarantined(here, [noImage]);
    const admin = at.as("hospital-admin");
    await discardQuarantined(admin, here.clock, { uploadId, fileId: "0" }, "a text file");
    await at.follow();
    expect(await at.file(uploadId)).toMatchObject({
      state: "quarantined",
      discarded: { by: "user:hospital-admin-one", reason: "a text file" },
    });
    const key = objectKeys.quarantine(here.hospital, uploadId, "0");
    expect(here.objects.tags({ bucket: "quarantine", key })).toEqual({ "mic-state": "processed" });
    expect((await listQuarantine(admin, {})).files).toEqual([]);
    expect(await inspectQuarantined(admin, { uploadId, fileId: "0" })).toMatchObject({
      bytes: "discarded",
      attributes: {},
      actions: [],
    });
    const states = keyState(here.keyService, here.clock);
    expect((await refused(retrieveQuarantined(admin, states, { uploadId, fileId: "0" }))).type).toBe(
      "not-found",
    );
    expect((await refused(releaseQuarantined(admin, here.clock, { uploadId, fileId: "0" }))).type).toBe(
      "conflict",
    );
    await expectSound(here, uploadId);
  });
});

describe("another hospital", () => {
  it("sees nothing of what waits here", async () => {
    const here = await clinic();
    const uploadId = await quarantined(here, [noImage]);
    const other = desk(await clinic("linjiang-city", here)).as("hospital-admin");
    expect((await listQuarantine(other, {})).files).toEqual([]);
    expect((await refused(inspectQuarantined(other, { uploadId, fileId: "0" }))).type).toBe("not-found");
    expect((await refused(releaseQuarantined(other, here.clock, { uploadId, fileId: "0" }))).type).toBe(
      "not-found",
    );
  });
});
