import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { keys } from "../../../shared/catalog/keys.ts";
import { amendReport } from "../../../shared/report/amend-report.ts";
import { draftReport } from "../../../shared/report/draft-report.ts";
import { quoted } from "../../../shared/report/if-match.ts";
import type { ReportVersionItem } from "../../../shared/report/items.ts";
import { signReport } from "../../../shared/report/sign-report.ts";
import { parseSignedBody } from "../../../shared/report/signed-body.ts";
import { verifyReport } from "../../../shared/report/verify-report.ts";
import { verifySignedReport } from "../../../shared/report/verify-signature.ts";
import { memoryKeys } from "../../support/memory/keys.ts";
import {
  content,
  people,
  type ReadingRoom,
  readingRoom,
  seriesUid,
  study,
} from "../../support/reading-room.ts";

const reportId = "01JNQZ3K00000000000000000A";
const bytesOf = (base64 = ""): Uint8Array => new Uint8Array(Buffer.from(base64, "base64"));

async function signedRoom(images = 3): Promise<ReadingRoom> {
  const room = await readingRoom(images);
  const doctor = room.reading(people.townRadiologist);
  const { etag } = await draftReport(doctor, room, { reportId, content });
  await signReport(doctor, room, { reportId, ifMatch: quoted(etag) });
  return room;
}
const verify = (room: ReadingRoom, more = {}) =>
  verifyReport(room.reading(people.countyRadiologist), room, { reportId, ...more });
const versionItem = async (room: ReadingRoom, version = 1) =>
  (await room.table.get(keys.reportVersion(reportId, version))) as ReportVersionItem;

