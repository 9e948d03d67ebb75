/**
 * What follows from a batch of the table's stream: derivations are asked for, events go out, counts are rolled up, reports
 * are kept as long as their study. A batch may come again, whole or from a record on: everything here may happen twice.
 */
import { type DeriveMessage, deriveMessageOf } from "../derive/derive-message.ts";
import type { Clock, EventBus, ObjectStore, Queue, Table } from "../ports.ts";
import { extendReportRetention } from "../report/extend-retention.ts";
import { became, type Change, isNew, typeOf } from "./change.ts";
import { eventOf } from "./events-of-change.ts";
import type { InstanceItem, StudyItem } from "./items.ts";
import { type RollUp, rollUps } from "./roll-up-changes.ts";

export interface StreamDependencies {
  readonly table: Table;
  readonly objects: ObjectStore;
  readonly queue: Queue;
  readonly events: EventBus;
  readonly clock: Clock;
}

export interface Failure {
  /** The first record to deliver again. */
  readonly sequence: string;
  readonly cause: unknown;
}

/** Answers the earliest record that must come again; undefined when the whole batch is done. */
export async function applyChanges(
  deps: StreamDependencies,
  changes: readonly Change[],
): Promise<Failure | undefined> {
  const [first] = changes;
  if (!first) return undefined;
  const pieces = [
    { changes: [first], run: () => askForDerivation(deps, changes) },
    { changes: [first], run: () => publish(deps, changes) },
    ...rollUps(deps, changes),
    ...retentions(deps, changes),
  ];
  const settled = await Promise.allSettled(pieces.map((piece) => piece.run()));
  const failures = settled.flatMap((result, index) => {
    if (result.status === "fulfilled") return [];
    const [earliest] = pieces[index]?.changes ?? [];
    return [{ sequence: (earliest ?? first).sequence, cause: result.reason as unknown }];
  });
  const order = new Map(changes.map(({ sequence }, index) => [sequence, index]));
  return failures.toSorted((a, b) => (order.get(a.sequence) ?? 0) - (order.get(b.sequence) ?? 0))[0];
}

/** Emergencies first: a queue keeps no order, but what is sent first is usually taken first. */
async function askForDerivation({ queue }: StreamDependencies, changes: readonly Change[]): Promise<void> {
  const messages = changes
    .filter((change) => typeOf(change) === "instance" && isNew(change))
    .map(({ after }) => deriveMessageOf(after as InstanceItem));
  if (messages.length === 0) return;
  const rank = ({ priority }: DeriveMessage): number => (priority === "stat" ? 0 : 1);
  await queue.send(
    "derive",
    messages.toSorted((a, b) => rank(a) - rank(b)),
  );
}

async function publish({ events }: StreamDependencies, changes: readonly Change[]): Promise<void> {
  const published = changes.flatMap((change) => eventOf(change) ?? []);
  if (published.length > 0) await events.publish(published);
}

/** Not where the date is written: a worker that died after that would leave the reports behind. */
function retentions({ objects, clock }: StreamDependencies, changes: readonly Change[]): readonly RollUp[] {
  const extended = changes.filter(
    (change) => typeOf(change) === "study" && !isNew(change) && became(change, "retainUntil"),
  );
  return extended.map((change) => ({
    changes: [change],
    run: async () => {
      const study = change.after as StudyItem;
      const until = new Date(study.retainUntil);
      if (until > clock.now()) await extendReportRetention(objects, study, until);
    },
  }));
}
