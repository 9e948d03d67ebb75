/** Deploys the real stacks to the emulator with the real CDK; not again where nothing changed since. */
import { readFile, writeFile } from "node:fs/promises";
import { AwsClient } from "aws4fetch";
import { Names } from "../infra/names.ts";
import { hashInputs } from "./inputs-hash.ts";
import { places, projectRoot } from "./places.ts";
import { readJsonFile } from "./private-file.ts";
import { StepProblem } from "./progress.ts";
import { npmProgram, runNode } from "./run-command.ts";

/** Where the stacks go: what `startEmulator` answers. */
export interface Cloud {
  readonly endpoint: string;
  readonly region: string;
  readonly env: Readonly<Record<string, string>>;
}

const stage = "local";
/** The one account of an emulator. */
const account = "000000000000";
const inputs = ["infra", "functions", "shared", "cdk.json", "package-lock.json"];
const quiet = { CDK_DISABLE_CLI_TELEMETRY: "true" };
const cdk = (...args: string[]): string[] => [
  npmProgram("aws-cdk", "bin", "cdk"),
  ...args,
  "--no-color",
  "--no-notices",
  "--no-version-reporting",
];

/** Changes whenever a deploy would: the code, the stacks, and the config with its ports. */
export async function deploymentHash(): Promise<string> {
  return hashInputs(projectRoot, inputs, await readFile(places.config, "utf8"));
}

/** The hash of what was deployed last; undefined before a deploy has ever succeeded. */
export async function deployedHash(): Promise<string | undefined> {
  return (await readJsonFile<{ hash: string }>(places.deployed))?.hash;
}

export async function rememberDeployed(hash: string): Promise<void> {
  await writeFile(places.deployed, JSON.stringify({ hash }));
}

/** Bundles the functions and writes the templates to a folder of its own: two CDK runs must never share one. */
export async function synthesize(region: string, signal?: AbortSignal): Promise<void> {
  const env = { ...quiet, CDK_DEFAULT_ACCOUNT: account, CDK_DEFAULT_REGION: region };
  const context = ["-c", `stage=${stage}`, "-c", `configFile=${places.config}`];
  await runNode(cdk("synth", "--quiet", "--output", places.assembly, ...context), {
    log: places.log("synth"),
    env,
    ...(signal && { signal }),
  });
}

/**
 * CDK's own bucket and roles, as in any account before its first deploy. Run where no cdk.json is: with an app, CDK would
 * synthesize it first, a second time and beside `synthesize`.
 */
export async function bootstrap({ region, env }: Cloud, signal?: AbortSignal): Promise<void> {
  await runNode(cdk("bootstrap", `aws://${account}/${region}`), {
    log: places.log("bootstrap"),
    env: { ...env, ...quiet },
    cwd: places.logs,
    ...(signal && { signal }),
  });
}

/** Deploys what `synthesize` wrote. */
export async function deploy({ env }: Cloud, signal?: AbortSignal): Promise<void> {
  const how = ["--all", "--require-approval", "never", "--progress", "events", "--app", places.assembly];
  await runNode(cdk("deploy", ...how, "--outputs-file", places.outputs), {
    log: places.log("deploy"),
    env: { ...env, ...quiet },
    ...(signal && { signal }),
  });
}

/** Path of the emulator under which the deployed API answers. */
export async function apiPath(cloud: Cloud): Promise<string> {
  return `/_aws/execute-api/${await parameter(cloud, new Names(stage).parameter("api-id"))}/api`;
}

/** What the deployed API knows its front by. */
export async function frontSecret(cloud: Cloud): Promise<string> {
  const name = new Names(stage).frontSecret;
  const answer = await ask(cloud, "secretsmanager", "secretsmanager.GetSecretValue", { SecretId: name });
  const { SecretString: found } = answer as { SecretString?: string };
  if (!found) throw new StepProblem(`The deployed stacks left no secret ${name}.`);
  return found;
}

async function parameter(cloud: Cloud, name: string): Promise<string> {
  const answer = await ask(cloud, "ssm", "AmazonSSM.GetParameter", { Name: name });
  const { Parameter: found } = answer as { Parameter?: { Value: string } };
  if (!found) throw new StepProblem(`The deployed stacks left no parameter ${name}.`);
  return found.Value;
}

async function ask({ endpoint, region, env }: Cloud, service: string, target: string, body: object) {
  const client = new AwsClient({
    accessKeyId: env.AWS_ACCESS_KEY_ID ?? "",
    secretAccessKey: env.AWS_SECRET_ACCESS_KEY ?? "",
    service,
    region,
    retries: 2,
  });
  const answer = await client.fetch(endpoint, {
    method: "POST",
    headers: { "content-type": "application/x-amz-json-1.1", "x-amz-target": target },
    body: JSON.stringify(body),
  });
  return (await answer.json()) as unknown;
}
