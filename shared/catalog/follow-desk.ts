/** What follows from decisions at the quarantine desk and on conflicts, from the table's stream: nobody's worker may die in between. */
import { type LandingKey, objectKeys, type Priority } from "../object-keys.ts";
import type { ObjectRef, ObjectStore, Queue, QueueName, Table } from "../ports.ts";
import { type Change, typeOf } from "./change.ts";
import { originsOf } from "./corrected-from.ts";
import type { UploadFileItem, UploadItem } from "./items.ts";
import { keys } from "./keys.ts";

interface Piece {
  readonly changes: readonly Change[];
  run(): Promise<void>;
}

const lanes = { routine: "ingest", stat: "ingest-stat" } as const satisfies Record<Priority, QueueName>;

/** Ingest is woken as S3 would wake it; the ledger's line tells it which bytes to take in. */
export function releases({ queue }: { readonly queue: Queue }, changes: readonly Change[]): readonly Piece[] {
  const released = changes.filter(wasReleased);
  const byLane = Map.groupBy(released, ({ after }) => lanes[priorityOf(after as UploadFileItem)]);
  return [...byLane].map(([lane, group]) => ({
    changes: group,
    run: () =>
      queue.send(
        lane,
        group.map(({ after }) => landedAgain(after as UploadFileItem)),
      ),
  }));
}

function wasReleased(change: Change): boolean {
  if (typeOf(change) !== "upload-file") return false;
  const before = change.before as UploadFileItem | undefined;
  const after = change.after as UploadFileItem | undefined;
  if (after?.state !== "stored" || after.release === undefined) return false;
  return before?.state === "quarantined" || before?.state === "conflict";
}

const priorityOf = ({ release }: UploadFileItem): Priority => release?.priority ?? "routine";

function landedAgain(file: UploadFileItem): unknown {
  const key = objectKeys.landing({ ...file, priority: priorityOf(file) });
  return { Records: [{ s3: { object: { key } } }] };
}

interface DiscardStores {
  readonly table: Table;
  readonly objects: ObjectStore;
}

/** The buckets expire what is tagged. Bytes under a foreign key were never moved out of landing. */
export function discards(stores: DiscardStores, changes: readonly Change[]): readonly Piece[] {
  const discarded = changes.filter(
    (change) =>
      typeOf(change) === "upload-file" &&
      change.after?.discarded !== undefined &&
      change.before?.discarded === undefined,
  );
  return discarded.map((change) => ({
    changes: [change],
    run: () => letExpire(stores, change.after as UploadFileItem),
  }));
}

async function letExpire({ table, objects }: DiscardStores, file: UploadFileItem): Promise<void> {
  const { uploadId, fileId, release } = file;
  const upload = (await table.get(keys.upload(file, uploadId))) as UploadItem | undefined;
  const landing: LandingKey = { ...file, priority: upload?.priority ?? "routine" };
  const aside = [
    objectKeys.quarantine(file, uploadId, fileId),
    ...[release?.object, ...originsOf(release?.correctedFrom)].flatMap((bytes) => bytes?.key ?? []),
  ];
  const refs: readonly ObjectRef[] = [
    ...[...new Set(aside)].map((key) => ({ bucket: "quarantine", key }) as const),
    { bucket: "landing", key: objectKeys.landing(landing) },
  ];
  for (const ref of refs) {
    const { keys: found } = await objects.list(ref.bucket, ref.key);
    // By name: an object under a foreign key answers no HEAD.
    if (found.some(({ key }) => key === ref.key)) await objects.tag(ref, { "mic-state": "processed" });
  }
}
