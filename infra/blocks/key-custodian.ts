/**
 * The one role that may end the retention of a production stage's hospital keys. Nothing here assumes it: an administrator
 * of the account does, by name, and CloudTrail says who. docs/runbook.md describes when.
 */

import { AccountRootPrincipal, PolicyDocument, PolicyStatement, Role } from "aws-cdk-lib/aws-iam";
import { Duration, RemovalPolicy, Stack } from "aws-cdk-lib/core";
import { Construct } from "constructs";
import type { Stage } from "../stage.ts";

export class KeyCustodian extends Construct {
  constructor(scope: Construct, id: string, { config, names }: Stage) {
    super(scope, id);
    const role = new Role(this, "Role", {
      roleName: names.keyCustodian,
      description: `Ends the retention of hospitals' keys of ${config.stage}: break glass`,
      // Whom the account's own IAM policies let assume it: its administrators, and no function of ours.
      assumedBy: new AccountRootPrincipal(),
      maxSessionDuration: Duration.hours(1),
      inlinePolicies: {
        EndsRetention: new PolicyDocument({ statements: endingRetention(Stack.of(this), config.stage) }),
      },
    });
    role.applyRemovalPolicy(RemovalPolicy.RETAIN);
  }
}

function endingRetention(stack: Stack, stage: string): PolicyStatement[] {
  const resources = [stack.formatArn({ service: "kms", resource: "key/*" })];
  const ofThisStage = { "aws:ResourceTag/mic:stage": stage };
  return [
    new PolicyStatement({
      actions: [
        "kms:DescribeKey",
        "kms:ListResourceTags",
        "kms:GetKeyPolicy",
        "kms:PutKeyPolicy",
        "kms:CancelKeyDeletion",
      ],
      resources,
      conditions: { StringEquals: ofThisStage },
    }),
    new PolicyStatement({
      actions: ["kms:TagResource", "kms:UntagResource"],
      resources,
      conditions: {
        StringEquals: ofThisStage,
        "ForAllValues:StringEquals": { "aws:TagKeys": ["mic:retention"] },
      },
    }),
    new PolicyStatement({
      // Two steps, so that no single slip deletes 30 years of images: the tag first.
      actions: ["kms:ScheduleKeyDeletion"],
      resources,
      conditions: { StringEquals: { ...ofThisStage, "aws:ResourceTag/mic:retention": "ended" } },
    }),
  ];
}
