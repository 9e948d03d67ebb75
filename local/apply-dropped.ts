/**
 * What the emulator's CloudFormation leaves out of the templates (docs/decisions/what-the-emulator-drops.md) is applied by
 * API after a deploy, from the same templates: encryption, Object Lock, lifecycle, TTL, PITR, reserved concurrency.
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import {
  DynamoDBClient,
  UpdateContinuousBackupsCommand,
  UpdateTimeToLiveCommand,
} from "@aws-sdk/client-dynamodb";
import {
  PutBucketEncryptionCommand,
  PutBucketLifecycleConfigurationCommand,
  PutObjectLockConfigurationCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { AwsClient } from "aws4fetch";
import {
  type BucketEncryption,
  encryptionOf,
  type Lifecycle,
  type LockConfiguration,
  lifecycleOf,
} from "./template-shapes.ts";
import { type Resource, resolveTemplate, type Template } from "./template-values.ts";

/** The emulator, as `startEmulator` answers it. */
export interface DeployedTo {
  readonly endpoint: string;
  readonly region: string;
  readonly env: Readonly<Record<string, string>>;
}

interface Clients {
  readonly s3: S3Client;
  readonly dynamo: DynamoDBClient;
  readonly signed: AwsClient;
  readonly endpoint: string;
}
type Apply = (properties: Record<string, unknown>, clients: Clients) => Promise<void>;

const appliers: Readonly<Record<string, Apply>> = {
  "AWS::S3::Bucket": applyToBucket,
  "AWS::DynamoDB::Table": applyToTable,
  "AWS::Lambda::Function": applyToFunction,
};

/** `assembly`: the folder CDK synthesized into. Safe to repeat. Answers how many resources were completed. */
export async function applyDropped(cloud: DeployedTo, assembly: string): Promise<number> {
  const clients = clientsOf(cloud);
  const resources: Resource[] = [];
  for (const template of await templatesOf(assembly))
    resources.push(...(await resolveTemplate(template, cloud.region, (name) => parameter(clients, name))));
  const known = resources.filter(({ Type }) => Type in appliers);
  for (const { Type, Properties } of known) await appliers[Type]?.(Properties, clients);
  return known.length;
}

/** The folder may hold templates of earlier runs: the manifest names the ones of the last. */
async function templatesOf(assembly: string): Promise<readonly Template[]> {
  const read = async (file: string) => JSON.parse(await readFile(join(assembly, file), "utf8"));
  const { artifacts } = (await read("manifest.json")) as Manifest;
  const stacks = Object.values(artifacts).filter(({ type }) => type === "aws:cloudformation:stack");
  return Promise.all(stacks.map(({ properties }) => read(properties.templateFile) as Promise<Template>));
}

interface Manifest {
  readonly artifacts: Readonly<
    Record<string, { readonly type: string; readonly properties: { readonly templateFile: string } }>
  >;
}

function clientsOf({ endpoint, region, env }: DeployedTo): Clients {
  const credentials = {
    accessKeyId: env.AWS_ACCESS_KEY_ID ?? "test",
    secretAccessKey: env.AWS_SECRET_ACCESS_KEY ?? "test",
  };
  const options = { endpoint, region, credentials };
  return {
    endpoint,
    s3: new S3Client({ ...options, forcePathStyle: true }),
    dynamo: new DynamoDBClient(options),
    signed: new AwsClient({ ...credentials, region, retries: 2 }),
  };
}

async function applyToBucket(properties: Record<string, unknown>, { s3 }: Clients): Promise<void> {
  const Bucket = properties.BucketName as string;
  const { BucketEncryption, ObjectLockConfiguration, LifecycleConfiguration } = properties;
  if (BucketEncryption)
    await s3.send(
      new PutBucketEncryptionCommand({
        Bucket,
        ServerSideEncryptionConfiguration: encryptionOf(BucketEncryption as BucketEncryption),
      }),
    );
  if (ObjectLockConfiguration)
    await s3.send(
      new PutObjectLockConfigurationCommand({
        Bucket,
        ObjectLockConfiguration: ObjectLockConfiguration as LockConfiguration,
      }),
    );
  if (LifecycleConfiguration)
    await s3.send(
      new PutBucketLifecycleConfigurationCommand({
        Bucket,
        LifecycleConfiguration: lifecycleOf(LifecycleConfiguration as Lifecycle),
      }),
    );
}

async function applyToTable(properties: Record<string, unknown>, { dynamo }: Clients): Promise<void> {
  const TableName = properties.TableName as string;
  const ttl = properties.TimeToLiveSpecification as { AttributeName: string; Enabled: boolean } | undefined;
  if (ttl) {
    const command = new UpdateTimeToLiveCommand({ TableName, TimeToLiveSpecification: ttl });
    await dynamo.send(command).catch(alreadySo);
  }
  if (properties.PointInTimeRecoverySpecification)
    await dynamo.send(
      new UpdateContinuousBackupsCommand({
        TableName,
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      }),
    );
}

/** DynamoDB refuses to turn TTL on twice. */
function alreadySo(error: Error): void {
  if (error.name !== "ValidationException") throw error;
}

async function applyToFunction(
  properties: Record<string, unknown>,
  { signed, endpoint }: Clients,
): Promise<void> {
  const ReservedConcurrentExecutions = properties.ReservedConcurrentExecutions;
  if (ReservedConcurrentExecutions === undefined) return;
  const url = `${endpoint}/2017-10-31/functions/${properties.FunctionName}/concurrency`;
  const body = JSON.stringify({ ReservedConcurrentExecutions });
  await succeeded(await signed.fetch(url, { method: "PUT", body, aws: { service: "lambda" } }));
}

async function parameter({ signed, endpoint }: Clients, Name: string): Promise<string> {
  const answer = await signed.fetch(endpoint, {
    method: "POST",
    headers: { "content-type": "application/x-amz-json-1.1", "x-amz-target": "AmazonSSM.GetParameter" },
    body: JSON.stringify({ Name }),
    aws: { service: "ssm" },
  });
  await succeeded(answer);
  return ((await answer.json()) as { Parameter: { Value: string } }).Parameter.Value;
}

async function succeeded(answer: Response): Promise<void> {
  if (!answer.ok) throw new Error(`The emulator answered ${answer.status}: ${await answer.text()}`);
}
