import { randomUUID } from "node:crypto";
import { describe, expect, it } from "@jest/globals";
import { type Json, send, settled, sha256, signedIn } from "../support/cloud.ts";
import { ctInstance, ctSeries, newUid } from "../support/instances.ts";

const technician = signedIn("technician@xinghe-village");
const cityTechnician = signedIn("technician@qinghe-county");

const countOf = async (studyUid: string): Promise<number> =>
  (await technician.get(`/v1/studies/${studyUid}`)).body.instances;

describe("a clinic's upload", () => {
  it("sent twice changes nothing: every file of the second is a duplicate", async () => {
    const studyUid = newUid();
    const files = ctSeries(6, { studyUid });
    const first = await settled(technician, await send(technician, files));
    const second = await settled(technician, await send(technician, files));
    expect(first.totals).toMatchObject({ indexed: 6 });
    expect(second.totals).toMatchObject({ duplicate: 6, indexed: 0 });
    expect(await countOf(studyUid)).toBe(6);
  });

  it("keeps other bytes under a known UID as a conflict, and the first image as it was", async () => {
    const studyUid = newUid();
    const sopUid = newUid();
    await settled(
      technician,
      await send(technician, [{ name: "a.dcm", bytes: ctInstance({ studyUid, sopUid }) }]),
    );
    const other = ctInstance({ studyUid, sopUid, shade: 7 });
    const ledger = await settled(technician, await send(technician, [{ name: "b.dcm", bytes: other }]));
    expect(ledger.totals).toMatchObject({ conflict: 1, indexed: 0 });
    expect((await technician.get(`/v1/studies/${studyUid}`)).body).toMatchObject({
      instances: 1,
      conflicts: 1,
    });
  });

  it("of 30 bad files among 300 good ones indexes the 300 and says of each of the 30 what is wrong", async () => {
    const studyUid = newUid();
    const good = ctSeries(300, { studyUid });
    const bad = Array.from({ length: 30 }, (_, index) => ({
      name: `bad/${index}.dcm`,
      bytes: damaged(index, studyUid),
    }));
    const mixed = good.flatMap((file, index) =>
      index % 10 === 0 ? [file, bad[index / 10] as (typeof bad)[number]] : [file],
    );
    const ledger = await settled(technician, await send(technician, mixed), 180);
    expect(ledger.totals).toMatchObject({ indexed: 300, quarantined: 30, awaiting: 0, stored: 0 });
    const reasons = ledger.files
      .filter(({ state }) => state === "quarantined")
      .map(({ reason }) => reason as Json);
    for (const reason of reasons)
      expect(reason).toMatchObject({
        code: expect.stringMatching(/^[a-z-]+$/),
        en: expect.any(String),
        zh: expect.stringMatching(/\p{Script=Han}/u),
      });
    expect(await countOf(studyUid)).toBe(300);
  }, 240_000);

  it("may carry a Study UID another hospital holds too: neither sees the other's images", async () => {
    const studyUid = newUid();
    await settled(technician, await send(technician, ctSeries(2, { studyUid, patientName: "Li^Si=李^四" })));
    await settled(
      cityTechnician,
      await send(cityTechnician, ctSeries(3, { studyUid, patientName: "Li^Si=李^四" })),
    );
    expect((await technician.get(`/v1/studies/${studyUid}`)).body).toMatchObject({
      hospital: "xinghe-village",
      instances: 2,
    });
    expect((await cityTechnician.get(`/v1/studies/${studyUid}`)).body).toMatchObject({
      hospital: "qinghe-county",
      instances: 3,
    });
  });

  it("cannot put other bytes, another length, another key or a second object through its URL", async () => {
    const bytes = ctInstance({ studyUid: newUid() });
    const manifest = { files: [{ name: "a.dcm", size: bytes.length, sha256: sha256(bytes) }] };
    const { body } = await technician.post("/v1/uploads", manifest, { "idempotency-key": randomUUID() });
    const { url, headers } = body.files[0].put;
    const put = async (to: string, content: Uint8Array, sent: Record<string, string>) =>
      (await fetch(to, { method: "PUT", headers: sent, body: content.slice() })).status;

    const altered = bytes.slice();
    altered[altered.length - 1] = (altered.at(-1) as number) ^ 1;
    expect(await put(url, altered, headers)).toBe(400);
    // fetch itself counts the bytes it sends, so the signed length is left out and the true one goes.
    const { "content-length": _length, "Content-Length": _Length, ...withoutLength } = headers;
    expect(await put(url, bytes.subarray(2), withoutLength)).toBe(403);
    expect(await put(url.replace("/xinghe-village/", "/qinghe-county/"), bytes, headers)).toBe(403);
    const { "x-amz-server-side-encryption-aws-kms-key-id": _, ...withoutKey } = headers;
    expect(await put(url, bytes, withoutKey)).toBe(403);
    expect(await put(url, bytes, headers)).toBe(200);
    expect(await put(url, bytes, headers)).toBe(412);
  });

  it("repeated under its Idempotency-Key is the same upload; the key with other files is refused", async () => {
    const bytes = ctInstance({ studyUid: newUid() });
    const file = { name: "a.dcm", size: bytes.length, sha256: sha256(bytes) };
    const key = { "idempotency-key": randomUUID() };
    const first = await technician.post("/v1/uploads", { files: [file] }, key);
    const again = await technician.post("/v1/uploads", { files: [file] }, key);
    expect(again.body.uploadId).toBe(first.body.uploadId);
    const other = await technician.post("/v1/uploads", { files: [{ ...file, name: "b.dcm" }] }, key);
    expect(other).toMatchObject({
      status: 422,
      body: { type: expect.stringContaining("idempotency-mismatch") },
    });
  });

  it.each([
    ["no SHA-256", { files: [{ name: "a.dcm", size: 5 }] }, 400],
    ["a path that climbs out", { files: [{ name: "../a.dcm", size: 5, sha256: "0".repeat(64) }] }, 400],
    ["a file over the limit", { files: [{ name: "a.dcm", size: 2 ** 43, sha256: "0".repeat(64) }] }, 413],
    ["an unknown priority", { files: [], priority: "now" }, 400],
  ])("with %s is refused with a problem that says so", async (_, manifest, status) => {
    const answer = await technician.post("/v1/uploads", manifest);
    expect(answer.status).toBe(status);
    expect(answer.headers.get("content-type")).toContain("application/problem+json");
  });
});

/** Thirty kinds of damage a disc or a line does. */
function damaged(index: number, studyUid: string): Uint8Array {
  const whole = ctInstance({ studyUid, shade: 1000 + index });
  const kinds = [
    () => whole.slice(0, 200 + index * 3),
    () => new TextEncoder().encode(`not an image ${index}`),
    () => Uint8Array.from({ length: 400 + index }, (_, at) => (at * 31 + index) % 251),
  ];
  return (kinds[index % kinds.length] as () => Uint8Array)();
}
