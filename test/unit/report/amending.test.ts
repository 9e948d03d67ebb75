import { describe, expect, it } from "@jest/globals";
import { amendReport } from "../../../shared/report/amend-report.ts";
import { getReport } from "../../../shared/report/get-report.ts";
import { quoted } from "../../../shared/report/if-match.ts";
import { listVersions } from "../../../shared/report/list-versions.ts";
import { signReport } from "../../../shared/report/sign-report.ts";
import { updateDraft } from "../../../shared/report/update-draft.ts";
import { content, people, readingRoom } from "../../support/reading-room.ts";
import { draft, reportId, signed } from "./signed-report.ts";

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