describe("Verifying a signed report", () => {
  it("finds everything in order while nothing has changed", async () => {
    const room = await signedRoom(3);
    expect(await verify(room, { originals: true })).toMatchObject({
      verdict: "valid",
      signature: "valid",
      digest: "valid",
      document: "valid",
      evidence: { unchanged: 3, altered: [], missing: [], later: [], originalsChecked: true },
    });
  });

  it("names the images that came later, which the report never spoke of", async () => {
    const room = await signedRoom(3);
    room.clock.advance(60_000);
    await room.receive(4);
    const { verdict, evidence } = await verify(room);
    expect(verdict).toBe("valid");
    expect(evidence.later).toMatchObject([
      { sopUid: `${seriesUid}.4`, indexedAt: "2027-03-01T08:01:00.000Z" },
    ]);
  });

  it("names an image that is another one now, and one that is gone", async () => {
    const room = await signedRoom(3);
    await room.receive(1, "other pixels");
    await room.table.write([
      { op: "delete", key: keys.instance({ ...study, seriesUid, sopUid: `${seriesUid}.2` }) },
    ]);
    const { verdict, signature, evidence } = await verify(room);
    expect({ verdict, signature }).toEqual({ verdict: "invalid", signature: "valid" });
    expect(evidence).toMatchObject({
      unchanged: 1,
      altered: [{ sopUid: `${seriesUid}.1` }],
      missing: [{ sopUid: `${seriesUid}.2` }],
    });
  });

  it("looks at the stored originals themselves when asked", async () => {
    const room = await signedRoom(2);
    const [original] = room.objects.keys("archive").filter((key) => key.endsWith(".dcm"));
    await room.objects.delete({ bucket: "archive", key: original ?? "" });
    expect((await verify(room)).verdict).toBe("valid");
    const deep = await verify(room, { originals: true });
    expect(deep.verdict).toBe("invalid");
    expect(deep.evidence).toMatchObject({ unchanged: 1, missing: [{ sopUid: `${seriesUid}.1` }] });
  });

  it("notices a signed text that was exchanged in the catalog by somebody with every key", async () => {
    const room = await signedRoom();
    const other = await draftReport(room.reading(people.townRadiologist), room, {
      reportId: "01JNQZ3K00000000000000000B",
      content: { ...content, impression: "未见异常。" },
    });
    const forged = (await room.table.get(keys.reportVersion(other.reportId, 1))) as ReportVersionItem;
    await room.table.write([
      {
        op: "update",
        key: keys.reportVersion(reportId, 1),
        set: { content: forged.content, wrappedKey: forged.wrappedKey },
      },
    ]);
    expect((await verify(room)).verdict).toBe("invalid");
  });

  it.each([
    ["signer", { name: "张医生" }],
    ["licence", { licence: "999" }],
  ])("notices another %s shown than the one who signed", async (_, change) => {
    const room = await signedRoom();
    const { signed } = await versionItem(room);
    const forged = { ...signed, signer: { ...signed?.signer, ...change } };
    await room.table.write([{ op: "update", key: keys.reportVersion(reportId, 1), set: { signed: forged } }]);
    expect(await verify(room)).toMatchObject({ verdict: "invalid", signature: "valid", document: "invalid" });
  });

  it("notices that the locked document is gone", async () => {
    const room = await signedRoom();
    const { signed } = await versionItem(room);
    await room.objects.delete({ bucket: "archive", key: signed?.objectKey ?? "" });
    expect(await verify(room)).toMatchObject({ verdict: "invalid", signature: "invalid" });
  });

  it("notices that an amended version was exchanged", async () => {
    const room = await signedRoom();
    const doctor = room.reading(people.townRadiologist);
    const { etag } = await amendReport(doctor, room, { reportId, ifMatch: undefined, reason: "x" });
    await signReport(doctor, room, { reportId, ifMatch: quoted(etag) });
    expect(await verify(room)).toMatchObject({ version: 2, verdict: "valid", chain: "valid" });
    const { signed } = await versionItem(room, 1);
    await room.table.write([
      {
        op: "update",
        key: keys.reportVersion(reportId, 1),
        set: { signed: { ...signed, sha256: "0".repeat(64) } },
      },
    ]);
    expect(await verify(room)).toMatchObject({ version: 2, verdict: "invalid", chain: "invalid" });
  });

  it("refuses to judge a draft", async () => {
    const room = await readingRoom();
    const doctor = room.reading(people.townRadiologist);
    await draftReport(doctor, room, { reportId, content });
    await expect(verifyReport(doctor, room, { reportId })).rejects.toMatchObject({ type: "conflict" });
  });

  it("covers a study of thousands of images", async () => {
    const room = await signedRoom(2500);
    const { evidence, verdict } = await verify(room);
    expect({ verdict, unchanged: evidence.unchanged }).toEqual({ verdict: "valid", unchanged: 2500 });
  });
});

describe("Verifying without us", () => {
  it("takes the signed bytes, the signature and the public key, and any flipped bit breaks it", async () => {
    const room = await signedRoom();
    const { signed } = await verify(room, { signed: true });
    const [bytes, signature, publicKey] = [signed?.bytes, signed?.signature, signed?.publicKey].map(bytesOf);
    if (!bytes || !signature || !publicKey) throw new Error("nothing to verify");
    expect(verifySignedReport(bytes, signature, publicKey)).toBe(true);
    fc.assert(
      fc.property(fc.nat(bytes.byteLength * 8 - 1), (bit) => {
        const altered = Uint8Array.from(bytes);
        altered[bit >> 3] = (altered[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        return !verifySignedReport(altered, signature, publicKey);
      }),
      { numRuns: 50 },
    );
    const body = parseSignedBody(bytes);
    expect(body).toMatchObject({ reportId, version: 1, study, content });
    expect(body.evidence.map(({ sopUid }) => sopUid)).toEqual([1, 2, 3].map((n) => `${seriesUid}.${n}`));
  });

  it("does not accept another platform's key", async () => {
    const room = await signedRoom();
    const { signed } = await verify(room, { signed: true });
    const others = memoryKeys();
    const publicKey = await others.publicKey(others.createSigningKey());
    expect(verifySignedReport(bytesOf(signed?.bytes), bytesOf(signed?.signature), publicKey)).toBe(false);
  });
});
