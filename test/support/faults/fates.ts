/** What becomes of a worker's calls to the outside world, call by call. */
import { Transient } from "../../../shared/errors.ts";

export class Killed extends Error {
  override readonly name = "Killed";
}

/**
 * - `done`: it happens, and the worker hears of it
 * - `refused`: nothing happens: a throttle, a cancelled transaction, a 503 that lasted longer than the adapter's retries
 * - `answer-lost`: it happens, and the worker hears that nobody answered
 * - `dies-before`, `dies-after`: the worker ends; from then on nothing it asks happens any more
 */
export type Fate = "done" | "refused" | "answer-lost" | "dies-before" | "dies-after";

/** Members of ports that change something. The others read: for those `answer-lost` is `refused`. */
const changing: ReadonlySet<string> = new Set([
  "write",
  "put",
  "copy",
  "tag",
  "delete",
  "extendRetention",
  "setLegalHold",
  "send",
  "publish",
]);

export interface Call {
  /** Method of the port, such as `write`. */
  readonly name: string;
  readonly changes: boolean;
}

/** Decides the fate of each call. One function for several ports makes them one worker: where it dies, all of them do. */
export type FateOf = (call: Call) => Fate | Promise<Fate>;

/** The same port, each call of which meets its fate. */
export function fated<T extends object>(port: T, worker: { dead: boolean }, fateOf: FateOf): T {
  return new Proxy(port, {
    get(target, member) {
      const method = target[member as keyof T];
      if (typeof method !== "function") return method;
      const call = { name: String(member), changes: changing.has(String(member)) };
      return async (...args: unknown[]) =>
        meet(worker, call, await fateOf(call), () => Promise.resolve(method.apply(target, args)));
    },
  });
}

async function meet(
  worker: { dead: boolean },
  { name, changes }: Call,
  fate: Fate,
  happen: () => Promise<unknown>,
): Promise<unknown> {
  if (worker.dead) throw new Killed();
  if (fate === "done") {
    const answer = await happen();
    if (worker.dead) throw new Killed();
    return answer;
  }
  worker.dead = fate === "dies-before" || fate === "dies-after";
  if (changes && (fate === "dies-after" || fate === "answer-lost")) await happen().catch(() => undefined);
  throw worker.dead ? new Killed() : new Transient(`${name}: nobody answers`);
}
