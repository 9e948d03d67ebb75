/** The customer key of a hospital, or of a group of hospitals: made once, found by its alias ever after. */
import {
  CreateAliasCommand,
  CreateKeyCommand,
  DescribeKeyCommand,
  EnableKeyRotationCommand,
  type KMSClient,
  ScheduleKeyDeletionCommand,
  TagResourceCommand,
} from "@aws-sdk/client-kms";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { Transient } from "../errors.ts";
import { faultOf, isTransient, type ServiceFault } from "./service-fault.ts";

export interface GroupKeyOptions {
  readonly stage: string;
  readonly retentionGuard: boolean;
  readonly client: KMSClient;
  readonly sts?: STSClient;
}

/** The tag that says nothing stored under a key has to be kept any longer. */
const retentionTag = "mic:retention";
const retentionEnded = "ended";

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
    await discard(arn, client);
    return (await findKey(alias, options)) ?? arn;
  }
}

/** Another call made the group's key meanwhile: this one never encrypted anything. */
async function discard(arn: string, client: KMSClient): Promise<void> {
  const Tags = [{ TagKey: retentionTag, TagValue: retentionEnded }];
  await ask("TagResource", () => client.send(new TagResourceCommand({ KeyId: arn, Tags })));
  const command = new ScheduleKeyDeletionCommand({ KeyId: arn, PendingWindowInDays: 7 });
  await ask("ScheduleKeyDeletion", () => client.send(command));
}

/** IAM policies of the account decide who uses the key; deleting it would delete every image under it. */
async function keyPolicy({ retentionGuard, sts = new STSClient({}) }: GroupKeyOptions): Promise<unknown> {
  const { Arn = "" } = await ask("GetCallerIdentity", () => sts.send(new GetCallerIdentityCommand({})));
  const [, partition, , , account] = Arn.split(":");
  const administered = {
    Sid: "AccountAdministers",
    Effect: "Allow",
    Principal: { AWS: `arn:${partition}:iam::${account}:root` },
    Action: "kms:*",
    Resource: "*",
  };
  const kept = {
    Sid: "KeptWhileRetentionStands",
    Effect: "Deny",
    Principal: { AWS: "*" },
    Action: "kms:ScheduleKeyDeletion",
    Resource: "*",
    Condition: { StringNotEquals: { [`aws:ResourceTag/${retentionTag}`]: retentionEnded } },
  };
  return { Version: "2012-10-17", Statement: retentionGuard ? [administered, kept] : [administered] };
}
