/** The only way to make a bucket here: versioned, not public, TLS 1.2 only, and refusing every write that is not SSE-KMS. */

import { Effect, PolicyStatement, StarPrincipal } from "aws-cdk-lib/aws-iam";
import type { IKey } from "aws-cdk-lib/aws-kms";
import {
  BlockPublicAccess,
  Bucket,
  BucketEncryption,
  type CfnBucket,
  type CorsRule,
  type IBucket,
  type LifecycleRule,
  ObjectOwnership,
} from "aws-cdk-lib/aws-s3";
import { RemovalPolicy } from "aws-cdk-lib/core";
import { Construct } from "constructs";
import { isProduction } from "../config.ts";
import type { BucketWord } from "../names.ts";
import type { Stage } from "../stage.ts";

export interface AppBucketProps {
  readonly stage: Stage;
  readonly word: BucketWord;
  /** Left out for public web files and S3's own logs, which S3 can only write with its own key (SSE-S3). */
  readonly key?: IKey;
  readonly accessLogs?: AppBucket;
  readonly lifecycle?: readonly LifecycleRule[];
  readonly cors?: readonly CorsRule[];
  readonly objectLock?: CfnBucket.ObjectLockConfigurationProperty;
}

export class AppBucket extends Construct {
  readonly bucket: IBucket;

  constructor(scope: Construct, id: string, props: AppBucketProps) {
    super(scope, id);
    const { stage, word, key, accessLogs } = props;
    const bucket = new Bucket(this, "Bucket", {
      bucketName: stage.names.bucket(word),
      versioned: true,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      enforceSSL: true,
      minimumTLSVersion: 1.2,
      encryption: key ? BucketEncryption.KMS : BucketEncryption.S3_MANAGED,
      ...(key && { encryptionKey: key, bucketKeyEnabled: true }),
      ...(accessLogs && {
        serverAccessLogsBucket: accessLogs.bucket,
        serverAccessLogsPrefix: `${word}/`,
      }),
      lifecycleRules: [...(props.lifecycle ?? [])],
      cors: [...(props.cors ?? [])],
      removalPolicy: isProduction(stage.config) ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
    });
    // CDK's own types disagree under exactOptionalPropertyTypes: Bucket implements IBucket.
    this.bucket = bucket as IBucket;
    if (props.objectLock) this.lock(props.objectLock);
    if (key) this.refuseOtherEncryption();
  }

  get resource(): CfnBucket {
    return this.bucket.node.defaultChild as CfnBucket;
  }

  private lock(configuration: CfnBucket.ObjectLockConfigurationProperty): void {
    this.resource.objectLockEnabled = true;
    this.resource.objectLockConfiguration = configuration;
  }

  /** A write that names no encryption gets the bucket's own, which is SSE-KMS; any other is refused. */
  private refuseOtherEncryption(): void {
    this.bucket.addToResourcePolicy(
      new PolicyStatement({
        sid: "OnlyKms",
        effect: Effect.DENY,
        principals: [new StarPrincipal()],
        actions: ["s3:PutObject"],
        resources: [this.bucket.arnForObjects("*")],
        conditions: { StringNotEqualsIfExists: { "s3:x-amz-server-side-encryption": "aws:kms" } },
      }),
    );
  }
}
