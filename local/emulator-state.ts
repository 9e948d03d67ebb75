/**
 * Whether what the emulator holds is on disk. It writes all of it when it ends and at no other time, service by service;
 * `running` beside its state lies there from when it answers until that is done (ministack-launcher.py removes it).
 */
import { existsSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Saving a few megabytes takes a second on an idle machine and half a minute on a busy one. */
const stillMs = 60_000;
/** One stop in eight hangs after its state is saved. */
const afterwardsMs = 3000;

/** From here on the emulator holds what is not on disk. `home` is its folder, with `state` in it. */
export function beginRun(home: string): void {
  writeFileSync(join(home, "running"), "", { mode: 0o600 });
}

/** Whether something was, or is, only in the emulator's memory. */
export function unsaved(home: string): boolean {
  return existsSync(join(home, "running"));
}

/**
 * How long a stop may take: answers true while the emulator may go on. As long as its files change it is saving;
 * then it has `still` milliseconds without any change.
 */
export function savePatience(
  home: string,
  { still = stillMs, afterwards = afterwardsMs, now = Date.now } = {},
): () => boolean {
  let before = filesOf(home);
  let changed = now();
  let saved: number | undefined;
  return () => {
    if (!unsaved(home)) {
      saved ??= now();
      return now() - saved < afterwards;
    }
    const files = filesOf(home);
    if (files !== before) changed = now();
    before = files;
    return now() - changed < still;
  };
}

/** What to tell a person when the last run ended without saving; undefined when nothing was lost. */
export function lossOf(home: string): string | undefined {
  if (!unsaved(home)) return undefined;
  const at = timeOf(join(home, "saved"));
  const kept = at ? `what was saved ${new Date(at).toLocaleString("sv")}` : "nothing";
  return (
    "The local cloud did not end cleanly, so its state could not be saved. " +
    `Kept: ${kept}; what changed later is lost. Start over with: npm start -- --fresh`
  );
}

function filesOf(home: string): string {
  const folder = join(home, "state");
  if (!existsSync(folder)) return "";
  return readdirSync(folder)
    .map((name) => `${name} ${timeOf(join(folder, name))}`)
    .join("\n");
}

function timeOf(file: string): number | undefined {
  return statSync(file, { throwIfNoEntry: false })?.mtimeMs;
}
