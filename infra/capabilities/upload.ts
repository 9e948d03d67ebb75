/** Upload: announces files and signs the requests that put them into landing, with a role bound to one hospital. */

import {
  ArnPrincipal,
  Effect,
  PolicyDocument,
  PolicyStatement,
  Role,
  SessionTagsPrincipal,
} from "aws-cdk-lib/aws-iam";
import { ArnFormat, Duration, Stack } from "aws-cdk-lib/core";
import { Construct } from "constructs";
import { ApiFunction } from "../blocks/api-function.ts";
import { throughS3 } from "../blocks/stored.ts";
import type { Capability } from "../capability.ts";

/** A tag of the session, which only the upload function can set, as a policy names it. */
const sessionTag = (name: "hospital" | "key-group"): string => ["$", `{aws:PrincipalTag/${name}}`].join("");

export class Upload extends Construct {
  readonly api: ApiFunction;

  constructor(scope: Construct, id: string, props: Capability) {
    super(scope, id);
    const { stored } = props;
    this.api = new ApiFunction(this, "Api", { ...props, capability: "upload" });
    stored.bindCatalog(this.api, "write");
    stored.bindAudit(this.api, "append");
    stored.bindHospitalKeys(this.api, []);
    const uploader = this.uploader(props);
    this.api.allow(
      new PolicyStatement({ actions: ["sts:AssumeRole", "sts:TagSession"], resources: [uploader.roleArn] }),
    );
    // Whether a file has landed; what is in it only ingest may read.
    stored.bindBucket(this.api, "landing", ["list"], ["routine/*", "stat/*"]);
    this.api.tell("MIC_UPLOADER_ROLE", uploader.roleArn);
  }

  /** One role for all hospitals: a bucket policy (20 KB) cannot list 1,500 keys, a session's tags can name one. */
  private uploader({ stage, stored }: Capability): Role {
    const landing = stored.bucketArn("landing");
    return new Role(this, "Uploader", {
      description: "Writes landing objects of the hospital its session is tagged with",
      assumedBy: new SessionTagsPrincipal(
        new ArnPrincipal(this.api.role.roleArn).withConditions({
          StringLike: { "aws:RequestTag/hospital": "?*", "aws:RequestTag/key-group": "?*" },
          "ForAllValues:StringEquals": { "aws:TagKeys": ["hospital", "key-group"] },
        }),
      ),
      maxSessionDuration: Duration.hours(1),
      inlinePolicies: {
        Landing: new PolicyDocument({
          statements: [
            new PolicyStatement({
              effect: Effect.ALLOW,
              actions: ["s3:PutObject", "s3:AbortMultipartUpload", "s3:ListMultipartUploadParts"],
              resources: ["routine", "stat"].map((lane) => `${landing}/${lane}/${sessionTag("hospital")}/*`),
            }),
            new PolicyStatement({
              actions: ["kms:GenerateDataKey", "kms:Decrypt"],
              resources: [
                Stack.of(this).formatArn({
                  service: "kms",
                  resource: "key",
                  resourceName: "*",
                  arnFormat: ArnFormat.SLASH_RESOURCE_NAME,
                }),
              ],
              conditions: {
                StringEquals: {
                  "aws:ResourceTag/mic:stage": stage.config.stage,
                  "aws:ResourceTag/mic:key-group": sessionTag("key-group"),
                },
                ...throughS3(Stack.of(this).region),
              },
            }),
          ],
        }),
      },
    });
  }
}
