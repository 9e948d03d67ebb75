import { describe, expect, it } from "@jest/globals";
import { keys } from "../../../shared/catalog/keys.ts";
import { amendReport } from "../../../shared/report/amend-report.ts";
import { draftReport } from "../../../shared/report/draft-report.ts";
import { getReport } from "../../../shared/report/get-report.ts";
import { quoted } from "../../../shared/report/if-match.ts";
import type { ReportVersionItem } from "../../../shared/report/items.ts";
import { signReport } from "../../../shared/report/sign-report.ts";
import { updateDraft } from "../../../shared/report/update-draft.ts";
import { user } from "../../support/principals.ts";
import { content, people, readingRoom, study } from "../../support/reading-room.ts";
import { draft, reportId, signed } from "./signed-report.ts";

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
