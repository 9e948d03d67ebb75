import { describe, expect, it } from "@jest/globals";
import type { ConflictView, Inspected, Waiting } from "../../shared/contract/schemas/ingest.ts";
import type { LedgerFile } from "../../shared/contract/schemas/upload.ts";
import {
  eventually,
  type Json,
  type SentFile,
  type Session,
  send,
  settled,
  sha256,
  signedIn,
} from "../support/cloud.ts";
import { newUid } from "../support/instances.ts";
import { type Slice, sliceFile } from "../support/slices.ts";

const technician = signedIn("technician@qinghe-county");
const admin = signedIn("hospital-admin@qinghe-county");
const stranger = signedIn("hospital-admin@linjiang-city");

const named = (name: string, bytes: Uint8Array): SentFile => ({ name, bytes });

async function quarantined(bytes: Uint8Array, reason: string): Promise<string> {
  const uploadId = await send(technician, [named("IM0001.dcm", bytes)]);
  const { files } = await settled(technician, uploadId);
  expect(files).toMatchObject([{ state: "quarantined", reason: { code: reason } }]);
  return uploadId;
}

/** Waits until the ledger's only line has a final state again. */
const line = (session: Session, uploadId: string): Promise<LedgerFile> =>
  eventually(`file of ${uploadId} settled`, 60, async () => {
    const { body } = await session.get<Json>(`/v1/uploads/${uploadId}`);
    expect(Object.values(body.totals as Record<string, number>).reduce((sum, one) => sum + one)).toBe(1);
    return body.done ? (body.files[0] as LedgerFile) : undefined;
  });

describe("a file in quarantine", () => {
  it("is looked at by the technician, corrected by the administrator, and then an image like any other", async () => {
    const bytes = sliceFile({ studyUid: "", seriesUid: newUid(), sopUid: newUid(), patientId: "D-1" });
    const uploadId = await quarantined(bytes, "missing-uid");
    const path = `/v1/quarantine/${uploadId}/0`;

    const listed = await technician.get<{ files: Waiting[] }>("/v1/quarantine?code=missing-uid");
    expect(listed.body.files[0]).toMatchObject({ uploadId, fileId: "0", reason: { code: "missing-uid" } });
    const { body: shown } = await technician.get<Inspected>(path);
    expect(shown).toMatchObject({
      bytes: "kept",
      fault: { code: "missing-uid", attribute: "0020000D" },
      actions: ["release", "correct", "discard"],
    });
    expect(shown.attributes["00100020"]).toEqual({ vr: "LO", Value: ["D-1"] });
    const download = await technician.download(`${path}/file`);
    expect(sha256(new Uint8Array(await download.arrayBuffer()))).toBe(sha256(bytes));

    const fix = { studyInstanceUid: "new" };
    expect((await technician.post(`${path}/correct`, fix)).status).toBe(403);
    expect(await admin.post(`${path}/correct`, fix)).toMatchObject({
      status: 202,
      body: { state: "stored" },
    });
    const done = await line(technician, uploadId);
    expect(done).toMatchObject({
      state: "indexed",
      sha256: sha256(bytes),
      release: { was: "missing-uid", as: { attributes: ["0020000D"] } },
    });
    const { studyInstanceUid, seriesInstanceUid, sopInstanceUid } = done;
    const instance = `/dicomweb/mine/studies/${studyInstanceUid}/series/${seriesInstanceUid}/instances/${sopInstanceUid}`;
    const copy = await admin.download(instance);
    expect(sha256(new Uint8Array(await copy.arrayBuffer()))).toBe(done.release?.as?.sha256);
    const { body: metadata } = await admin.get<Json>(`${instance}/metadata`);
    expect(metadata[0]["04000561"].Value[0]["04000565"].Value).toEqual(["CORRECT"]);
    expect(
      (await technician.get<{ files: Waiting[] }>("/v1/quarantine?code=missing-uid")).body.files,
    ).toEqual(listed.body.files.slice(1));
  });

  it("is released and, as nothing about it has changed, waits again", async () => {
    const uploadId = await quarantined(new TextEncoder().encode("not an image ".repeat(40)), "not-dicom");
    expect((await technician.post(`/v1/quarantine/${uploadId}/0/release`)).status).toBe(202);
    expect(await line(technician, uploadId)).toMatchObject({
      state: "quarantined",
      release: { was: "not-dicom" },
    });
  });

  it("is discarded by the administrator, with the reason on record", async () => {
    const uploadId = await quarantined(new TextEncoder().encode("no image at all ".repeat(40)), "not-dicom");
    const path = `/v1/quarantine/${uploadId}/0`;
    expect((await technician.post(`${path}/discard`, { reason: "text" })).status).toBe(403);
    expect((await admin.post(`${path}/discard`, { reason: "text" })).status).toBe(200);
    expect(await line(technician, uploadId)).toMatchObject({
      state: "quarantined",
      discarded: { reason: "text" },
    });
    expect((await technician.get(`${path}/file`)).status).toBe(404);
    expect((await admin.post(`${path}/release`)).status).toBe(409);
  });

  it("is nobody's at another hospital", async () => {
    const uploadId = await quarantined(new TextEncoder().encode("a third text ".repeat(40)), "not-dicom");
    const { body } = await stranger.get<{ files: Waiting[] }>("/v1/quarantine");
    expect(body.files.filter((file) => file.uploadId === uploadId)).toEqual([]);
    expect((await stranger.get(`/v1/quarantine/${uploadId}/0`)).status).toBe(404);
    expect((await stranger.get(`/v1/quarantine/${uploadId}/0?hospital=qinghe-county`)).status).toBe(403);
    expect((await stranger.post(`/v1/quarantine/${uploadId}/0/discard`, { reason: "x" })).status).toBe(404);
  });
});

