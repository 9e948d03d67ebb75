/**
 * The loopback ports of the local cloud. They are chosen once and kept: the issuer's URL, the queues' URLs and the S3
 * origin are deployed with them.
 */
import { describeHolder } from "./port-holder.ts";
import { readJsonFile, writePrivateJson } from "./private-file.ts";
import { freePort, portIsFree } from "./processes.ts";

export interface Ports {
  /** Web pages, API and sign-in. */
  readonly web: number;
  /** The bytes of S3. */
  readonly s3: number;
  readonly emulator: number;
}

export const preferredPorts: Ports = { web: 8480, s3: 8481, emulator: 8482 };
const names = ["web", "s3", "emulator"] as const;

/** A kept port that someone else took meanwhile. */
export class PortTaken extends Error {
  override readonly name = "PortTaken";
}

export interface ChosenPorts {
  readonly ports: Ports;
  /** What a person should know: preferred ports that were taken, and by whom. */
  readonly notes: readonly string[];
}

/**
 * The ports of an earlier start, or new ones. With `fresh`, earlier ones are forgotten.
 * Throws PortTaken when a kept port is held by another program.
 */
export async function choosePorts(
  file: string,
  { fresh }: { readonly fresh: boolean },
): Promise<ChosenPorts> {
  const kept = fresh ? undefined : await readJsonFile<Ports>(file);
  if (kept) {
    await refuseTaken(kept);
    return { ports: kept, notes: [] };
  }
  const notes: string[] = [];
  const chosen: Record<string, number> = {};
  for (const name of names) chosen[name] = await choose(preferredPorts[name], notes);
  const ports = chosen as unknown as Ports;
  await writePrivateJson(file, ports);
  return { ports, notes };
}

async function choose(preferred: number, notes: string[]): Promise<number> {
  if (await portIsFree(preferred)) return preferred;
  const other = await freePort();
  notes.push(`${await describeHolder(preferred)}; ${other} is used instead`);
  return other;
}

async function refuseTaken(ports: Ports): Promise<void> {
  for (const name of names) {
    if (await portIsFree(ports[name])) continue;
    throw new PortTaken(
      `${await describeHolder(ports[name])}, and this local cloud was deployed with it. ` +
        "Stop that program, or start over on other ports: npm start -- --fresh",
    );
  }
}
