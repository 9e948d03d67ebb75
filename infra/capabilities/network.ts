/** Network: onboards hospitals, each with a key of its own or its group's, and does again what failed for good. */

import { PolicyStatement } from "aws-cdk-lib/aws-iam";
import { Stack } from "aws-cdk-lib/core";
import { Construct } from "constructs";
import { redrivenQueues } from "../../shared/ports.ts";
import { ApiFunction } from "../blocks/api-function.ts";
import type { Capability } from "../capability.ts";

export class Network extends Construct {
  readonly api: ApiFunction;

  constructor(scope: Construct, id: string, props: Capability) {
    super(scope, id);
    this.api = new ApiFunction(this, "Api", { ...props, capability: "network" });
    props.stored.bindCatalog(this.api, "write");
    props.stored.bindAudit(this.api, "append");
    for (const word of redrivenQueues) props.stored.bindDeadLetters(this.api, word);
    this.allowMakingKeys(props);
  }

  /**
   * Makes keys only with this stage's tag, tags nothing that has it, and can neither delete a key nor change a policy: code
   * behind a public route must never be able to destroy what lies under a key. No service-linked role need be made for
   * multi-Region keys: the stage's own keys, made before, are multi-Region too.
   */
  private allowMakingKeys({ stage }: Capability): void {
    const stack = Stack.of(this);
    const keys = stack.formatArn({ service: "kms", resource: "key/*" });
    const aliases = stack.formatArn({ service: "kms", resource: `${stage.names.groupKeyAliasPrefix}*` });
    const tag = stage.config.stage;
    this.api.allow(
      new PolicyStatement({
        actions: ["kms:CreateKey"],
        resources: ["*"],
        conditions: { StringEquals: { "aws:RequestTag/mic:stage": tag } },
      }),
      new PolicyStatement({
        // As part of CreateKey, when the key has no tag yet.
        actions: ["kms:TagResource"],
        resources: ["*"],
        conditions: {
          StringEquals: { "aws:RequestTag/mic:stage": tag },
          "ForAllValues:StringEquals": { "aws:TagKeys": ["mic:stage", "mic:key-group"] },
          Null: { "aws:ResourceTag/mic:stage": "true" },
        },
      }),
      new PolicyStatement({
        actions: ["kms:DescribeKey", "kms:EnableKeyRotation", "kms:CreateAlias"],
        resources: [keys],
        conditions: { StringEquals: { "aws:ResourceTag/mic:stage": tag } },
      }),
      // AWS checks DescribeKey on the key an alias stands for; the emulator checks it on the alias.
      new PolicyStatement({ actions: ["kms:CreateAlias", "kms:DescribeKey"], resources: [aliases] }),
    );
  }
}
