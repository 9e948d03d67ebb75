/**
 * `npm run test:aws -- --stage dev --users users.json`: the journeys of `npm test` against a stage deployed on AWS, and
 * those in test/journey/aws that only AWS can show. Not part of `npm test`: it needs an account, costs some cents, and
 * leaves made-up patients in the stage, so it refuses a production stage.
 *
 * AWS credentials are taken as by any AWS tool (environment, profile, SSO). They must be allowed to read the stage's
 * stacks and buckets, to make and remove users of its pool, to disable and enable its hospitals' keys, to read its
 * catalog, and to pause its ingest: an administrator of the development account.
 */
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { checkConfig, InvalidConfig } from "../../infra/check-config.ts";
import { type DeploymentConfig, isLocal, isProduction } from "../../infra/config.ts";
import { Names } from "../../infra/names.ts";
import { StepProblem } from "../../local/progress.ts";
import { onboardHospitals } from "../../local/seed.ts";
import type { CloudUnderTest } from "../support/cloud.ts";
import { listedPeople, type Person, signedInPeople, UnusablePeople } from "../support/people-on-aws.ts";
import { type DeployedStage, stackOutputs } from "../support/stage.ts";
import { poolOf } from "../support/user-pool.ts";

const usersVariable = "MIC_AWS_USERS";
const help = `npm run test:aws -- --stage <stage> [--users <file>] [--region <region>] [--only <pattern>]

Runs the journeys against a stage that is deployed on AWS and not production.

  --stage <stage>    the stage, as in config/<stage>.json
  --users <file>     people to act as, JSON; without it the JSON is read from ${usersVariable}
  --region <region>  where the stage is, if not where its config says
  --only <pattern>   only journeys whose file name matches, such as aws/ or key-off
  -h, --help         this

The file lists the people of local/seed-data.ts, each with a token or with a password in the stage's user pool:

  [
    { "username": "technician@xinghe-village", "role": "technician", "hospital": "xinghe-village",
      "login": "technician.xinghe", "password": "…" },
    { "username": "network-operator@network", "role": "network-operator", "accessToken": "…" },
    …
  ]

In a user pool each needs the group of the role, custom:hospital, and custom:licence where the person signs reports;
with another issuer, the claims that docs/deploy.md lists. Tokens must outlive the run: allow an hour.
The three hospitals are made by the network operator when they are not there yet.

AWS credentials come from the environment, as for any AWS tool; use an administrator of the development account.
Exit codes: 0 all passed, 1 a journey failed, 2 wrong arguments, people, stage or credentials.`;

/** Why nothing was run. */
class CannotRun extends Error {
  override readonly name = "CannotRun";
}

interface Arguments {
  readonly stage: string;
  readonly users: string | undefined;
  readonly region: string | undefined;
  readonly only: string | undefined;
}

function readArguments(): Arguments | undefined {
  const options = {
    stage: { type: "string" },
    users: { type: "string" },
    region: { type: "string" },
    only: { type: "string" },
    help: { type: "boolean", short: "h" },
  } as const;
  try {
    const { help: wanted, stage, users, region, only } = parseArgs({ options }).values;
    if (wanted) return undefined;
    if (stage === undefined) throw new CannotRun("Say which stage: --stage dev.");
    return { stage, users, region, only };
  } catch (error) {
    if (error instanceof CannotRun) throw error;
    throw new CannotRun(`${(error as Error).message}. See npm run test:aws -- --help.`, { cause: error });
  }
}

function configOf({ stage, region }: Arguments): DeploymentConfig {
  if (!/^[a-z][a-z0-9]{1,11}$/.test(stage)) throw new CannotRun(`"${stage}" cannot be the name of a stage.`);
  const file = `config/${stage}.json`;
  const written = (() => {
    try {
      return JSON.parse(readFileSync(join(import.meta.dirname, "../..", file), "utf8")) as object;
    } catch (cause) {
      throw new CannotRun(`${file} cannot be read: is ${stage} deployed from here?`, { cause });
    }
  })();
  const config = checkConfig({ ...written, ...(region && { region }) }, file);
  if (isProduction(config))
    throw new CannotRun(
      `${stage} is a production stage: journeys would leave made-up patients in it for years.`,
    );
  if (isLocal(config)) throw new CannotRun("The local cloud is tested by npm test.");
  return config;
}

