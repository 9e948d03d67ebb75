import { describe, expect, it } from "@jest/globals";
import { eventOf } from "../../../shared/catalog/events-of-change.ts";

const study = { region: "eu-central-1", hospital: "qinghe-county", studyUid: "1.2.3" };
const key = { pk: "p", sk: "s" };
const change = (before: object | undefined, after: object | undefined) => ({
  sequence: "1",
  ...(before && { before: { ...key, ...study, ...before } }),
  ...(after && { after: { ...key, ...study, ...after } }),
});

describe("what others hear of a change", () => {
  it("is that a report was signed, once, and not that it was drafted", () => {
    const version = { type: "report-version", reportId: "r", version: 2 };
    expect(eventOf(change(undefined, { ...version, status: "draft" }))).toBeUndefined();
    expect(eventOf(change({ ...version, status: "draft" }, { ...version, status: "signed" }))).toEqual({
      type: "ReportSigned.v1",
      detail: { ...study, reportId: "r", version: 2 },
    });
    expect(
      eventOf(change({ ...version, status: "signed" }, { ...version, status: "signed", etag: "2" })),
    ).toBeUndefined();
  });

  it("is that a link was opened, but not a wrong passcode", () => {
    const access = { type: "share-access", shareId: "s" };
    expect(eventOf(change(undefined, { ...access, outcome: "opened" }))?.type).toBe("ShareOpened.v1");
    expect(eventOf(change(undefined, { ...access, outcome: "wrong-passcode" }))).toBeUndefined();
  });

  it("is that a link was revoked", () => {
    const share = { type: "share", shareId: "s" };
    expect(eventOf(change(share, { ...share, revokedAt: "now" }))).toEqual({
      type: "ShareRevoked.v1",
      detail: { ...study, shareId: "s" },
    });
  });

  it("is that a study was referred, from whom and to whom", () => {
    const consult = { type: "consult", consultId: "c", toHospital: "city", priority: "stat" };
    expect(eventOf(change(undefined, consult))?.detail).toEqual({
      region: study.region,
      from: study.hospital,
      to: "city",
      consultId: "c",
      studyUid: "1.2.3",
      priority: "stat",
    });
    expect(eventOf(change(consult, { ...consult, status: "answered" }))).toBeUndefined();
  });

  it("is that a file was quarantined, by its code alone: its name may hold a patient's", () => {
    const file = {
      type: "upload-file",
      uploadId: "u",
      fileId: "3",
      name: "WANG XIAODONG/IM1",
      state: "stored",
    };
    const reason = { code: "truncated", en: "…", zh: "…" };
    const event = eventOf(change(file, { ...file, state: "quarantined", reason }));
    expect(event).toMatchObject({ type: "FileQuarantined.v1", detail: { fileId: "3", reason: "truncated" } });
    expect(JSON.stringify(event)).not.toContain("WANG");
  });

  it("is nothing when an item expires or is none of these", () => {
    expect(eventOf(change({ type: "share-session" }, undefined))).toBeUndefined();
    expect(eventOf(change({ type: "share", shareId: "s" }, undefined))).toBeUndefined();
    expect(eventOf(change(undefined, { type: "find" }))).toBeUndefined();
  });
});
