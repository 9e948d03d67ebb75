import { describe, expect, it } from "@jest/globals";
import { getReport } from "../../../shared/report/get-report.ts";
import { quoted } from "../../../shared/report/if-match.ts";
import { listReports } from "../../../shared/report/list-reports.ts";
import { updateDraft } from "../../../shared/report/update-draft.ts";
import { content, people, readingRoom } from "../../support/reading-room.ts";
import { draft, reportId, signed } from "./signed-report.ts";

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