interface InConflict {
  readonly studyUid: string;
  readonly slice: Slice;
  readonly uploadId: string;
  readonly path: string;
  readonly other: Uint8Array;
}

async function inConflict(): Promise<InConflict> {
  const studyUid = newUid();
  const slice = { studyUid, seriesUid: newUid(), sopUid: newUid() };
  await settled(technician, await send(technician, [named("first.dcm", sliceFile(slice))]));
  const other = sliceFile({ ...slice, comment: "edited" });
  const uploadId = await send(technician, [named("other.dcm", other)]);
  expect((await settled(technician, uploadId)).files).toMatchObject([{ state: "conflict" }]);
  const path = `/v1/studies/${studyUid}/conflicts/${slice.sopUid}/${sha256(other)}`;
  return { studyUid, slice, uploadId, path, other };
}

const conflictOf = async (studyUid: string): Promise<ConflictView> => {
  const { body } = await technician.get<{ conflicts: ConflictView[] }>(`/v1/studies/${studyUid}/conflicts`);
  return body.conflicts[0] as ConflictView;
};
const instanceOf = ({ studyUid, seriesUid, sopUid }: Slice) =>
  `/dicomweb/mine/studies/${studyUid}/series/${seriesUid}/instances/${sopUid}`;
const shaOf = async (answer: Response): Promise<string> => sha256(new Uint8Array(await answer.arrayBuffer()));

describe("two images of one UID", () => {
  it("are shown side by side, and the first is kept", async () => {
    const { studyUid, path, other, slice } = await inConflict();
    const shown = await conflictOf(studyUid);
    expect(shown).toMatchObject({ pixels: "same", choices: ["first", "new", "both"] });
    expect(shown.differences.map(({ tag }) => tag)).toEqual(["00204000"]);
    expect(await shaOf(await technician.download(`${path}/file`))).toBe(sha256(other));
    expect((await technician.post(`${path}/resolve`, { keep: "first" })).status).toBe(403);
    expect((await stranger.post(`${path}/resolve`, { keep: "new" })).status).toBe(404);
    expect((await admin.post(`${path}/resolve`, { keep: "first" })).status).toBe(202);
    const second = await admin.post(`${path}/resolve`, { keep: "new" });
    expect(second).toMatchObject({ status: 409, body: { resolution: { keep: "first" } } });
    expect(await shaOf(await technician.download(instanceOf(slice)))).toBe(sha256(sliceFile(slice)));
    expect((await technician.get<Json>(`/v1/studies/${studyUid}`)).body).toMatchObject({
      conflicts: 0,
      resolvedConflicts: 1,
    });
  });

  it("change places when the new one is kept, thumbnail included", async () => {
    const { studyUid, path, other, slice, uploadId } = await inConflict();
    expect((await admin.post(`${path}/resolve`, { keep: "new" })).status).toBe(202);
    expect(await line(technician, uploadId)).toMatchObject({ state: "indexed" });
    expect(await shaOf(await technician.download(instanceOf(slice)))).toBe(sha256(other));
    expect((await technician.get<Json>(`/v1/studies/${studyUid}`)).body).toMatchObject({ instances: 1 });
    expect((await conflictOf(studyUid)).resolution).toMatchObject({ keep: "new", done: true });
    const { body } = await technician.get<Json>(`${instanceOf(slice)}/metadata`);
    expect(body[0]["00204000"].Value).toEqual(["edited"]);
  });

  it("both stay when both are kept, the new one under a UID of its own", async () => {
    const { studyUid, path, uploadId } = await inConflict();
    const { status, body } = await admin.post(`${path}/resolve`, { keep: "both" });
    expect(status).toBe(202);
    const file = await line(technician, uploadId);
    expect(file).toMatchObject({ state: "indexed", sopInstanceUid: body.resolution.sopInstanceUid });
    expect((await technician.get<Json>(`/v1/studies/${studyUid}`)).body).toMatchObject({ instances: 2 });
  });
});
