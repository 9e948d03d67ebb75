/**
 * What the Data stack holds, as the other stacks see it: found by name or SSM parameter, and reached only through the
 * `bind…` methods, each of which grants the least a function needs and tells it where to find what it was granted.
 */
import { PolicyStatement } from "aws-cdk-lib/aws-iam";
import { type IQueue, Queue } from "aws-cdk-lib/aws-sqs";
import { StringParameter } from "aws-cdk-lib/aws-ssm";
import { ArnFormat, Stack } from "aws-cdk-lib/core";
import { Construct } from "constructs";
import type { BucketWord, ParameterWord, QueueWord } from "../names.ts";
import type { Stage } from "../stage.ts";
import type { AppFunction } from "./function.ts";

const tableRead = ["dynamodb:GetItem", "dynamodb:BatchGetItem", "dynamodb:Query"];
const tableWrite = [
  "dynamodb:PutItem",
  "dynamodb:UpdateItem",
  "dynamodb:DeleteItem",
  "dynamodb:ConditionCheckItem",
];

/** S3 actions by what a function does with the objects under a prefix. */
const objectActions = {
  /** Names only. */
  list: [],
  read: ["s3:GetObject", "s3:GetObjectVersion"],
  write: ["s3:PutObject"],
  /** `GetObjectRetention`: retention is only ever extended, so it is read first. */
  lock: ["s3:PutObjectRetention", "s3:GetObjectRetention"],
  /** Legal hold, put and lifted. */
  hold: ["s3:PutObjectLegalHold"],
  tag: [
    "s3:PutObjectTagging",
    "s3:PutObjectVersionTagging",
    "s3:GetObjectTagging",
    "s3:GetObjectVersionTagging",
  ],
  tags: ["s3:GetObjectTagging", "s3:GetObjectVersionTagging"],
  /** To see of an object all but change it: its versions, lock, hold and tags. */
  prove: [
    "s3:GetObject",
    "s3:GetObjectVersion",
    "s3:GetObjectRetention",
    "s3:GetObjectLegalHold",
    "s3:GetObjectTagging",
    "s3:GetObjectVersionTagging",
  ],
  delete: ["s3:DeleteObject"],
} as const satisfies Record<string, readonly string[]>;
export type ObjectUse = keyof typeof objectActions;

/** What each use asks of the bucket itself, under the prefix. */
const listingFor: Partial<Record<ObjectUse, readonly string[]>> = {
  list: ["s3:ListBucket"],
  read: ["s3:ListBucket"],
  prove: ["s3:ListBucket", "s3:ListBucketVersions"],
};

export class Stored extends Construct {
  private readonly stage: Stage;

  constructor(scope: Construct, id: string, stage: Stage) {
    super(scope, id);
    this.stage = stage;
  }

  /** A value another stack wrote; deploys fail when it is not there, never at run time. */
  parameter(word: ParameterWord): string {
    return StringParameter.valueForStringParameter(this, this.stage.names.parameter(word));
  }

  queueArn(word: QueueWord): string {
    return this.arn("sqs", this.stage.names.queue(word));
  }

  bucketArn(word: BucketWord): string {
    return this.arn("s3", this.stage.names.bucket(word));
  }

  bindCatalog(fn: AppFunction, use: "read" | "write"): void {
    const actions = use === "read" ? tableRead : [...tableRead, ...tableWrite];
    fn.allow(new PolicyStatement({ actions, resources: [this.tableArn("catalog")] }));
    fn.tell("MIC_TABLES", { catalog: this.stage.names.table("catalog") });
    this.allowPlatformKey(fn);
  }

  /** Records are only ever added; `read` is for the one function that shows them. */
  bindAudit(fn: AppFunction, use: "append" | "read and append"): void {
    const actions = use === "append" ? ["dynamodb:PutItem"] : ["dynamodb:PutItem", ...tableRead];
    fn.allow(new PolicyStatement({ actions, resources: [this.tableArn("audit")] }));
    fn.tell("MIC_TABLES", { audit: this.stage.names.table("audit") });
    this.allowPlatformKey(fn);
  }

  /**
   * `prefixes`: key patterns, such as `routine/*`. Readers may list, or S3 answers 403 for an object that is not
   * there; that question names no prefix, hence `IfExists`.
   */
  bindBucket(
    fn: AppFunction,
    word: BucketWord,
    uses: readonly ObjectUse[],
    prefixes: readonly string[],
  ): void {
    const bucket = this.bucketArn(word);
    const actions = uses.flatMap((use): readonly string[] => objectActions[use]);
    const resources = prefixes.map((prefix) => `${bucket}/${prefix}`);
    if (actions.length > 0) fn.allow(new PolicyStatement({ actions, resources }));
    const listing = [...new Set(uses.flatMap((use) => listingFor[use] ?? []))];
    if (listing.length > 0)
      fn.allow(
        new PolicyStatement({
          actions: listing,
          resources: [bucket],
          ...(!prefixes.includes("*") && {
            conditions: { StringLikeIfExists: { "s3:prefix": [...prefixes] } },
          }),
        }),
      );
    fn.tell("MIC_BUCKETS", { [word]: this.stage.names.bucket(word) });
    this.allowPlatformKey(fn);
  }