/** What the journeys are told: the same file as the local cloud writes, without an emulator in it. */
async function describeStage(config: DeploymentConfig, listed: ReturnType<typeof listedPeople>) {
  const { stage, region } = config;
  const deployed: DeployedStage = { aws: { region }, names: new Names(stage) };
  const ask = <T>(answer: Promise<T>): Promise<T> =>
    answer.catch((cause: Error) => {
      throw new CannotRun(`${stage} in ${region} cannot be read from CloudFormation: ${cause.message}`, {
        cause,
      });
    });
  const { WebOrigin: web } = await ask(stackOutputs(deployed, "Services"));
  if (web === undefined) throw new CannotRun(`${deployed.names.stack("Services")} has no output WebOrigin.`);
  const users = await signedInPeople(listed, await ask(poolOf(deployed)));
  return { web, api: `${web}/api`, region, stage, users } satisfies CloudUnderTest;
}

/** A wrong token is told by name here; in fifty failing journeys it would have to be guessed. */
async function checkPeople(api: string, people: readonly Person[]): Promise<void> {
  const wrong: string[] = [];
  for (const { username, role, hospital, accessToken } of people) {
    const answer = await fetch(`${api}/v1/me`, { headers: { authorization: `Bearer ${accessToken}` } }).catch(
      (cause: unknown) => {
        throw new CannotRun(`${api} does not answer.`, { cause });
      },
    );
    const me = answer.ok ? ((await answer.json()) as { roles: string[]; hospital?: string }) : undefined;
    if (!me) wrong.push(`${username}: the token is not accepted (${answer.status})`);
    else if (!me.roles.includes(role) || me.hospital !== hospital)
      wrong.push(
        `${username}: the token says ${me.roles.join(", ") || "no role"} at ${me.hospital ?? "no hospital"}`,
      );
  }
  if (wrong.length > 0) throw new CannotRun(wrong.join("\n"));
}

function runJourneys(cloudFile: string, only: string | undefined): Promise<number> {
  const jest = join(import.meta.dirname, "../../node_modules/jest/bin/jest.js");
  const args = [
    "--experimental-vm-modules",
    "--no-warnings",
    jest,
    "--selectProjects=journey",
    "--runInBand",
  ];
  if (only !== undefined) args.push("--testPathPatterns", `journey/.*${only}`);
  const env = { ...process.env, MIC_CLOUD: cloudFile, MIC_AWS: "1" };
  return new Promise((done, fail) => {
    const child = spawn(process.execPath, args, { stdio: "inherit", env });
    child.on("error", fail);
    child.on("close", (code) => done(code === 0 ? 0 : 1));
  });
}

async function main(): Promise<number> {
  const given = readArguments();
  if (given === undefined) {
    console.log(help);
    return 0;
  }
  const config = configOf(given);
  const cloud = await describeStage(config, listedPeople(given.users, usersVariable));
  await checkPeople(cloud.api, cloud.users);
  await onboardHospitals(cloud.api, cloud.users);
  const folder = mkdtempSync(join(tmpdir(), "mic-aws-"));
  try {
    const file = join(folder, "cloud.json");
    writeFileSync(file, JSON.stringify(cloud), { mode: 0o600 });
    return await runJourneys(file, given.only);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

try {
  process.exitCode = await main();
} catch (error) {
  const expected = [CannotRun, UnusablePeople, InvalidConfig, StepProblem].some(
    (kind) => error instanceof kind,
  );
  if (!expected) throw error;
  console.error((error as Error).message);
  process.exitCode = 2;
}
