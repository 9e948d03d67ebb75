/** LocalStack's own image instead of MiniStack, where Docker and a token are there. The rest of the path is the same. */
import { execFile } from "node:child_process";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import type { CloudOptions, RunningCloud } from "./cloud.ts";
import { places } from "./places.ts";
import { answers } from "./processes.ts";
import { type Detail, StepProblem } from "./progress.ts";

const image = "localstack/localstack:stable";
const startMs = 180_000;
const run = promisify(execFile);

/** Throws StepProblem that says what is missing. */
export async function startLocalStack(options: CloudOptions, detail: Detail): Promise<RunningCloud> {
  const token = process.env.LOCALSTACK_AUTH_TOKEN;
  if (!token)
    throw new StepProblem(
      "LocalStack's image needs LOCALSTACK_AUTH_TOKEN. Set it, or leave LOCAL_CLOUD out.",
    );
  await docker("info").catch((cause: Error) => {
    throw new StepProblem(`Docker does not answer: ${cause.message.split("\n")[1] ?? cause.message}`, {
      cause,
    });
  });
  const name = `medical-image-cloud-${options.port}`;
  const state = join(places.folder, "localstack");
  if (options.fresh) await rm(state, { recursive: true, force: true });
  await mkdir(state, { recursive: true });
  detail("starting its container");
  await docker("rm", "--force", name).catch(() => undefined);
  await docker("run", "--detach", "--rm", "--name", name, ...containerOptions(options, state), image);
  const stop = async (): Promise<void> =>
    void (await docker("stop", "--time", "20", name).catch(() => undefined));
  const endpoint = `http://127.0.0.1:${options.port}`;
  if (!(await becomesReady(`${endpoint}/_localstack/health`))) {
    const log = places.log("localstack");
    const { stdout, stderr } = await docker("logs", name).catch(() => ({ stdout: "", stderr: "" }));
    await writeFile(log, `${stdout}${stderr}`, { mode: 0o600 });
    await stop();
    throw new StepProblem(`LocalStack did not answer within ${startMs / 1000} s.`, { log });
  }
  return {
    name: "LocalStack",
    endpoint,
    region: options.region,
    env: clientEnvironment(endpoint, options.region),
    log: places.log("localstack"),
    alive: () => answers(`${endpoint}/_localstack/health`),
    stop,
  };
}

/** The host's network, so that functions reach the issuer and the front door on the loopback interface. */
function containerOptions({ port, region }: CloudOptions, state: string): string[] {
  const environment = {
    GATEWAY_LISTEN: `127.0.0.1:${port}`,
    LAMBDA_DOCKER_NETWORK: "host",
    ENFORCE_IAM: "1",
    PERSISTENCE: "1",
    AWS_DEFAULT_REGION: region,
  };
  return [
    ["--network", "host"],
    ["--volume", "/var/run/docker.sock:/var/run/docker.sock"],
    ["--volume", `${state}:/var/lib/localstack`],
    // By name only: the value comes from this process's environment and is in no process list.
    ["--env", "LOCALSTACK_AUTH_TOKEN"],
    ...Object.entries(environment).map(([name, value]) => ["--env", `${name}=${value}`]),
  ].flat();
}

function clientEnvironment(endpoint: string, region: string): Record<string, string> {
  return {
    AWS_ENDPOINT_URL: endpoint,
    AWS_ACCESS_KEY_ID: "test",
    AWS_SECRET_ACCESS_KEY: "test",
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_PROFILE: "",
    AWS_SESSION_TOKEN: "",
  };
}

async function becomesReady(url: string): Promise<boolean> {
  const until = Date.now() + startMs;
  while (Date.now() < until) {
    if (await answers(url)) return true;
    await sleep(500);
  }
  return false;
}

const docker = (...args: string[]) => run("docker", args);
