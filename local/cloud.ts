/** The emulated cloud under the local cloud: MiniStack by default, LocalStack's image where LOCAL_CLOUD says so. */
import type { Cloud } from "./deploy.ts";
import { installEmulator, lostBefore, startEmulator } from "./emulator.ts";
import { startLocalStack } from "./localstack-image.ts";
import { places } from "./places.ts";
import { isRunning } from "./processes.ts";
import type { Progress } from "./progress.ts";

export interface RunningCloud extends Cloud {
  readonly name: string;
  /** Certificates to check it against; absent where the machine's own suffice. */
  readonly caBundle?: string;
  readonly pid?: number;
  readonly log: string;
  alive(): Promise<boolean>;
  stop(): Promise<void>;
}

export interface CloudOptions {
  readonly port: number;
  readonly region: string;
  readonly fresh: boolean;
}

const kinds = { ministack: miniStack, localstack: localStack } as const;

/** Installs what is missing and starts it. Throws where LOCAL_CLOUD names neither. */
export async function startCloud(progress: Progress, options: CloudOptions): Promise<RunningCloud> {
  const wanted = process.env.LOCAL_CLOUD || "ministack";
  const start = Object.entries(kinds).find(([name]) => name === wanted)?.[1];
  if (!start) throw new Error(`LOCAL_CLOUD is ${wanted}; it can be ${Object.keys(kinds).join(" or ")}.`);
  return start(progress, options);
}

async function miniStack(progress: Progress, options: CloudOptions): Promise<RunningCloud> {
  const { folder, installed } = places;
  const loss = options.fresh ? undefined : lostBefore(folder);
  if (loss) progress.say(`  ${loss}`);
  const install = () => installEmulator(installed);
  await progress.step("Install the emulator", install, { log: `${installed}/emulator-install.log` });
  const emulator = await progress.step(
    "Start the emulator (TLS and IAM enforced)",
    () => startEmulator({ ...options, folder, installed }),
    { log: `${folder}/emulator.log`, done: ({ endpoint }) => endpoint },
  );
  const alive = async (): Promise<boolean> => isRunning(emulator.pid);
  return { ...emulator, name: "MiniStack", region: options.region, alive };
}

async function localStack(progress: Progress, options: CloudOptions): Promise<RunningCloud> {
  return progress.step("Start LocalStack in Docker", (detail) => startLocalStack(options, detail), {
    done: ({ endpoint }) => endpoint,
  });
}
