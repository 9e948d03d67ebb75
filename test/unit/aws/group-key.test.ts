import type { KMSClient } from "@aws-sdk/client-kms";
import type { STSClient } from "@aws-sdk/client-sts";
import { describe, expect, it } from "@jest/globals";
import { createGroupKey } from "../../../shared/aws/group-key.ts";

interface Call {
  readonly operation: string;
  readonly input: Readonly<Record<string, unknown>>;
}
const refusal = (name: string) =>
  Object.assign(new Error(name), { name, $metadata: { httpStatusCode: 400 } });
const sts = {
  send: async () => ({ Arn: "arn:aws-cn:sts::111122223333:assumed-role/onboarding/session" }),
} as unknown as STSClient;

/** A KMS without keys; with `raced`, another call makes the alias first. */
function kms({ raced = false } = {}) {
  const calls: Call[] = [];
  const client = {
    async send(command: { constructor: { name: string }; input: Call["input"] }) {
      const operation = command.constructor.name.replace("Command", "");
      calls.push({ operation, input: command.input });
      const aliasTried = calls.some((call) => call.operation === "CreateAlias");
      if (operation === "DescribeKey" && !aliasTried) throw refusal("NotFoundException");
      if (operation === "DescribeKey") return { KeyMetadata: { Arn: "winner" } };
      if (operation === "CreateAlias" && raced) throw refusal("AlreadyExistsException");
      return { KeyMetadata: { Arn: "made" } };
    },
  } as unknown as KMSClient;
  const find = (operation: string) => calls.find((call) => call.operation === operation)?.input;
  return { client, calls, find };
}

describe("the key of a group of hospitals", () => {
  it("is multi-Region, tagged, named and rotated", async () => {
    const { client, find } = kms();
    expect(await createGroupKey("county-a", { stage: "dev", retentionGuard: false, client, sts })).toBe(
      "made",
    );
    expect(find("CreateKey")).toMatchObject({
      MultiRegion: true,
      Tags: [
        { TagKey: "mic:stage", TagValue: "dev" },
        { TagKey: "mic:key-group", TagValue: "county-a" },
      ],
    });
    expect(find("CreateAlias")).toEqual({ AliasName: "alias/mic-dev-group-county-a", TargetKeyId: "made" });
    expect(find("EnableKeyRotation")).toEqual({ KeyId: "made" });
  });

  it("cannot be deleted in production by anyone but the custodian, who alone may change what says so", async () => {
    const policyOf = async (retentionGuard: boolean) => {
      const { client, find } = kms();
      await createGroupKey("county-a", { stage: "prod", retentionGuard, client, sts });
      return JSON.parse(find("CreateKey")?.Policy as string) as { readonly Statement: readonly object[] };
    };
    const { Statement } = await policyOf(true);
    const exceptCustodian = {
      ArnNotEquals: { "aws:PrincipalArn": "arn:aws-cn:iam::111122223333:role/mic-prod-key-custodian" },
    };
    expect(Statement).toContainEqual(
      expect.objectContaining({
        Effect: "Deny",
        Action: ["kms:ScheduleKeyDeletion", "kms:PutKeyPolicy"],
        Condition: exceptCustodian,
      }),
    );
    expect(Statement).toContainEqual(
      expect.objectContaining({
        Effect: "Deny",
        Action: ["kms:TagResource", "kms:UntagResource"],
        Condition: { ...exceptCustodian, "ForAnyValue:StringLike": { "aws:TagKeys": "mic:*" } },
      }),
    );
    // KMS has no tags to compare in a key policy: such a condition would deny for ever.
    expect(JSON.stringify(Statement)).not.toContain("aws:ResourceTag");
    expect(Statement[0]).toMatchObject({ Principal: { AWS: "arn:aws-cn:iam::111122223333:root" } });
    expect((await policyOf(false)).Statement).toHaveLength(1);
  });

  it("is the one that was named first when two calls race, and no key is ever deleted by whoever makes them", async () => {
    const { client, calls } = kms({ raced: true });
    expect(await createGroupKey("county-a", { stage: "prod", retentionGuard: true, client, sts })).toBe(
      "winner",
    );
    expect(calls.map(({ operation }) => operation)).toEqual([
      "DescribeKey",
      "CreateKey",
      "EnableKeyRotation",
      "CreateAlias",
      "DescribeKey",
    ]);
  });
});
