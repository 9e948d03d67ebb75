import { describe, expect, it } from "@jest/globals";
import { keys } from "../../../shared/catalog/keys.ts";
import { amendReport } from "../../../shared/report/amend-report.ts";
import { draftReport } from "../../../shared/report/draft-report.ts";
import { getReport } from "../../../shared/report/get-report.ts";
import { quoted } from "../../../shared/report/if-match.ts";
import type { ReportVersionItem } from "../../../shared/report/items.ts";
import { listReports } from "../../../shared/report/list-reports.ts";
import { listVersions } from "../../../shared/report/list-versions.ts";
import { signReport } from "../../../shared/report/sign-report.ts";
import { updateDraft } from "../../../shared/report/update-draft.ts";
import { user } from "../../support/principals.ts";
import { content, people, type ReadingRoom, readingRoom, study } from "../../support/reading-room.ts";

const reportId = "01JNQZ3K00000000000000000A";
const draft = (room: ReadingRoom) =>
  draftReport(room.reading(people.townRadiologist), room, { reportId, content });

async function signed(room: ReadingRoom) {
  const { etag } = await draft(room);
  return signReport(room.reading(people.townRadiologist), room, { reportId, ifMatch: quoted(etag) });
}

describe("Drafting a report", () => {
  it("gives the radiologist back what was written, and the next save needs the ETag of the last", async () => {
    const room = await readingRoom();
    const doctor = room.reading(people.townRadiologist);
    const { etag } = await draft(room);
    const better = { ...content, recommendation: "建议急诊神经外科会诊。" };
    const saved = await updateDraft(doctor, room, { reportId, ifMatch: quoted(etag), content: better });
    expect(saved.etag).not.toBe(etag);
    const { report } = await getReport(doctor, room, { reportId });
    expect(report.content).toEqual(better);
    expect(report.reportStatus).toBe("draft");
  });

  it("lets only one of two colleagues save over the same version", async () => {
    const room = await readingRoom();
    const { etag } = await draft(room);
    const save = (findings: string) =>
      updateDraft(room.reading(people.townRadiologist), room, {
        reportId,
        ifMatch: quoted(etag),
        content: { ...content, findings },
      });
    const results = await Promise.allSettled([save("one"), save("two")]);
    expect(results.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    expect(results.find((result) => result.status === "rejected")).toMatchObject({
      reason: { type: "precondition-failed" },
    });
  });

  it.each([
    [undefined, "precondition-required"],
    ["*", "precondition-required"],
    ['"old"', "precondition-failed"],
  ])("refuses to save with If-Match %s", async (ifMatch, type) => {
    const room = await readingRoom();
    await draft(room);
    const save = updateDraft(room.reading(people.townRadiologist), room, { reportId, ifMatch, content });
    await expect(save).rejects.toMatchObject({ type });
  });

  it("makes one report of a request that was sent twice", async () => {
    const room = await readingRoom();
    expect(await draft(room)).toEqual(await draft(room));
  });

  it("is nobody else's business: another hospital with access to the study sees no draft", async () => {
    const room = await readingRoom();
    await draft(room);
    const county = room.reading(people.countyRadiologist);
    await expect(getReport(county, room, { reportId })).rejects.toMatchObject({ type: "not-found" });
    expect(await listReports(county)).toEqual([]);
    expect(await listReports(room.reading(people.townRadiologist))).toHaveLength(1);
  });

  it("stores no word of the text in the clear", async () => {
    const room = await readingRoom();
    await signed(room);
    const stored = JSON.stringify(room.table.items(), (_, value) =>
      value instanceof Uint8Array ? Buffer.from(value).toString("utf8") : value,
    );
    const objects = room.objects.keys("archive").filter((key) => key.startsWith("report/"));
    const document = await room.objects.read({ bucket: "archive", key: objects[0] ?? "" });
    for (const text of [stored, Buffer.from(document).toString("utf8")]) {
      expect(text).not.toContain("脑出血");
      expect(text).not.toContain("高密度影");
    }
  });

  it("cannot be read once the hospital disables its key", async () => {
    const room = await readingRoom();
    await draft(room);
    room.keys.disable(room.keyArn);
    const reading = getReport(room.reading(people.townRadiologist), room, { reportId });
    await expect(reading).rejects.toMatchObject({ name: "KeyUnavailable" });
  });
});

describe("Signing a report", () => {
  it("names the doctor, the licence, the sign-in and every image, and keeps the document locked", async () => {
    const room = await readingRoom(3);
    const { signature } = await signed(room);
    expect(signature.evidence).toBe(3);
    const { report } = await getReport(room.reading(people.countyRadiologist), room, { reportId });
    expect(report.signature).toMatchObject({
      sha256: signature.sha256,
      signer: {
        name: "李医生",
        hospital: "town",
        licence: people.townRadiologist.licence,
        role: "radiologist",
        authenticatedAt: people.townRadiologist.authenticatedAt,
      },
    });
    const key = `report/${study.region}/town/${study.studyUid}/${reportId}/1/${signature.sha256}.json.enc`;
    const head = await room.objects.head({ bucket: "archive", key });
    expect(head?.retainUntil?.toISOString()).toBe("2042-03-01T07:50:00.000Z");
    expect(head?.kmsKeyId).toBe(room.keyArn);
  });

  it.each([
    ["without a licence", user("radiologist", "town", { licence: undefined as never }), /licence/],
    ["who is a technician", user("technician", "town"), /radiologist or physician/],
    [
      "whose token has no sign-in time",
      user("radiologist", "town", { authenticatedAt: undefined as never }),
      /auth_time/,
    ],
    ["that is a machine", user("radiologist", "town", { kind: "machine" }), /radiologist or physician/],
  ])("is refused to somebody %s", async (_, principal, detail) => {
    const room = await readingRoom();
    const { etag } = await draft(room);
    const signing = signReport(room.reading(principal), room, { reportId, ifMatch: quoted(etag) });
    await expect(signing).rejects.toMatchObject({ type: "forbidden", detail: expect.stringMatching(detail) });
  });

  it("is refused to a doctor of another hospital, whose access lets them write their own report", async () => {
    const room = await readingRoom();
    await signed(room);
    const amending = amendReport(room.reading(people.countyRadiologist), room, {
      reportId,
      ifMatch: undefined,
      reason: "x",
    });
    await expect(amending).rejects.toMatchObject({ type: "forbidden" });
  });

  it("never changes afterwards: neither saving nor signing again is possible", async () => {
    const room = await readingRoom();
    const { etag } = await signed(room);
    const doctor = room.reading(people.townRadiologist);
    const again = { reportId, ifMatch: quoted(etag) };
    await expect(updateDraft(doctor, room, { ...again, content })).rejects.toMatchObject({
      type: "conflict",
    });
    await expect(signReport(doctor, room, again)).rejects.toMatchObject({ type: "conflict" });
  });

  it("happens once when two colleagues sign at the same moment", async () => {
    const room = await readingRoom();
    const { etag } = await draft(room);
    const sign = () =>
      signReport(room.reading(people.townRadiologist), room, { reportId, ifMatch: quoted(etag) });
    const results = await Promise.allSettled([sign(), sign()]);
    expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  });

  it("stops a doctor who has not seen the images that just arrived", async () => {
    const room = await readingRoom(3);
    const { etag } = await draft(room);
    await room.receive(4);
    const signing = signReport(room.reading(people.townRadiologist), room, {
      reportId,
      ifMatch: quoted(etag),
      seenInstances: 3,
    });
    await expect(signing).rejects.toMatchObject({
      type: "conflict",
      extensions: { seenInstances: 3, instances: 4 },
    });
  });

  it("needs an impression", async () => {
    const room = await readingRoom();
    const doctor = room.reading(people.townRadiologist);
    const { etag } = await draftReport(doctor, room, { reportId, content: { ...content, impression: " " } });
    const signing = signReport(doctor, room, { reportId, ifMatch: quoted(etag) });
    await expect(signing).rejects.toMatchObject({ type: "conflict" });
  });

  it("leaves no signature when the catalog cannot be written, and can then be repeated", async () => {
    const room = await readingRoom();
    const { etag } = await draft(room);
    const sign = () =>
      signReport(room.reading(people.townRadiologist), room, { reportId, ifMatch: quoted(etag) });
    room.table.before((call) => {
      if (call.operation === "write") throw new Error("the function died here");
    });
    await expect(sign()).rejects.toThrow("died");
    room.table.before(undefined);
    const item = (await room.table.get(keys.reportVersion(reportId, 1))) as ReportVersionItem;
    expect(item.signed).toBeUndefined();
    expect((await sign()).status).toBe("signed");
  });

  it("is on record together with what it changed", async () => {
    const room = await readingRoom();
    await signed(room);
    const records = room.table.items("audit");
    expect(records).toHaveLength(2);
    expect(records.at(-1)).toMatchObject({ entity: { reportId, studyUid: study.studyUid } });
  });
});

describe("Amending a report", () => {
  it("shows readers the signed version until the amendment is signed too, and chains the two", async () => {
    const room = await readingRoom();
    const doctor = room.reading(people.townRadiologist);
    const county = room.reading(people.countyRadiologist);
    const first = await signed(room);
    const amending = await amendReport(doctor, room, {
      reportId,
      ifMatch: quoted(first.etag),
      reason: "侧别更正",
    });
    expect(amending).toMatchObject({ version: 2, status: "amending" });
    const changed = { ...content, impression: "右侧基底节区脑出血。" };
    const saved = await updateDraft(doctor, room, {
      reportId,
      ifMatch: quoted(amending.etag),
      content: changed,
    });
    expect((await getReport(county, room, { reportId })).report).toMatchObject({
      version: 1,
      reportStatus: "signed",
      latestVersion: 1,
    });
    await signReport(doctor, room, { reportId, ifMatch: quoted(saved.etag) });
    const { report } = await getReport(county, room, { reportId });
    expect(report).toMatchObject({
      version: 2,
      content: changed,
      previous: { version: 1, sha256: first.signature.sha256 },
    });
    expect((await listVersions(county, { reportId })).map(({ version }) => version)).toEqual([1, 2]);
    const old = await getReport(county, room, { reportId, version: 1 });
    expect(old.report.content.impression).toBe(content.impression);
  });

  it("starts from the signed text, with the reason", async () => {
    const room = await readingRoom();
    await signed(room);
    const doctor = room.reading(people.townRadiologist);
    await amendReport(doctor, room, { reportId, ifMatch: undefined, reason: "侧别更正" });
    const { report } = await getReport(doctor, room, { reportId });
    expect(report.content).toEqual({ ...content, amendmentReason: "侧别更正" });
  });

  it("is not possible for a draft, nor twice at once", async () => {
    const room = await readingRoom();
    const doctor = room.reading(people.townRadiologist);
    const amend = () => amendReport(doctor, room, { reportId, ifMatch: undefined, reason: "x" });
    const { etag } = await draft(room);
    await expect(amend()).rejects.toMatchObject({ type: "conflict" });
    await signReport(doctor, room, { reportId, ifMatch: quoted(etag) });
    await amend();
    await expect(amend()).rejects.toMatchObject({ type: "conflict" });
  });
});
