/**
 * Makes `cdk destroy` of a stage that is not production really remove it: every version in every bucket goes, locked in
 * governance mode or not, and the keys made at run time are scheduled for deletion. Never part of a production template.
 */

import { PolicyStatement } from "aws-cdk-lib/aws-iam";
import type { IKey } from "aws-cdk-lib/aws-kms";
import { CustomResource, Duration, Stack } from "aws-cdk-lib/core";
import { Construct } from "constructs";
import type { Stage } from "../stage.ts";
import type { AppBucket } from "./bucket.ts";
import { AppFunction } from "./function.ts";

export interface EmptiedOnDestroyProps {
  readonly stage: Stage;
  readonly buckets: readonly AppBucket[];
  readonly key: IKey;
}

export class EmptiedOnDestroy extends Construct {
  constructor(scope: Construct, id: string, { stage, buckets, key }: EmptiedOnDestroyProps) {
    super(scope, id);
    const fn = new AppFunction(this, "Emptier", {
      stage,
      entry: "functions/data/on-stack-deleted.ts",
      description: "Empties the buckets of a stage that is being destroyed",
      timeout: Duration.minutes(15),
      logKey: key,
    });
    for (const { bucket } of buckets)
      fn.allow(
        new PolicyStatement({ actions: ["s3:ListBucketVersions"], resources: [bucket.bucketArn] }),
        new PolicyStatement({
          actions: ["s3:DeleteObject", "s3:DeleteObjectVersion", "s3:BypassGovernanceRetention"],
          resources: [bucket.arnForObjects("*")],
        }),
      );
    this.allowRetiringKeys(fn, stage);
    const emptied = new CustomResource(this, "Emptied", {
      resourceType: "Custom::EmptiedOnDestroy",
      serviceToken: fn.lambda.functionArn,
      properties: { stage: stage.config.stage, buckets: buckets.map(({ bucket }) => bucket.bucketName) },
    });
    emptied.node.addDependency(fn.role, ...buckets);
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
