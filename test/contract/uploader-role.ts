/** The uploader role as the stack makes it: a session writes only under its hospital's prefix, only with its group's keys. */
import { AwsClient } from "aws4fetch";
import { environmentCredentials, localEndpoint, region } from "../../shared/aws/cloud.ts";

const roleName = "contract-uploader";
/** IAM replaces it by the session's tag. */
const tag = (name: string): string => `\${aws:PrincipalTag/${name}}`;

export async function createUploaderRole(names: {
  readonly partition: string;
  readonly account: string;
  readonly landing: string;
}): Promise<string> {
  const { partition, account, landing } = names;
  const trusted = {
    Effect: "Allow",
    Principal: { AWS: `arn:${partition}:iam::${account}:root` },
    Action: ["sts:AssumeRole", "sts:TagSession"],
  };
  const object = (priority: string): string =>
    `arn:${partition}:s3:::${landing}/${priority}/${tag("hospital")}/*`;
  const writes = {
    Effect: "Allow",
    Action: ["s3:PutObject", "s3:AbortMultipartUpload", "s3:ListMultipartUploadParts"],
    Resource: [object("routine"), object("stat")],
  };
  const encrypts = {
    Effect: "Allow",
    Action: ["kms:GenerateDataKey", "kms:Decrypt"],
    Resource: `arn:${partition}:kms:*:${account}:key/*`,
    Condition: {
      StringEquals: { "aws:ResourceTag/mic:key-group": tag("key-group") },
      StringLike: { "kms:ViaService": "s3.*" },
    },
  };
  await iam({ Action: "CreateRole", RoleName: roleName, AssumeRolePolicyDocument: document(trusted) });
  await iam({
    Action: "PutRolePolicy",
    RoleName: roleName,
    PolicyName: "uploads",
    PolicyDocument: document(writes, encrypts),
  });
  return `arn:${partition}:iam::${account}:role/${roleName}`;
}

const document = (...statements: readonly object[]): string =>
  JSON.stringify({ Version: "2012-10-17", Statement: statements });

/** IAM's query API: two calls are not worth another SDK client. */
async function iam(parameters: Readonly<Record<string, string>>): Promise<void> {
  const client = new AwsClient({ ...environmentCredentials(), service: "iam", region: region(), retries: 0 });
  const response = await client.fetch(`${localEndpoint()}/`, {
    method: "POST",
    headers: { "content-type": "application/x-www-form-urlencoded" },
    body: new URLSearchParams({ ...parameters, Version: "2010-05-08" }).toString(),
  });
  if (!response.ok) throw new Error(`IAM answered ${response.status}: ${await response.text()}`);
}