  /** Sending is to a queue of the same stack; what is sent lies under the platform key. */
  bindQueue(fn: AppFunction, word: Exclude<QueueWord, "schedule-failures">, queue: IQueue): void {
    fn.allow(new PolicyStatement({ actions: ["sqs:SendMessage"], resources: [queue.queueArn] }));
    fn.tell("MIC_QUEUES", { [word]: queue.queueUrl });
    this.allowPlatformKey(fn);
  }

  /** To see how much waits or failed for good in a queue, and to send the latter back. */
  bindDeadLetters(fn: AppFunction, word: QueueWord): void {
    const queue = Queue.fromQueueArn(this, `Redriven-${word}`, this.queueArn(word));
    const dead = `${queue.queueArn}-dead`;
    fn.allow(
      new PolicyStatement({ actions: ["sqs:SendMessage"], resources: [queue.queueArn] }),
      new PolicyStatement({ actions: ["sqs:ReceiveMessage", "sqs:DeleteMessage"], resources: [dead] }),
      new PolicyStatement({ actions: ["sqs:GetQueueAttributes"], resources: [queue.queueArn, dead] }),
    );
    fn.tell("MIC_QUEUES", { [word]: queue.queueUrl });
    this.allowPlatformKey(fn);
  }

  /**
   * Keys of hospitals are made at run time, so they are known by their tag; no other key carries it. `objects`: only through
   * S3, so that a function that can read the catalog cannot unwrap a report's data key. `reports`: only such data keys,
   * which are bound to hospital and study and to nothing else (shared/report/envelope.ts). Without: whether a key is enabled.
   */
  bindHospitalKeys(
    fn: AppFunction,
    uses: readonly ("encrypt" | "decrypt")[],
    of: "objects" | "reports" = "objects",
  ): void {
    const names = { encrypt: "kms:GenerateDataKey", decrypt: "kms:Decrypt" } as const;
    const tagged = { StringEquals: { "aws:ResourceTag/mic:stage": this.stage.config.stage } };
    const resources = [this.arn("kms", "key/*")];
    fn.allow(new PolicyStatement({ actions: ["kms:DescribeKey"], resources, conditions: tagged }));
    if (uses.length === 0) return;
    const only = of === "objects" ? throughS3(Stack.of(this).region) : ofReports;
    const actions = uses.map((use) => names[use]);
    fn.allow(new PolicyStatement({ actions, resources, conditions: { ...tagged, ...only } }));
  }

  bindSigningKey(fn: AppFunction, actions: readonly ("kms:Sign" | "kms:GetPublicKey")[]): void {
    const key = this.parameter("signing-key-arn");
    fn.allow(new PolicyStatement({ actions: [...actions], resources: [key] }));
    fn.tell("MIC_KEYS", { signing: key });
  }

  /** Tables, queues and derived objects lie under this key; it opens only through those services, never by itself. */
  private allowPlatformKey(fn: AppFunction): void {
    const { region } = Stack.of(this);
    fn.allow(
      new PolicyStatement({
        actions: ["kms:Decrypt", "kms:GenerateDataKey"],
        resources: [this.parameter("platform-key-arn")],
        conditions: {
          StringLike: {
            "kms:ViaService": ["dynamodb", "s3", "sqs"].map((service) => `${service}.${region}.*`),
          },
        },
      }),
    );
  }

  private tableArn(word: "catalog" | "audit"): string {
    return this.arn("dynamodb", `table/${this.stage.names.table(word)}`);
  }

  private arn(service: string, resource: string): string {
    return Stack.of(this).formatArn({
      service,
      resource,
      arnFormat: ArnFormat.NO_RESOURCE_NAME,
      ...(service === "s3" && { region: "", account: "" }),
    });
  }
}

/** Condition: S3 asks KMS on a function's behalf; nobody asks by themselves. */
export const throughS3 = (region: string) => ({ StringLike: { "kms:ViaService": `s3.${region}.*` } });

const ofReports = {
  "ForAllValues:StringEquals": { "kms:EncryptionContextKeys": ["hospital", "study"] },
  Null: { "kms:EncryptionContext:hospital": "false", "kms:EncryptionContext:study": "false" },
};
