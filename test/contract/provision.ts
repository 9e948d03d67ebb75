/** Tables, buckets, keys, queues and the uploader role for the contract suites, made by API as the stacks make them. */
import { CreateTableCommand, DynamoDBClient, waitUntilTableExists } from "@aws-sdk/client-dynamodb";
import {
  CreateEventBusCommand,
  EventBridgeClient,
  PutRuleCommand,
  PutTargetsCommand,
} from "@aws-sdk/client-eventbridge";
import { CreateKeyCommand, KMSClient } from "@aws-sdk/client-kms";
import { CreateBucketCommand, PutBucketVersioningCommand, S3Client } from "@aws-sdk/client-s3";
import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  SetQueueAttributesCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import type { BucketName, TableName } from "../../shared/ports.ts";
import { createUploaderRole } from "./uploader-role.ts";

export interface ContractCloud {
  readonly tables: Record<TableName, string>;
  readonly buckets: Record<BucketName, string>;
  readonly kmsKeyId: string;
  readonly keyGroup: string;
  readonly hospital: string;
  readonly uploaderRoleArn: string;
  readonly queueUrl: string;
  /** Its dead-letter queue is `…-dead`. */
  readonly redrivenQueueUrl: string;
  /** Absent where the emulator has no event bus. */
  readonly events?: { readonly busName: string; readonly source: string; readonly queueUrl: string };
}

const buckets: readonly (readonly [BucketName, { readonly versioned: boolean; readonly lock: boolean }])[] = [
  ["landing", { versioned: true, lock: false }],
  ["archive", { versioned: true, lock: true }],
  ["derived", { versioned: false, lock: false }],
  ["quarantine", { versioned: false, lock: false }],
];

export async function provision(options: { readonly events: boolean }): Promise<ContractCloud> {
  const { Account = "", Arn = "" } = await new STSClient({}).send(new GetCallerIdentityCommand({}));
  const partition = Arn.split(":")[1] ?? "aws";
  const [keyGroup, hospital] = ["county-a", "village"];
  const kmsKeyId = await customerKey(keyGroup);
  const queue = await createQueue("contract-derive");
  const redriven = await createQueue("contract-redriven");
  await createQueue("contract-redriven-dead");
  await createTables();
  await createBuckets();
  return {
    tables: { catalog: "contract-catalog", audit: "contract-audit" },
    buckets: {
      landing: "contract-landing",
      archive: "contract-archive",
      derived: "contract-derived",
      quarantine: "contract-quarantine",
    },
    kmsKeyId,
    keyGroup,
    hospital,
    uploaderRoleArn: await createUploaderRole({
      partition,
      account: Account,
      landing: "contract-landing",
    }),
    queueUrl: queue.url,
    redrivenQueueUrl: redriven.url,
    ...(options.events && { events: await createEvents() }),
  };
}

async function customerKey(keyGroup: string): Promise<string> {
  const command = new CreateKeyCommand({
    MultiRegion: true,
    Tags: [{ TagKey: "mic:key-group", TagValue: keyGroup }],
  });
  return (await new KMSClient({}).send(command)).KeyMetadata?.Arn as string;
}

async function createTables(): Promise<void> {
  const client = new DynamoDBClient({});
  for (const TableName of ["contract-catalog", "contract-audit"]) {
    const command = new CreateTableCommand({
      TableName,
      BillingMode: "PAY_PER_REQUEST",
      AttributeDefinitions: [
        { AttributeName: "pk", AttributeType: "S" },
        { AttributeName: "sk", AttributeType: "S" },
      ],
      KeySchema: [
        { AttributeName: "pk", KeyType: "HASH" },
        { AttributeName: "sk", KeyType: "RANGE" },
      ],
    });
    await client.send(command);
    await waitUntilTableExists({ client, maxWaitTime: 30 }, { TableName });
  }
}

async function createBuckets(): Promise<void> {
  const client = new S3Client({ forcePathStyle: true });
  for (const [name, { versioned, lock }] of buckets) {
    const Bucket = `contract-${name}`;
    await client.send(new CreateBucketCommand({ Bucket, ObjectLockEnabledForBucket: lock }));
    if (!versioned) continue;
    const VersioningConfiguration = { Status: "Enabled" } as const;
    await client.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration }));
  }
}

const sqs = (): SQSClient => new SQSClient({ useQueueUrlAsEndpoint: false });

async function createQueue(QueueName: string): Promise<{ readonly url: string; readonly arn: string }> {
  const { QueueUrl } = await sqs().send(new CreateQueueCommand({ QueueName }));
  const command = new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["QueueArn"] });
  return { url: QueueUrl as string, arn: (await sqs().send(command)).Attributes?.QueueArn as string };
}

/** A bus with one rule that brings everything of our source to a queue. */
async function createEvents(): Promise<NonNullable<ContractCloud["events"]>> {
  const client = new EventBridgeClient({});
  const { url, arn } = await createQueue("contract-events");
  const [EventBusName, source] = ["contract-bus", "medical-image-cloud"];
  await client.send(new CreateEventBusCommand({ Name: EventBusName }));
  const EventPattern = JSON.stringify({ source: [source] });
  const { RuleArn } = await client.send(new PutRuleCommand({ Name: "contract", EventBusName, EventPattern }));
  await allowRule(url, arn, RuleArn as string);
  await client.send(
    new PutTargetsCommand({ Rule: "contract", EventBusName, Targets: [{ Id: "queue", Arn: arn }] }),
  );
  return { busName: EventBusName, source, queueUrl: url };
}

async function allowRule(queueUrl: string, queueArn: string, ruleArn: string): Promise<void> {
  const Policy = JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Principal: "*",
        Action: "sqs:SendMessage",
        Resource: queueArn,
        Condition: { ArnEquals: { "aws:SourceArn": ruleArn } },
      },
    ],
  });
  await sqs().send(new SetQueueAttributesCommand({ QueueUrl: queueUrl, Attributes: { Policy } }));
}
