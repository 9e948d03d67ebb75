/** What only KMS and S3 together show: bytes under a disabled key are unreadable, even to the account's own people. */
import { DisableKeyCommand, EnableKeyCommand, KMSClient } from "@aws-sdk/client-kms";
import { GetObjectCommand, ListObjectsV2Command } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, expect, it } from "@jest/globals";
import { aws, bucketOf, describeOnAws, s3 } from "../../support/aws.ts";
import { cloud, eventually, send, settled, sha256, signedIn } from "../../support/cloud.ts";
import { groupKeyId } from "../../support/group-key.ts";
import { ctInstance, newUid } from "../../support/instances.ts";

const admin = signedIn("hospital-admin@linjiang-city");
const studyUid = newUid();
const bytes = ctInstance({ studyUid });
/** S3 Bucket Keys cache what KMS gave them, and AWS promises no time: docs/security.md says so too. */
const patience = 900;

/** SHA-256 of the archived original, read with the credentials of whoever runs this; or the error's name. */
async function readArchive(): Promise<string> {
  const Bucket = await bucketOf("archive");
  const Prefix = `${cloud.region}/linjiang-city/${studyUid}/`;
  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket, Prefix }));
  const [original] = Contents;
  if (!original?.Key) throw new Error("the original is not in the archive");
  try {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key: original.Key }));
    return sha256((await Body?.transformToByteArray()) ?? new Uint8Array());
  } catch (error) {
    return (error as Error).name;
  }
}

describeOnAws("the archive of a hospital that disabled its key", () => {
  const kms = new KMSClient(aws);
  const enable = async () => kms.send(new EnableKeyCommand({ KeyId: await groupKeyId("linjiang") }));

  beforeAll(async () => {
    await settled(admin, await send(admin, [{ name: "a.dcm", bytes }]));
    expect(await readArchive()).toBe(sha256(bytes));
    await kms.send(new DisableKeyCommand({ KeyId: await groupKeyId("linjiang") }));
  });
  afterAll(enable);

  it(
    "cannot be read even with credentials that may read the bucket, once S3 and KMS have caught up",
    async () => {
      const began = Date.now();
      const refusal = await eventually("S3 to refuse", patience, async () => {
        const read = await readArchive();
        return read === sha256(bytes) ? undefined : read;
      });
      expect(refusal).toMatch(/KMS|AccessDenied/);
      console.info(`S3 refused after ${Math.round((Date.now() - began) / 1000)} s (${refusal})`);
    },
    patience * 1000 + 60_000,
  );

  it(
    "is there again, bit for bit, when the key is enabled",
    async () => {
      await enable();
      await eventually("S3 to answer", patience, async () =>
        (await readArchive()) === sha256(bytes) ? true : undefined,
      );
    },
    patience * 1000 + 60_000,
  );
});
