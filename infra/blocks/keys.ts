/** The keys of a stage itself. Hospitals' keys are made at run time, one a hospital or group, by the network function. */

import { Effect, PolicyStatement, ServicePrincipal, StarPrincipal } from "aws-cdk-lib/aws-iam";
import { Key, KeySpec, KeyUsage } from "aws-cdk-lib/aws-kms";
import { Aws, Duration, RemovalPolicy, Stack } from "aws-cdk-lib/core";
import { Construct } from "constructs";
import { isProduction } from "../config.ts";
import type { Stage } from "../stage.ts";

/**
 * Both are multi-Region from the start, since a key cannot be converted. Neither carries the tag `mic:stage`: that tag is
 * what opens a key to functions that handle hospitals' objects.
 */
export class StageKeys extends Construct {
  /** Tables, queues, derived objects, logs. */
  readonly platform: Key;
  /** Signs reports; its private half never leaves KMS. */
  readonly signing: Key;

  constructor(scope: Construct, id: string, stage: Stage) {
    super(scope, id);
    const production = isProduction(stage.config);
    const kept = {
      multiRegion: true,
      removalPolicy: production ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
      pendingWindow: Duration.days(production ? 30 : 7),
    };
    this.platform = new Key(this, "Platform", {
      ...kept,
      alias: stage.names.keyAlias("platform"),
      description: `Tables, queues, derived objects and logs of ${stage.config.stage}`,
      enableKeyRotation: true,
    });
    this.signing = new Key(this, "Signing", {
      ...kept,
      alias: stage.names.keyAlias("signing"),
      description: `Signs reports of ${stage.config.stage}`,
      keySpec: KeySpec.ECC_NIST_P256,
      keyUsage: KeyUsage.SIGN_VERIFY,
    });
    for (const key of [this.platform, this.signing]) this.refuseOurTags(key);
    this.letServicesWrite(stage);
  }

  /** The tag that opens a key to hospitals' functions can be put on neither, not even by the function that makes tagged keys. */
  private refuseOurTags(key: Key): void {
    key.addToResourcePolicy(
      new PolicyStatement({
        sid: "NeverAHospitalsKey",
        effect: Effect.DENY,
        principals: [new StarPrincipal()],
        actions: ["kms:TagResource"],
        resources: ["*"],
        conditions: { "ForAnyValue:StringLike": { "aws:TagKeys": "mic:*" } },
      }),
    );
  }

  /** S3 notifies encrypted queues, alarms reach the encrypted topic, EventBridge the encrypted dead-letter queue, CloudWatch writes logs. */
  private letServicesWrite(stage: Stage): void {
    const actions = ["kms:Decrypt", "kms:GenerateDataKey*"];
    this.platform.addToResourcePolicy(
      new PolicyStatement({
        sid: "ServicesDeliver",
        principals: ["s3", "cloudwatch", "events"].map((service) => new ServicePrincipal(service)),
        actions,
        resources: ["*"],
        conditions: { StringEquals: { "aws:SourceAccount": Aws.ACCOUNT_ID } },
      }),
    );
    const logGroups = Stack.of(this).formatArn({
      service: "logs",
      resource: `log-group:/*/mic-${stage.config.stage}-*`,
    });
    this.platform.addToResourcePolicy(
      new PolicyStatement({
        sid: "LogsAreEncrypted",
        principals: [new ServicePrincipal(`logs.${Aws.REGION}.${Aws.URL_SUFFIX}`)],
        actions: [...actions, "kms:Encrypt", "kms:ReEncrypt*", "kms:DescribeKey"],
        resources: ["*"],
        conditions: { ArnLike: { "kms:EncryptionContext:aws:logs:arn": logGroups } },
      }),
    );
  }
}
