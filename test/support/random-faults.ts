/** A bad day of a line, the same under the same seed: cuts, and everything else that befalls requests. */
import { expect } from "@jest/globals";
import type { Fault, FaultProxy, Line } from "./fault-proxy.ts";
import { triesOf } from "./line-test.ts";
import { randomFrom } from "./random.ts";

/** From `MIC_SEED`, to have a day again; else another one every time. */
export const seedOfToday = (): number => Number(process.env.MIC_SEED ?? Math.floor(Math.random() * 2 ** 31));

/** How often each thing befalls one of the first `puts` requests to the storage. */
const day = {
  cut: 20,
  "lose-answer": 4,
  corrupt: 4,
  busy: 4,
  expired: 4,
  /** Overtaken by later ones. */
  delay: 8,
} as const;

export function badDay(seed: number, puts: number): NonNullable<Line["onPut"]> {
  const random = randomFrom(seed);
  const order = Array.from({ length: puts }, (_, index) => index);
  for (let at = order.length - 1; at > 0; at--) {
    const other = Math.floor(random() * (at + 1));
    [order[at], order[other]] = [order[other] as number, order[at] as number];
  }
  const kinds = Object.entries(day).flatMap(([kind, count]) =>
    Array<keyof typeof day>(count).fill(kind as keyof typeof day),
  );
  const plan = new Map(kinds.map((kind, index) => [order[index] as number, { kind, part: random() }]));
  let seen = 0;
  return ({ declared }) => {
    const planned = plan.get(seen++);
    return planned && faultOf(planned.kind, planned.part, declared);
  };
}

/** What befalls requests to the API, but for the first: a sixth loses its answer, or meets a gateway that finds nobody. */
export function badCalls(seed: number): NonNullable<Line["onCall"]> {
  const random = randomFrom(seed);
  let calls = 0;
  return () => {
    const part = random();
    if (calls++ === 0 || part > 1 / 6) return undefined;
    return part < 1 / 12 ? { kind: "lose-answer" } : { kind: "answer", status: 502, code: "BadGateway" };
  };
}

function faultOf(kind: keyof typeof day, part: number, declared: number): Fault {
  if (kind === "cut") return { kind, after: Math.floor(part * declared) };
  if (kind === "busy") return { kind: "answer", status: part < 0.5 ? 503 : 500, code: "SlowDown" };
  if (kind === "expired") return { kind: "answer", status: 403, code: "ExpiredToken" };
  return kind === "delay" ? { kind, milliseconds: 500 + part * 1500 } : { kind };
}

/**
 * The rule: what was not befallen by a fault is sent once. `more`: requests that a killed process took with it.
 */
export function expectNothingSentTwice(proxy: FaultProxy, more = 0): void {
  const faults = new Map<string, number>();
  for (const { what, fault } of proxy.puts)
    if (fault !== undefined && fault !== "delay") faults.set(what, (faults.get(what) ?? 0) + 1);
  const beyond = [...triesOf(proxy)].map(([what, tries]) => tries - 1 - (faults.get(what) ?? 0));
  expect(beyond.filter((count) => count > 0).length).toBeLessThanOrEqual(more);
  expect(Math.max(...beyond)).toBeLessThanOrEqual(more > 0 ? 1 : 0);
  expect(proxy.puts.filter(({ fault }) => fault === "cut")).toHaveLength(day.cut);
}
