/**
 * What follows from a batch of the table's stream: derivations are asked for, events go out, counts are rolled up, reports
 * are kept as long as their study. A batch may come again, whole or from a record on: everything here may happen twice.
 */
import { applyText } from "../characters/apply-text.ts";
import { keepChoice } from "../characters/keep-choice.ts";
import { deriveMessageOf } from "../derive/derive-message.ts";
import { KeyUnavailable } from "../errors.ts";
import { issuedTag } from "../object-notes.ts";
import { orderLimits } from "../order/limits.ts";
import { matchingWork } from "../order/matching-work.ts";
import type { Clock, EventBus, Item, ObjectStore, Queue, Table } from "../ports.ts";
import { examineStudy } from "../quality/examine-study.ts";
import { extendReportRetention } from "../report/extend-retention.ts";
import type { ReportVersionItem } from "../report/items.ts";
import { became, type Change, isNew, typeOf } from "./change.ts";
import { eventOf } from "./events-of-change.ts";
import { discards, releases } from "./follow-desk.ts";
import type { InstanceItem, StudyItem } from "./items.ts";
import { reindexing } from "./reindex-study.ts";
import { type RollUp, rollUps } from "./roll-up-changes.ts";

export interface StreamDependencies {
  readonly table: Table;
  readonly objects: ObjectStore;
  readonly queue: Queue;
  readonly events: EventBus;
  readonly clock: Clock;
  /** Days between an order's day and its study's; 3 unless the deployment says otherwise. */
  readonly orderWindowDays?: number | undefined;
}

export interface Failure {
  /** The first record to deliver again. */
  readonly sequence: string;
  readonly cause: unknown;
}

/** A piece of work, with the changes that asked for it. */
type Piece = RollUp;

/**
 * Answers the earliest record that must come again; undefined when the whole batch is done. What no further try can
 * change is set aside for a person to look at, so that one bad item does not hold up its shard for a day.
 */
export async function applyChanges(
  deps: StreamDependencies,
  changes: readonly Change[],
): Promise<Failure | undefined> {
  const [first] = changes;
  if (!first) return undefined;
  const pieces = [
    ...derivations(deps, changes),
    ...publications(deps, changes),
    ...rollUps(deps, changes),
    ...retentions(deps, changes),
    ...issues(deps, changes),
    ...examinations(deps, changes),
    ...reindexing(deps, changes),
    ...matchingWork({ ...deps, windowDays: deps.orderWindowDays ?? orderLimits.orderWindowDays }, changes),
    ...choices(deps, changes),
    ...releases(deps, changes),
    ...discards(deps, changes),
  ];
  const settled = await Promise.all(pieces.map((piece) => settle(deps, piece)));
  const failures = settled.flatMap((failure) => failure ?? []);
  const order = new Map(changes.map(({ sequence }, index) => [sequence, index]));
  return failures.toSorted((a, b) => (order.get(a.sequence) ?? 0) - (order.get(b.sequence) ?? 0))[0];
}

async function settle(deps: StreamDependencies, piece: Piece): Promise<Failure | undefined> {
  const [{ sequence }] = piece.changes as [Change];
  try {
    await piece.run();
    return undefined;
  } catch (error) {
    if (!isHopeless(error)) return { sequence, cause: error };
    return setAside(deps.queue, piece.changes, error).then(
      () => undefined,
      (cause: unknown) => ({ sequence, cause }),
    );
  }
}

/**
 * Thrown by what the item holds, not by a service that is away: trying again ends the same way. A hospital that disables its
 * key may leave it so for good.
 */
function isHopeless(error: unknown): boolean {
  const { code } = error as { readonly code?: unknown };
  return (
    error instanceof TypeError ||
    error instanceof RangeError ||
    error instanceof KeyUnavailable ||
    code === "ValidationException"
  );
}

