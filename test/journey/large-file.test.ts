/** A file over 64 MiB goes in parts, and a line that breaks half way costs only what was not yet sent. */
import { randomUUID } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import type { ArrivedReply, FilesReply, PartsReply } from "../../shared/contract/schemas/upload.ts";
import { eventually, type Json, settled, sha256, signedIn } from "../support/cloud.ts";
import { newUid } from "../support/instances.ts";
import { multiFrame } from "../support/large-file.ts";
import { micJson } from "../support/mic.ts";

const username = "technician@xinghe-village";
const technician = signedIn(username);
const studyUid = newUid();
const frames = 280;
const bytes = multiFrame(frames, { studyUid });
const digest = sha256(bytes);
let uploadId: string;
let file: string;
let partSize: number;
let parts: number;
let folder: string;

const part = (number: number): Uint8Array => bytes.slice((number - 1) * partSize, number * partSize);

/** Signs one part and answers what is to be sent. */
async function signPart(number: number): Promise<PartsReply["parts"][number]> {
  const wanted = { parts: [{ number, sha256: sha256(part(number)) }] };
  const { status, body } = await technician.post<PartsReply>(`${file}/parts`, wanted);
  expect(status).toBe(200);
  return body.parts[0] as PartsReply["parts"][number];
}

async function sendPart(number: number, content = part(number)): Promise<number> {
  const { put } = await signPart(number);
  const { "content-length": _, "Content-Length": __, ...headers } = put.headers;
  return (await fetch(put.url, { method: "PUT", headers, body: content.slice() })).status;
}

const arrived = async (): Promise<number[]> =>
  (await technician.get<ArrivedReply>(`${file}/parts`)).body.arrived.map(({ number }) => number);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "mic-large-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe("a large multi-frame file", () => {
  it("is announced with its parts instead of one URL", async () => {
    expect(bytes.length).toBeGreaterThan(70 * 1024 ** 2);
    const manifest = { files: [{ name: "run.dcm", size: bytes.length, sha256: digest }] };
    const { status, body } = await technician.post<FilesReply>("/v1/uploads", manifest, {
      "idempotency-key": randomUUID(),
    });
    expect(status).toBe(201);
    const [announced] = body.files as [FilesReply["files"][number]];
    expect(announced.put).toBeUndefined();
    ({ partSize, parts } = announced.multipart as { partSize: number; parts: number });
    expect(parts).toBe(Math.ceil(bytes.length / partSize));
    uploadId = body.uploadId;
    file = `/v1/uploads/${uploadId}/files/${announced.fileId}`;
    expect(await arrived()).toEqual([]);
  });

  it("stops when the line breaks, and is not taken for whole", async () => {
    for (const number of [2, 1]) expect(await sendPart(number)).toBe(200);
    expect(await arrived()).toEqual([1, 2]);
    const early = await technician.post(`${file}/assemble`);
    expect(early).toMatchObject({ status: 409, body: { type: expect.stringContaining("conflict") } });
    expect(JSON.stringify(early.body)).toContain(String(parts));
    const { body } = await technician.get(`/v1/uploads/${uploadId}`);
    expect(body.totals).toMatchObject({ awaiting: 1, stored: 0 });
  });

  it("takes no other bytes for a part than those that were signed", async () => {
    const other = part(3);
    other[0] = (other[0] as number) ^ 1;
    expect(await sendPart(3, other)).toBe(400);
    expect(await arrived()).toEqual([1, 2]);
  });

  it("goes on with the parts that are missing, and is assembled and indexed", async () => {
    const there = new Set(await arrived());
    for (let number = 1; number <= parts; number++)
      if (!there.has(number)) expect(await sendPart(number)).toBe(200);
    expect((await technician.post(`${file}/assemble`)).status).toBe(200);
    expect((await technician.post(`${file}/assemble`)).status).toBe(200);
    await technician.post(`/v1/uploads/${uploadId}/complete`);
    const ledger = await settled(technician, uploadId, 180);
    expect(ledger.files).toMatchObject([{ state: "indexed", studyInstanceUid: studyUid }]);
  });

  it("is archived bit for bit, with every frame at hand", async () => {
    const root = `/dicomweb/mine/studies/${studyUid}`;
    const { body: instances } = await technician.get<Json>(`${root}/instances`);
    const [series, sop] = ["0020000E", "00080018"].map((tag) => instances[0][tag].Value[0]);
    const instance = `${root}/series/${series}/instances/${sop}`;
    const original = await technician.download(instance, { accept: "application/dicom" });
    expect(sha256(new Uint8Array(await original.arrayBuffer()))).toBe(digest);

    await eventually("the last frame", 90, async () =>
      (await technician.get(`${instance}/frames/${frames}`)).status === 307 ? true : undefined,
    );
    const { status, body } = await technician.get(`${instance}/frames/${frames + 1}`);
    expect({ status, detail: body.detail }).toMatchObject({
      status: 404,
      detail: expect.stringContaining(String(frames)),
    });
  });

  it("sent by the command line is known, part by part or not", async () => {
    const path = join(folder, "run.dcm");
    await writeFile(path, bytes);
    const { code, json } = await micJson(username, "upload", path, "--wait");
    expect(code).toBe(0);
    expect(json.files).toMatchObject([{ path: "run.dcm", state: "duplicate" }]);
  });
});
