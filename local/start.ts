/** npm start: the whole system on this machine, and the main job through it. */
import { bringUp } from "./bring-up.ts";
import { type Demonstration, demonstrate, type Shown, shownBefore } from "./demo.ts";
import { startDetached } from "./detach.ts";
import { claimInstance, type Instance, keepInstance, releaseInstance, runningInstance } from "./instance.ts";
import { Lifetime } from "./lifetime.ts";
import { readOptions, type StartOptions, usage, WrongOptions } from "./options.ts";
import { shown } from "./places.ts";
import { Progress, StepFailed } from "./progress.ts";
import { summary } from "./summary.ts";

/** Set for the process that `--detach` leaves behind. */
const inBackground = process.send !== undefined;

async function main(): Promise<number> {
  // npm runs scripts in the project's folder; a person means the folder they stand in.
  const options = readOptions(process.argv.slice(2), process.env.INIT_CWD ?? process.cwd());
  if (options.help) return say(usage, 0);
  if (options.detach && !inBackground) {
    const running = await runningInstance();
    return running ? say(alreadyRunning(running), 1) : startDetached();
  }
  const running = await claimInstance();
  return running ? say(alreadyRunning(running), 1) : stayUp(options);
}

/** Answers the exit code when everything it started has ended. */
async function stayUp(options: StartOptions): Promise<number> {
  const lifetime = new Lifetime();
  lifetime.listen({ followParent: !inBackground });
  if (inBackground) process.once("disconnect", () => lifetime.end());
  lifetime.atEnd("Releasing the folder", releaseInstance);
  const progress = new Progress({ signal: lifetime.signal });
  progress.say("Medical Image Cloud, on this machine only\n");
  try {
    const { file, cloud, warm } = await bringUp({ fresh: options.fresh, progress, lifetime });
    const before = warm && !options.folder ? await shownBefore() : undefined;
    const job = { file, progress, folder: options.folder };
    const demo = before ?? (options.demo ? await mainJob(job, lifetime) : undefined);
    progress.say(summary({ cloud: file, detached: inBackground, ...(demo && { shown: demo }) }));
    if (inBackground) tellReady();
    const keepFiles = () => keepInstance(file);
    const died = await Promise.race([
      lifetime.ended().then(() => false),
      death(() => cloud.alive(), lifetime, keepFiles),
    ]);
    if (died) progress.say(`The emulator ended by itself. Its log: ${shown(cloud.log)}`);
    return died ? 1 : 0;
  } catch (error) {
    // A step that failed has told the person already.
    if (!(error instanceof StepFailed)) progress.say(`✗ ${(error as Error).message}`);
    return lifetime.interrupted ? 130 : 1;
  } finally {
    lifetime.end();
    process.stdout.write("Stopping …\n");
    await lifetime.close();
  }
}

/** What it showed. An upload cannot be told to stop half way, but Ctrl-C need not wait for it. */
async function mainJob(job: Demonstration, lifetime: Lifetime): Promise<Shown> {
  const done = await Promise.race([demonstrate(job), lifetime.ended()]);
  if (!done) throw new StepFailed("The main job was stopped");
  return done;
}

/** From here on the process that started this may end. */
function tellReady(): void {
  process.removeAllListeners("disconnect");
  process.send?.("ready", () => process.disconnect());
}

async function death(
  alive: () => Promise<boolean>,
  lifetime: Lifetime,
  meanwhile: () => Promise<void>,
): Promise<boolean> {
  while (!lifetime.signal.aborted) {
    await new Promise((resolve) => setTimeout(resolve, 2000).unref());
    if (!lifetime.signal.aborted) await meanwhile();
    if (!lifetime.signal.aborted && !(await alive())) return true;
  }
  return false;
}

function alreadyRunning({ pid, web }: Instance): string {
  const where = web ? `at ${web}` : "and coming up";
  return `A local cloud is running already, ${where} (process ${pid}). Stop it with npm stop.`;
}

function say(text: string, code: number): number {
  console.log(text);
  return code;
}

try {
  process.exitCode ||= await main();
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = error instanceof WrongOptions ? 2 : 1;
}
// Pooled connections must not keep a stopped cloud's process alive.
process.exit();
