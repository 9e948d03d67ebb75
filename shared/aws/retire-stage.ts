/** Removing a stage that is not production: its objects, locked in governance mode or not, and its hospitals' keys. */
import {
  KMSClient,
  ListResourceTagsCommand,
  paginateListKeys,
  ScheduleKeyDeletionCommand,
} from "@aws-sdk/client-kms";
import {
  DeleteObjectsCommand,
  ListObjectVersionsCommand,
  type ObjectIdentifier,
  PutObjectLegalHoldCommand,
} from "@aws-sdk/client-s3";
import { briefly } from "./patience.ts";
import { askS3, s3Client } from "./s3-client.ts";
import { faultOf, ServiceFault } from "./service-fault.ts";

/** Deletes every version and delete marker in the bucket; a bucket that is gone is empty. Answers how many went. */
export async function emptyBucket(bucket: string): Promise<number> {
  const client = s3Client();
  let deleted = 0;
  for (;;) {
    const page = await askS3("ListObjectVersions", () =>
      client.send(new ListObjectVersionsCommand({ Bucket: bucket })),
    ).catch((error: unknown) => {
      if (error instanceof ServiceFault && error.code === "NoSuchBucket") return undefined;
      throw error;
    });
    const versions = [...(page?.Versions ?? []), ...(page?.DeleteMarkers ?? [])];
    if (versions.length === 0) return deleted;
    await deleteVersions(
      bucket,
      versions.map(({ Key, VersionId }) => ({ Key, VersionId })),
    );
    deleted += versions.length;
  }

  async function deleteVersions(Bucket: string, Objects: ObjectIdentifier[]): Promise<void> {
    const refused = await withoutRetention(Bucket, Objects);
    if (refused.length === 0) return;
    // No bypass deletes what is under legal hold. Where there is no Object Lock, this says so.
    for (const { Key, VersionId } of refused) {
      const LegalHold = { Status: "OFF" } as const;
      const command = new PutObjectLegalHoldCommand({ Bucket, Key, VersionId, LegalHold });
      await askS3("PutObjectLegalHold", () => client.send(command));
    }
    const left = await withoutRetention(Bucket, refused);
    if (left.length > 0)
      throw new Error(`${left.length} objects of ${Bucket} cannot be deleted: ${left[0]?.Code}`);
  }

  /** Answers what could not be deleted. */
  async function withoutRetention(Bucket: string, objects: readonly ObjectIdentifier[]) {
    const Objects = objects.map(({ Key, VersionId }) => ({ Key, VersionId }));
    const command = new DeleteObjectsCommand({
      Bucket,
      BypassGovernanceRetention: true,
      Delete: { Objects, Quiet: true },
    });
    const { Errors = [] } = await askS3("DeleteObjects", () => client.send(command));
    return Errors.map(({ Key, VersionId, Code }) => ({ Key, VersionId, Code }));
  }
}

/** Schedules the deletion of every key tagged with the stage, after the shortest wait KMS allows. Answers how many. */
export async function retireKeys(stage: string): Promise<number> {
  const client = new KMSClient({ maxAttempts: 5, requestHandler: briefly });
  let retired = 0;
  for await (const { Keys = [] } of paginateListKeys({ client }, {})) {
    for (const { KeyId } of Keys) {
      if (!KeyId || !(await carriesStage(client, KeyId, stage))) continue;
      if (await scheduleDeletion(client, KeyId)) retired++;
    }
  }
  return retired;
}

/** Keys whose policy shows us nothing are not ours. */
async function carriesStage(client: KMSClient, KeyId: string, stage: string): Promise<boolean> {
  try {
    const { Tags = [] } = await client.send(new ListResourceTagsCommand({ KeyId }));
    return Tags.some(({ TagKey, TagValue }) => TagKey === "mic:stage" && TagValue === stage);
  } catch (error) {
    if (faultOf("ListResourceTags", error).code === "AccessDeniedException") return false;
    throw error;
  }
}

async function scheduleDeletion(client: KMSClient, KeyId: string): Promise<boolean> {
  try {
    await client.send(new ScheduleKeyDeletionCommand({ KeyId, PendingWindowInDays: 7 }));
    return true;
  } catch (error) {
    if (faultOf("ScheduleKeyDeletion", error).code === "KMSInvalidStateException") return false;
    throw error;
  }
}