/** Identifiers only, as in a log. */
async function setAside(queue: Queue, changes: readonly Change[], error: unknown): Promise<void> {
  const bodies = changes.map((change) => {
    const { region, hospital, studyUid, seriesUid, sopUid, uploadId } = (change.after ??
      change.before) as Item;
    const of = { region, hospital, studyUid, seriesUid, sopUid, uploadId };
    return { sequence: change.sequence, type: typeOf(change), error: (error as Error).name, of };
  });
  await queue.send("stream-failures", bodies);
}

/** Emergencies have a queue of their own, so that their frames never wait behind routine work. */
function derivations({ queue }: StreamDependencies, changes: readonly Change[]): readonly Piece[] {
  // Its thumbnail and frames are of its bytes: other bytes in its place, all of it again.
  const instances = changes.filter((change) => typeOf(change) === "instance" && became(change, "sha256"));
  const byQueue = Map.groupBy(instances, ({ after }) =>
    isUrgent(after as InstanceItem) ? "derive-stat" : "derive",
  );
  return [...byQueue].map(([name, group]) => ({
    changes: group,
    run: () =>
      queue.send(
        name,
        group.map(({ after }) => deriveMessageOf(after as InstanceItem)),
      ),
  }));
}

/** An emergency's first derivation; one made again from the archive is nobody's emergency any more. */
const isUrgent = ({ priority, restoredAt }: InstanceItem): boolean =>
  priority === "stat" && restoredAt === undefined;

/** All events of a batch go out together; a change that cannot be told is a piece of its own. */
function publications({ events }: StreamDependencies, changes: readonly Change[]): readonly Piece[] {
  const told = changes.map((change) => ({ change, ...attempt(() => eventOf(change)) }));
  const ready = told.filter(({ value }) => value !== undefined);
  const failed = told.filter(({ error }) => error !== undefined);
  return [
    ...failed.map(({ change, error }) => ({ changes: [change], run: () => Promise.reject(error) })),
    ...(ready.length > 0
      ? [
          {
            changes: ready.map(({ change }) => change),
            run: () => events.publish(ready.flatMap(({ value }) => value ?? [])),
          },
        ]
      : []),
  ];
}

function attempt<T>(make: () => T): { readonly value?: T; readonly error?: unknown } {
  try {
    return { value: make() };
  } catch (error) {
    return { error };
  }
}

/** A character set that was chosen: kept beside the originals, and the study found by its text in it. */
function choices({ table, objects }: StreamDependencies, changes: readonly Change[]): readonly Piece[] {
  const chosen = changes.filter((change) => typeOf(change) === "study" && became(change, "textRevision"));
  const byStudy = Map.groupBy(chosen, ({ after }) => (after as StudyItem).pk);
  return [...byStudy.values()].map((group) => ({
    changes: group,
    run: async () => {
      const study = (group.at(-1) as Change).after as StudyItem;
      await keepChoice(objects, study);
      await applyText(table, study);
    },
  }));
}

/** One a study and batch: it looks at what is there by then. */
function examinations(deps: StreamDependencies, changes: readonly Change[]): readonly Piece[] {
  const asked = changes.filter(
    (change) =>
      typeOf(change) === "study" &&
      (became(change, "completedInstances") || became(change, "examineAskedAt")),
  );
  const byStudy = Map.groupBy(asked, ({ after }) => (after as StudyItem).pk);
  return [...byStudy.values()].map((group) => ({
    changes: group,
    run: () => examineStudy(deps, (group[0] as Change).after as StudyItem),
  }));
}

/** What a report names as signed says so itself: a catalog made again must not name what was never shown. */
function issues({ objects }: StreamDependencies, changes: readonly Change[]): readonly Piece[] {
  const signed = changes.filter(
    (change) => typeOf(change) === "report-version" && became(change, "status", "signed"),
  );
  return signed.map((change) => ({
    changes: [change],
    run: async () => {
      const { signed: signature } = change.after as ReportVersionItem;
      if (signature) await objects.tag({ bucket: "archive", key: signature.objectKey }, issuedTag);
    },
  }));
}

/** Not where the date is written: a worker that died after that would leave the reports behind. */
function retentions({ objects, clock }: StreamDependencies, changes: readonly Change[]): readonly Piece[] {
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
