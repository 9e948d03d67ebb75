/** Everything derived may be lost: `mic rebuild` makes it again from the archive. */
import { DeleteObjectsCommand, ListObjectsV2Command } from "@aws-sdk/client-s3";
import { beforeAll, describe, expect, it } from "@jest/globals";
import { bucketOf, s3 } from "../support/aws.ts";
import { cloud, eventually, send, settled, signedIn } from "../support/cloud.ts";
import { ctSeries, newUid } from "../support/instances.ts";
import { mic, micJson } from "../support/mic.ts";

const technician = "technician@qinghe-county";
const physician = signedIn("physician@qinghe-county");
const studyUid = newUid();
const slices = 5;

const thumbnail = async (): Promise<number> => {
  const { status, headers } = await physician.get(`/dicomweb/mine/studies/${studyUid}/thumbnail`);
  return status === 307 ? (await fetch(headers.get("location") as string)).status : status;
};
const seen = () => eventually("thumbnail", 90, async () => ((await thumbnail()) === 200 ? true : undefined));

/** Deletes thumbnails and frames, not the metadata that indexing wrote; answers how many objects. */
async function loseDerived(): Promise<number> {
  const Bucket = await bucketOf("derived");
  const Prefix = `${cloud.region}/qinghe-county/${studyUid}/`;
  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket, Prefix }));
  const derived = Contents.filter(({ Key = "" }) => !Key.endsWith("/metadata.json"));
  const Objects = derived.map(({ Key = "" }) => ({ Key }));
  await s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects } }));
  return Objects.length;
}

describe("mic rebuild", () => {
  beforeAll(async () => {
    const session = signedIn(technician);
    await settled(session, await send(session, ctSeries(slices, { studyUid })));
    await seen();
  });

  it("is not for everybody", async () => {
    const { code, stderr } = await mic(technician, "rebuild", "--study", studyUid);
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining("You may not do this") });
  });

  it("brings thumbnails back from the archive alone", async () => {
    expect(await loseDerived()).toBeGreaterThan(0);
    expect([403, 404]).toContain(await thumbnail());
    const { code, json } = await micJson("hospital-admin@qinghe-county", "rebuild", "--study", studyUid);
    expect({ code, json }).toEqual({ code: 0, json: { queued: slices } });
    await seen();
  });
});
