/** Network: onboards hospitals, each with a key of its own or its group's. */

import { PolicyStatement } from "aws-cdk-lib/aws-iam";
import { Stack } from "aws-cdk-lib/core";
import { Construct } from "constructs";
import { ApiFunction } from "../blocks/api-function.ts";
import type { Capability } from "../capability.ts";

export class Network extends Construct {
  readonly api: ApiFunction;

  constructor(scope: Construct, id: string, props: Capability) {
    super(scope, id);
    this.api = new ApiFunction(this, "Api", { ...props, capability: "network" });
    props.stored.bindCatalog(this.api, "write");
    props.stored.bindAudit(this.api, "append");
    this.allowMakingKeys(props);
  }

  /**
   * Makes keys only with this stage's tag, and touches only keys that have it. No service-linked role need be made for
   * multi-Region keys: the stage's own keys, made before, are multi-Region too.
   */
  private allowMakingKeys({ stage }: Capability): void {
    const stack = Stack.of(this);
    const keys = stack.formatArn({ service: "kms", resource: "key/*" });
    const aliases = stack.formatArn({ service: "kms", resource: `${stage.names.groupKeyAliasPrefix}*` });
    const ofThisStage = { StringEquals: { "aws:ResourceTag/mic:stage": stage.config.stage } };
    this.api.allow(
      new PolicyStatement({
        actions: ["kms:CreateKey", "kms:TagResource"],
        resources: ["*"],
        conditions: { StringEquals: { "aws:RequestTag/mic:stage": stage.config.stage } },
      }),
      new PolicyStatement({
        // Tagging and scheduling: the key that lost a race to become its group's, before anything lies under it.
        actions: [
          "kms:DescribeKey",
          "kms:EnableKeyRotation",
          "kms:CreateAlias",
          "kms:TagResource",
          "kms:ScheduleKeyDeletion",
        ],
        resources: [keys],
        conditions: ofThisStage,
      }),
      // AWS checks DescribeKey on the key an alias stands for; the emulator checks it on the alias.
      new PolicyStatement({ actions: ["kms:CreateAlias", "kms:DescribeKey"], resources: [aliases] }),
    );
  }
}
