/** The customer key of a hospital, or of a group of hospitals: made once, found by its alias ever after. */
import {
  CreateAliasCommand,
  CreateKeyCommand,
  DescribeKeyCommand,
  EnableKeyRotationCommand,
  type KMSClient,
} from "@aws-sdk/client-kms";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { Transient } from "../errors.ts";
import { briefly } from "./patience.ts";
import { faultOf, isTransient, type ServiceFault } from "./service-fault.ts";

export interface GroupKeyOptions {
  readonly stage: string;
  /** In production: nobody but the stage's custodian may delete the key, change its policy, or touch our tags on it. */
  readonly retentionGuard: boolean;
  readonly client: KMSClient;
  readonly sts?: STSClient;
}

async function ask<T>(operation: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw faultOf(operation, error);
  }
}

/** Answers the ARN of the group's key; the first call makes it. */
export async function createGroupKey(group: string, options: GroupKeyOptions): Promise<string> {
  const alias = `alias/mic-${options.stage}-group-${group}`;
  try {
    return (await findKey(alias, options)) ?? (await makeKey(group, alias, options));
  } catch (error) {
    const fault = error as ServiceFault;
    if (fault.name !== "ServiceFault" || !isTransient(fault)) throw error;
    throw new Transient(`${fault.operation} did not succeed`, { cause: fault });
  }
}

async function findKey(alias: string, { client }: GroupKeyOptions): Promise<string | undefined> {
  try {
    const command = new DescribeKeyCommand({ KeyId: alias });
    return (await ask("DescribeKey", () => client.send(command))).KeyMetadata?.Arn;
  } catch (error) {
    if ((error as ServiceFault).code === "NotFoundException") return undefined;
    throw error;
  }
}

async function makeKey(group: string, alias: string, options: GroupKeyOptions): Promise<string> {
  const { client, stage } = options;
  const create = new CreateKeyCommand({
    Description: `Images and reports of the hospitals in ${group} (${stage})`,
    // A single-Region key can never become one that another Region can use.
    MultiRegion: true,
    // KMS refuses a policy under which its maker could not change it: under this one only the custodian can.
    BypassPolicyLockoutSafetyCheck: options.retentionGuard,
    Policy: JSON.stringify(await keyPolicy(options)),
    Tags: [
      { TagKey: "mic:stage", TagValue: stage },
      { TagKey: "mic:key-group", TagValue: group },
    ],
  });
  const { KeyMetadata } = await ask("CreateKey", () => client.send(create));
  const arn = KeyMetadata?.Arn;
  if (arn === undefined) throw new Error("CreateKey answered no ARN");
  await ask("EnableKeyRotation", () => client.send(new EnableKeyRotationCommand({ KeyId: arn })));
  try {
    await ask("CreateAlias", () =>
      client.send(new CreateAliasCommand({ AliasName: alias, TargetKeyId: arn })),
    );
    return arn;
  } catch (error) {
    if ((error as ServiceFault).code !== "AlreadyExistsException") throw error;
    // Whoever makes keys deletes none: this one never encrypts anything, and has no alias to be found by.
    return (await findKey(alias, options)) ?? arn;
  }
}

/**
 * IAM policies of the account decide who uses the key; deleting it would delete every image under it. The guard names a
 * role, since KMS does not support `aws:ResourceTag` in key policies (KMS developer guide, "Using tags to control access").
 */
async function keyPolicy(options: GroupKeyOptions): Promise<unknown> {
  const { retentionGuard, stage, sts = new STSClient({ requestHandler: briefly }) } = options;
  const { Arn = "" } = await ask("GetCallerIdentity", () => sts.send(new GetCallerIdentityCommand({})));
  const [, partition, , , account] = Arn.split(":");
  const iam = `arn:${partition}:iam::${account}`;
  const administered = {
    Sid: "AccountAdministers",
    Effect: "Allow",
    Principal: { AWS: `${iam}:root` },
    Action: "kms:*",
    Resource: "*",
  };
  const exceptCustodian = {
    ArnNotEquals: { "aws:PrincipalArn": `${iam}:role/mic-${stage}-key-custodian` },
  };
  const denied = { Effect: "Deny", Principal: { AWS: "*" }, Resource: "*" };
  const kept = {
    ...denied,
    Sid: "OnlyTheCustodianEndsRetention",
    Action: ["kms:ScheduleKeyDeletion", "kms:PutKeyPolicy"],
    Condition: exceptCustodian,
  };
  const named = {
    ...denied,
    Sid: "OnlyTheCustodianChangesItsTags",
    Action: ["kms:TagResource", "kms:UntagResource"],
    Condition: { ...exceptCustodian, "ForAnyValue:StringLike": { "aws:TagKeys": "mic:*" } },
  };
  return {
    Version: "2012-10-17",
    Statement: retentionGuard ? [administered, kept, named] : [administered],
  };
}
