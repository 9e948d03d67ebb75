import { describe, expect, it } from "@jest/globals";
import { draftReport } from "../../../shared/report/draft-report.ts";
import { quoted } from "../../../shared/report/if-match.ts";
import { signReport } from "../../../shared/report/sign-report.ts";
import { createShare } from "../../../shared/share/create-share.ts";
import { readOpenedShare } from "../../../shared/share/read-opened-share.ts";
import { revokeShare } from "../../../shared/share/revoke-share.ts";
import { visitor } from "../../support/principals.ts";
import {
  content,
  people,
  type ReadingRoom,
  readingRoom,
  seriesUid,
  study,
} from "../../support/reading-room.ts";

const shareId = "01JNQZ3K00000000000000000S";
const reportId = "01JNQZ3K00000000000000000A";

async function share(room: ReadingRoom, more = {}): Promise<void> {
  const grant = room.atHospital(people.townPhysician);
  const request = { studyUid: study.studyUid, shareId, ...more };
  await createShare(grant, { ...room, webOrigin: "https://film.example" }, request);
}
async function report(room: ReadingRoom, id = reportId): Promise<void> {
  const doctor = room.reading(people.townRadiologist);
  const { etag } = await draftReport(doctor, room, { reportId: id, content });
  await signReport(doctor, room, { reportId: id, ifMatch: quoted(etag) });
}
const read = (room: ReadingRoom) => readOpenedShare(room.reading(visitor(shareId)), room);

describe("Whoever opened a link", () => {
  it("sees whose study it is, its images in order, and the signed report", async () => {
    const room = await readingRoom(12);
    await report(room);
    await share(room);
    const opened = await read(room);
    expect(opened.study).toEqual({
      studyUid: study.studyUid,
      hospital: { id: "town", name: "青山镇卫生院" },
      patient: { name: { alphabetic: "Shan^Xiong", ideographic: "单^雄" }, sex: "M", age: "064Y" },
      date: "20270301",
      description: "头颅CT平扫",
      modalities: ["CT"],
    });
    const [series] = opened.series;
    expect(series).toMatchObject({
      seriesUid,
      seriesNumber: 2,
      modality: "CT",
      representative: `${seriesUid}.7`,
    });
    expect(series?.instances.map((one) => one.instanceNumber)).toEqual([
      1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12,
    ]);
    expect(series?.instances[0]).toMatchObject({ frames: 1, thumbnail: "ready" });
    expect(opened.reports).toMatchObject([{ reportId, content, signer: { name: "李医生" }, amended: false }]);
  });

  it("sees no draft, not even the hospital's own", async () => {
    const room = await readingRoom();
    await draftReport(room.reading(people.townRadiologist), room, { reportId, content });
    await share(room);
    expect((await read(room)).reports).toEqual([]);
  });

  it("sees one report and no images when the link is to a report", async () => {
    const room = await readingRoom();
    await report(room);
    await report(room, "01JNQZ3K00000000000000000B");
    await share(room, { reportId });
    const { series, reports } = await read(room);
    expect(series).toEqual([]);
    expect(reports.map((one) => one.reportId)).toEqual([reportId]);
  });

  it("sees nothing from the moment the link is revoked or expires", async () => {
    const room = await readingRoom();
    await share(room);
    const revoked = await readingRoom();
    await share(revoked);
    await revokeShare(revoked.atHospital(people.townPhysician), revoked, { shareId });
    room.clock.advance(7 * 86_400_000);
    await expect(read(room)).rejects.toMatchObject({ type: "link-closed" });
    await expect(read(revoked)).rejects.toMatchObject({ type: "link-closed" });
  });

  it("keeps looking while the link's last opening is their own", async () => {
    const room = await readingRoom();
    await share(room, { maxOpenings: 1 });
    expect((await read(room)).shareId).toBe(shareId);
  });

  it("leaves a record", async () => {
    const room = await readingRoom();
    await share(room);
    await read(room);
    expect(room.table.items("audit")).toContainEqual(
      expect.objectContaining({
        agent: expect.objectContaining({ id: `share:${shareId}`, kind: "share" }),
        entity: { shareId, studyUid: study.studyUid },
        hospital: "town",
      }),
    );
  });

  it.each([
    ["a signed report on the study", true],
    ["images alone", false],
  ])(
    "is told that the service cannot answer when the hospital has disabled its key: %s",
    async (_, signed) => {
      const room = await readingRoom();
      if (signed) await report(room);
      await share(room);
      await read(room);
      room.keys.disable(room.keyArn);
      room.clock.advance(10_000);
      await expect(read(room)).rejects.toMatchObject({ name: "KeyUnavailable" });
    },
  );
});
