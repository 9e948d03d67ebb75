/** From nothing to a running local cloud: emulator, stacks, front door, people, hospitals. */
import { mkdir, rm } from "node:fs/promises";
import { applyDropped } from "./apply-dropped.ts";
import { buildPages, pagesCurrent } from "./build-pages.ts";
import { type RunningCloud, startCloud } from "./cloud.ts";
import { type CloudFile, writeCloudFile } from "./cloud-file.ts";
import {
  apiPath,
  bootstrap,
  deploy,
  deployedHash,
  deploymentHash,
  frontSecret,
  rememberDeployed,
  synthesize,
} from "./deploy.ts";
import { type Behind, type FrontDoor, openFrontDoor } from "./front-door/front-door.ts";
import { keepFunctionLogs } from "./function-logs.ts";
import { recordInstance } from "./instance.ts";
import { type Account, AccountDirectory, loadAccounts } from "./issuer/accounts.ts";
import { createIssuer } from "./issuer/interactions.ts";
import { createProvider } from "./issuer/provider.ts";
import { type IssuerSecrets, loadIssuerSecrets } from "./issuer/secrets.ts";
import type { Lifetime } from "./lifetime.ts";
import { type Origins, originsOf, writeLocalConfig } from "./local-config.ts";
import { places } from "./places.ts";
import { choosePorts, type Ports } from "./ports.ts";
import type { Progress } from "./progress.ts";
import { onboardHospitals, type SignedIn, signEverybodyIn } from "./seed.ts";
import { seedUsers } from "./seed-data.ts";

export interface BringUp {
  readonly fresh: boolean;
  readonly progress: Progress;
  readonly lifetime: Lifetime;
}
export interface Up {
  readonly file: CloudFile;
  readonly cloud: RunningCloud;
  /** Nothing was deployed, since nothing changed. */
  readonly warm: boolean;
}

const gatewayHospital = "xinghe-village";

export async function bringUp(options: BringUp): Promise<Up> {
  const { fresh, progress, lifetime } = options;
  if (fresh) await forget();
  await mkdir(places.logs, { recursive: true, mode: 0o700 });
  const { ports, notes } = await choosePorts(places.ports, { fresh });
  for (const note of notes) progress.say(`  ${note}`);
  const door = await openFrontDoor({ ports, pages: places.pages });
  lifetime.atEnd("Closing the front door", () => door.close());
  const { region } = await writeLocalConfig(originsOf(ports));
  const hash = await deploymentHash();
  const deployed = await deployedHash();
  const unchanged = deployed === hash;

  const [cloud] = await together(lifetime, [
    // A first deploy that was interrupted leaves stacks nothing can be deployed over.
    startUnderneath({ ...options, fresh: deployed === undefined }, ports, region, unchanged),
    unchanged
      ? undefined
      : progress.step(
          "Bundle the functions, write the templates",
          () => synthesize(region, lifetime.signal),
          { log: places.log("synth") },
        ),
    (await pagesCurrent())
      ? undefined
      : progress.step("Build the web pages", () => buildPages(lifetime.signal), { log: places.log("web") }),
  ]);
  const secrets = await loadIssuerSecrets(places.issuer);
  const accounts = await loadAccounts(places.accounts, seedUsers);
  door.connect(behindDoor(ports, cloud, accounts, secrets));
  if (!unchanged) await deployStacks(options, cloud, hash);
  door.connectApi(await apiPath(cloud), await frontSecret(cloud));
  const people = await seed(progress, originsOf(ports), accounts);
  const file = describe({ door, cloud, people, secrets, issuer: originsOf(ports).issuer });
  await writeCloudFile(file);
  return { file, cloud, warm: unchanged };
}

