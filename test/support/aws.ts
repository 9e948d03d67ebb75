/**
 * The cloud beneath the API, for what a journey does as an operator or a fault would: the emulator as its root, or, with
 * MIC_AWS=1, AWS with the credentials of whoever runs the journeys.
 */
import { CloudFormationClient, DescribeStacksCommand } from "@aws-sdk/client-cloudformation";
import { ListBucketsCommand, S3Client } from "@aws-sdk/client-s3";
import { type BucketWord, Names, type StackName } from "../../infra/names.ts";
import { cloud } from "./cloud.ts";

/** A stage deployed on AWS, not the emulator. */
export const onAws = process.env.MIC_AWS === "1";

const root = { accessKeyId: "test", secretAccessKey: "test" };
/** For any AWS client. */
export const aws = {
  region: cloud.region,
  ...(onAws ? {} : { endpoint: cloud.emulator, credentials: root }),
};
export const names = new Names(cloud.stage);
export const s3 = new S3Client({ ...aws, forcePathStyle: !onAws });

/** Environment for a process that calls the cloud as this one does. */
export const awsEnvironment: Readonly<Record<string, string>> = {
  AWS_REGION: cloud.region,
  ...(onAws
    ? {}
    : {
        AWS_ACCESS_KEY_ID: root.accessKeyId,
        AWS_SECRET_ACCESS_KEY: root.secretAccessKey,
        AWS_ENDPOINT_URL: cloud.emulator,
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

/** What a deployed stack says of itself. Throws when there is no such stack. */
export async function stackOutputs(stack: StackName): Promise<Readonly<Record<string, string>>> {
  const client = new CloudFormationClient(aws);
  const { Stacks = [] } = await client.send(new DescribeStacksCommand({ StackName: names.stack(stack) }));
  const outputs = Stacks[0]?.Outputs ?? [];
  return Object.fromEntries(outputs.map(({ OutputKey = "", OutputValue = "" }) => [OutputKey, OutputValue]));
}
