import { GetObjectLegalHoldCommand, ListObjectVersionsCommand } from "@aws-sdk/client-s3";
import { describe, expect, it } from "@jest/globals";
import { bucketOf, s3 } from "../support/aws.ts";
import { cloud, send, settled, signedIn } from "../support/cloud.ts";
import { ctSeries, newUid } from "../support/instances.ts";

const technician = signedIn("technician@qinghe-county");
const admin = signedIn("hospital-admin@qinghe-county");
const studyUid = newUid();
const path = `/v1/studies/${studyUid}/legal-hold`;

/** What S3 says of each locked original of the study. */
async function holds(): Promise<(string | undefined)[]> {
  const Bucket = await bucketOf("archive");
  const Prefix = `${cloud.region}/qinghe-county/${studyUid}/`;
  const { Versions = [] } = await s3.send(new ListObjectVersionsCommand({ Bucket, Prefix }));
  return Promise.all(
    Versions.map(async ({ Key, VersionId }) => {
      const { LegalHold } = await s3.send(new GetObjectLegalHoldCommand({ Bucket, Key, VersionId }));
      return LegalHold?.Status;
    }),
  );
}

describe("a legal hold", () => {
  it("keeps every original of a study, those that come later too, until the hospital's admin lifts it", async () => {
    await settled(technician, await send(technician, ctSeries(3, { studyUid })));
    const held = await admin.post(path, { hold: true, reason: "Case 2026-17" });
    expect(held).toMatchObject({ status: 200, body: { hold: true, instances: 3 } });
    await settled(technician, await send(technician, ctSeries(1, { studyUid })));
    expect(await holds()).toEqual(["ON", "ON", "ON", "ON"]);

    expect((await admin.post(path, { hold: false, reason: "Case closed" })).body).toMatchObject({
      instances: 4,
    });
    expect(await holds()).toEqual(["OFF", "OFF", "OFF", "OFF"]);
  });

  it("is not for others to place", async () => {
    expect((await technician.post(path, { hold: true, reason: "x" })).status).toBe(403);
    const other = signedIn("hospital-admin@linjiang-city");
    expect((await other.post(path, { hold: true, reason: "x" })).status).toBe(404);
  });
});