/** Everybody signed in through the issuer, the hospitals made through the API. */
async function seed(
  progress: Progress,
  { web, issuer }: Origins,
  accounts: readonly Account[],
): Promise<readonly SignedIn[]> {
  const people = await progress.step("Sign everybody in", () => signEverybodyIn(issuer, accounts), {
    done: (all) => `${all.length} people`,
  });
  await progress.step("Three hospitals: village, county, city", () => onboardHospitals(`${web}/api`, people));
  return people;
}

/** Everything but what was installed. */
async function forget(): Promise<void> {
  const { accounts, issuer, ports, config, outputs, deployed, assembly, cloud, demo, log } = places;
  const files = [accounts, issuer, ports, config, outputs, deployed, assembly, cloud, demo, log("functions")];
  await Promise.all(files.map((file) => rm(file, { recursive: true, force: true })));
}

/** The emulator, and in it what CDK needs before a deploy. */
async function startUnderneath(
  { fresh, progress, lifetime }: BringUp,
  ports: Ports,
  region: string,
  unchanged: boolean,
): Promise<RunningCloud> {
  const cloud = await startCloud(progress, { port: ports.emulator, region, fresh });
  lifetime.atEnd("Stopping the emulator", () => cloud.stop());
  const logs = keepFunctionLogs(cloud, places.log("functions"), lifetime.signal);
  lifetime.atEnd("Keeping what the functions logged", () => logs.close());
  await recordInstance({
    web: originsOf(ports).web,
    ...(cloud.pid !== undefined && { emulatorPid: cloud.pid }),
  });
  if (!unchanged)
    await progress.step("Bootstrap CDK", () => bootstrap(cloud, lifetime.signal), {
      log: places.log("bootstrap"),
    });
  return cloud;
}

function behindDoor(
  ports: Ports,
  { endpoint, caBundle }: RunningCloud,
  accounts: readonly Account[],
  secrets: IssuerSecrets,
): Behind {
  const { web, issuer } = originsOf(ports);
  const directory = new AccountDirectory(accounts);
  const provider = createProvider({ issuer, web, directory, secrets, gatewayHospital });
  return {
    issuer: createIssuer(provider, directory, "/idp"),
    endpoint,
    ...(caBundle !== undefined && { caBundle }),
  };
}

async function deployStacks(
  { progress, lifetime }: BringUp,
  cloud: RunningCloud,
  hash: string,
): Promise<void> {
  await progress.step("Deploy the stacks", () => deploy(cloud, lifetime.signal), {
    log: places.log("deploy"),
  });
  await progress.step("Apply what the emulator's CloudFormation leaves out", () =>
    applyDropped(cloud, places.assembly),
  );
  await rememberDeployed(hash);
}

interface Facts {
  readonly door: FrontDoor;
  readonly cloud: RunningCloud;
  readonly people: readonly SignedIn[];
  readonly secrets: IssuerSecrets;
  readonly issuer: string;
}

function describe({ door, cloud, people, secrets, issuer }: Facts): CloudFile {
  return {
    web: door.web,
    api: `${door.web}/api`,
    emulator: cloud.endpoint,
    region: cloud.region,
    users: people,
    s3: door.s3,
    issuer,
    ...(cloud.caBundle !== undefined && { caBundle: cloud.caBundle }),
    stage: "local",
    logs: places.logs,
    pids: { frontDoor: process.pid, ...(cloud.pid !== undefined && { emulator: cloud.pid }) },
    gateway: { clientId: "mic-gateway", clientSecret: secrets.gatewaySecret, hospital: gatewayHospital },
  };
}

/** Side by side; when one fails the others are told to end and are waited for, so that nothing is left running. */
async function together<A>(
  lifetime: Lifetime,
  [first, ...others]: readonly [Promise<A>, ...(Promise<unknown> | undefined)[]],
): Promise<[A]> {
  const all = [first, ...others].map((work) =>
    Promise.resolve(work).catch((error: unknown) => {
      lifetime.end();
      throw error;
    }),
  );
  const results = await Promise.allSettled(all);
  const failed = results.find((result) => result.status === "rejected");
  if (failed) throw failed.reason;
  return [await first];
}
