import { describe, expect, it } from "@jest/globals";
import { checkForm } from "../../../functions/http/validate.ts";
import { catalogSchemas } from "../../../shared/contract/schemas/catalog.ts";
import { consultSchemas } from "../../../shared/contract/schemas/consult.ts";
import { reportSchemas } from "../../../shared/contract/schemas/report.ts";
import { retrieveSchemas } from "../../../shared/contract/schemas/retrieve.ts";
import { shareSchemas } from "../../../shared/contract/schemas/share.ts";
import { uploadSchemas } from "../../../shared/contract/schemas/upload.ts";
import { isUid } from "../../../shared/dicom/uid.ts";
import { objectKeys, parseLandingKey } from "../../../shared/object-keys.ts";
import { describeWithRealFiles } from "../../support/real-files.ts";

const inTheField = [
  "1.2.840.10008.5.1.4.1.1.2",
  "1.2.003",
  `1.2.${"3".repeat(61)}`,
  "1".repeat(68),
  "5f".repeat(32),
];
const unsafe = ["", "..", "1..2", "1/2", "1#2", "1.2 ", "1.2\n", "1.2/../3", "%2e%2e", "1".repeat(69)];
const uploadId = "01JNQZ3K0000000000000000VP";

/** Everything of the API that takes a UID. */
const takers: Readonly<Record<string, (uid: string) => boolean>> = {
  "a path": (uid) => ["studyUid", "seriesUid", "sopUid"].every((name) => passes(name, uid)),
  "a frame's path": (uid) =>
    retrieveSchemas.retrieveFrame.params.safeParse({
      scope: "mine",
      studyUid: uid,
      seriesUid: uid,
      sopUid: uid,
      frame: "1",
    }).success,
  "an upload's expectation": (uid) =>
    uploadSchemas.createUpload.body.safeParse({ expected: [{ studyUid: uid, instances: 1 }] }).success,
  "a report": (uid) => reportSchemas.listStudyReports.params.safeParse({ studyUid: uid }).success,
  "a link": (uid) => shareSchemas.createShare.body.safeParse({ studyUid: uid }).success,
  "a consult": (uid) =>
    consultSchemas.createConsult.body.safeParse({ studyUid: uid, toHospital: "county-1" }).success,
  "a rebuild": (uid) =>
    catalogSchemas.rebuild.body.safeParse({ studyUid: uid, seriesUid: uid, sopUid: uid }).success,
};

function passes(name: string, value: string): boolean {
  try {
    checkForm(name, value);
    return true;
  } catch {
    return false;
  }
}

describe.each(Object.entries(takers))("%s", (_, takes) => {
  it.each(inTheField)("takes the UID %s, under which ingest may have indexed a study", (uid) => {
    expect(isUid(uid)).toBe(true);
    expect(takes(uid)).toBe(true);
  });

  it.each(unsafe)("refuses %j", (uid) => {
    expect(isUid(uid)).toBe(false);
    expect(takes(uid)).toBe(false);
  });
});

describe("an object's key", () => {
  it.each(inTheField)("stays below its study with the UID %s", (uid) => {
    const key = objectKeys.original(
      { region: "eu-central-1", hospital: "town", studyUid: uid, seriesUid: uid, sopUid: uid },
      "0".repeat(64),
    );
    expect(key.split("/")).toEqual(["eu-central-1", "town", uid, uid, uid, `${"0".repeat(64)}.dcm`]);
    expect(key).not.toMatch(/#|\.\./);
  });

  it("names a landed file, or is not ours", () => {
    const landing = { priority: "stat", hospital: "town", uploadId, fileId: "17" } as const;
    expect(parseLandingKey(objectKeys.landing(landing))).toEqual(landing);
    for (const key of [
      `urgent/town/${uploadId}/17`,
      `stat/Town/${uploadId}/17`,
      `stat/t/${uploadId}/17`,
      `stat/../${uploadId}/17`,
      "stat/town/upload/17",
      `stat/town/${uploadId}/017`,
      `stat/town/${uploadId}/17/more`,
      `stat/town/${uploadId}`,
    ]) {
      expect(parseLandingKey(key)).toBeUndefined();
    }
  });
});

describe("a hospital's id", () => {
  it.each(["town", "qinghe-county", "_network"])("may be %s in ?hospital=", (id) =>
    expect(passes("hospital", id)).toBe(true),
  );
  it.each(["", "t", "Town", "town#county", "town/..", "_other", "t".repeat(41)])("cannot be %j", (id) =>
    expect(passes("hospital", id)).toBe(false),
  );
});

describeWithRealFiles("every UID of a real file that is indexed", (files) => {
  const uids = files
    .filter(({ expected }) => expected !== "reject")
    .flatMap(({ studyInstanceUID, seriesInstanceUID, sopInstanceUID }) => [
      studyInstanceUID,
      seriesInstanceUID,
      sopInstanceUID,
    ])
    .filter((uid) => uid !== null);

  it("can be asked for", () => {
    expect(uids.filter((uid) => uid.length > 64 || /[a-f]/.test(uid)).length).toBeGreaterThan(0);
    for (const [name, takes] of Object.entries(takers)) {
      expect([name, uids.filter((uid) => !takes(uid))]).toEqual([name, []]);
    }
  });
});
