/** What a deployed stage says of itself, whichever cloud it is on. */
import { CloudFormationClient, DescribeStacksCommand } from "@aws-sdk/client-cloudformation";
import type { Names, StackName } from "../../infra/names.ts";

/** Options of any AWS client. Without endpoint and credentials: AWS, as whoever runs this. */
export interface AwsAccess {
  readonly region: string;
  readonly endpoint?: string;
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
}
export interface DeployedStage {
  readonly aws: AwsAccess;
  readonly names: Names;
}

/** Throws when there is no such stack. */
export async function stackOutputs(
  { aws, names }: DeployedStage,
  stack: StackName,
): Promise<Readonly<Record<string, string>>> {
  const client = new CloudFormationClient(aws);
  const { Stacks = [] } = await client.send(new DescribeStacksCommand({ StackName: names.stack(stack) }));
  const outputs = Stacks[0]?.Outputs ?? [];
  return Object.fromEntries(outputs.map(({ OutputKey = "", OutputValue = "" }) => [OutputKey, OutputValue]));
}
