/** The KMS key of a group of hospitals, as the account's administrator finds it. */
import { DescribeKeyCommand, KMSClient } from "@aws-sdk/client-kms";
import { aws, names } from "./aws.ts";

/** Key id by its alias: disabling takes no alias. Throws when the group has no key. */
export async function groupKeyId(group: string): Promise<string> {
  const command = new DescribeKeyCommand({ KeyId: `${names.groupKeyAliasPrefix}${group}` });
  const { KeyMetadata } = await new KMSClient(aws).send(command);
  if (KeyMetadata?.KeyId === undefined) throw new Error(`the group ${group} has no key`);
  return KeyMetadata.KeyId;
}
