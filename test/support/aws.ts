/**
 * The cloud beneath the API, for what a journey does as an operator or a fault would: the emulator as its root, or, with
 * MIC_AWS=1, AWS with the credentials of whoever runs the journeys.
 */
import { ListBucketsCommand, S3Client } from "@aws-sdk/client-s3";
import { describe } from "@jest/globals";
import { type BucketWord, Names } from "../../infra/names.ts";
import { cloud } from "./cloud.ts";
import type { AwsAccess } from "./stage.ts";

/** A stage deployed on AWS, not the emulator. */
export const onAws = process.env.MIC_AWS === "1";

const root = { accessKeyId: "test", secretAccessKey: "test" };
export const aws: AwsAccess = {
  region: cloud.region,
  ...(!onAws && cloud.emulator !== undefined && { endpoint: cloud.emulator, credentials: root }),
};
export const names = new Names(cloud.stage);
export const s3 = new S3Client({ ...aws, forcePathStyle: !onAws });

/** For what no emulator shows: elsewhere its tests are skipped, and say by their name how they are run. */
export function describeOnAws(name: string, tests: () => void): void {
  if (onAws) describe(name, tests);
  else describe.skip(`${name} (only on AWS: npm run test:aws -- --stage dev)`, tests);
}

/** Environment for a process that calls the cloud as this one does. */
export const awsEnvironment: Readonly<Record<string, string>> = {
  AWS_REGION: cloud.region,
  ...(aws.endpoint !== undefined && {
    AWS_ACCESS_KEY_ID: root.accessKeyId,
    AWS_SECRET_ACCESS_KEY: root.secretAccessKey,
    AWS_ENDPOINT_URL: aws.endpoint,
  }),
};

/** The stage's bucket: its name ends in the account, which a journey need not know. */
export async function bucketOf(word: BucketWord): Promise<string> {
  const { Buckets = [] } = await s3.send(new ListBucketsCommand({}));
  const prefix = `mic-${cloud.stage}-${word}-`;
  const found = Buckets.find(({ Name = "" }) => Name.startsWith(prefix) && Name.endsWith(cloud.region));
  if (!found?.Name) throw new Error(`no bucket ${prefix}… in ${cloud.region}`);
  return found.Name;
}
