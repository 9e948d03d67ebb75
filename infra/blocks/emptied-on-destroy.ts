/**
 * Makes `cdk destroy` of a stage that is not production really remove it: every version in every bucket goes, locked in
 * governance mode or not, and the keys made at run time are scheduled for deletion. Never part of a production template.
 */

import { PolicyStatement } from "aws-cdk-lib/aws-iam";
import type { IKey } from "aws-cdk-lib/aws-kms";
import type { IBucket } from "aws-cdk-lib/aws-s3";
import { CustomResource, Duration, Stack } from "aws-cdk-lib/core";
import { Construct } from "constructs";
import type { Stage } from "../stage.ts";
import type { AppBucket } from "./bucket.ts";
import { AppFunction } from "./function.ts";

export interface EmptiedOnDestroyProps {
  readonly stage: Stage;
  readonly buckets: readonly AppBucket[];
  /** Tells apart the functions of two stacks. */
  readonly variant?: string;
  /** Also schedules the deletion of the hospitals' keys, which no stack knows of. */
  readonly retiresKeys?: boolean;
  /** Encrypts the function's log, where the Data stack has not published the platform key yet. */
  readonly logKey?: IKey;
}

export class EmptiedOnDestroy extends Construct {
  constructor(scope: Construct, id: string, props: EmptiedOnDestroyProps) {
    super(scope, id);
    const { stage, buckets, variant, retiresKeys, logKey } = props;
    const fn = new AppFunction(this, "Emptier", {
      stage,
      entry: "functions/data/on-stack-deleted.ts",
      description: "Empties the buckets of a stage that is being destroyed",
      timeout: Duration.minutes(15),
      ...(variant && { variant }),
      ...(logKey && { logKey }),
    });
    for (const { bucket } of buckets) this.allowEmptying(fn, bucket);
    if (retiresKeys) this.allowRetiringKeys(fn, stage);
    const emptied = new CustomResource(this, "Emptied", {
      resourceType: "Custom::EmptiedOnDestroy",
      serviceToken: fn.lambda.functionArn,
      properties: {
        buckets: buckets.map(({ bucket }) => bucket.bucketName),
        ...(retiresKeys && { keysOf: stage.config.stage }),
      },
    });
    emptied.node.addDependency(fn.role, ...buckets);
  }

  private allowEmptying(fn: AppFunction, bucket: IBucket): void {
    fn.allow(
      new PolicyStatement({ actions: ["s3:ListBucketVersions"], resources: [bucket.bucketArn] }),
      new PolicyStatement({
        actions: [
          "s3:DeleteObject",
          "s3:DeleteObjectVersion",
          "s3:BypassGovernanceRetention",
          "s3:PutObjectLegalHold",
        ],
        resources: [bucket.arnForObjects("*")],
      }),
    );
  }

  private allowRetiringKeys(fn: AppFunction, { config }: Stage): void {
    const keys = Stack.of(this).formatArn({ service: "kms", resource: "key/*" });
    fn.allow(
      new PolicyStatement({ actions: ["kms:ListKeys"], resources: ["*"] }),
      new PolicyStatement({ actions: ["kms:ListResourceTags"], resources: [keys] }),
      new PolicyStatement({
        actions: ["kms:ScheduleKeyDeletion"],
        resources: [keys],
        conditions: { StringEquals: { "aws:ResourceTag/mic:stage": config.stage } },
      }),
    );
  }
}
