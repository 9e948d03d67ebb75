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

interface ReleaseStores {
  readonly queue: Queue;
  readonly objects: ObjectStore;
}

/** Ingest is woken as S3 would wake it; the ledger's line tells it which bytes to take in. */
export function releases({ queue, objects }: ReleaseStores, changes: readonly Change[]): readonly Piece[] {
  const released = changes.filter(wasReleased);
  const byLane = Map.groupBy(released, ({ after }) => lanes[priorityOf(after as UploadFileItem)]);
  return [...byLane].map(([lane, group]) => ({
    changes: group,
    async run() {
      const files = group.map(({ after }) => after as UploadFileItem);
      await Promise.all(files.map((file) => keepUntilTaken(objects, file)));
      await queue.send(lane, files.map(landedAgain));
    },
  }));
}

/**
 * What waited expires by its age; what somebody decided to take in must not, however long ingest is held up. Records come
 * twice: what ingest has let go of stays let go of.
 */
async function keepUntilTaken(objects: ObjectStore, file: UploadFileItem): Promise<void> {
  for (const key of asideOf(file)) {
    const ref = { bucket: "quarantine", key } as const;
    if (!(await isListed(objects, ref))) continue;
    const tags = await objects.tagsOf(ref);
    if (tags["mic-state"] !== "processed") await objects.tag(ref, { "mic-state": "taken" });
  }
}

/** Objects of the quarantine bucket that hold the file's bytes, or what a copy was made of. */
function asideOf(file: UploadFileItem): readonly string[] {
  const { uploadId, fileId, release } = file;
  const named = [release?.object, ...originsOf(release?.correctedFrom)].flatMap((one) => one?.key ?? []);
  return [...new Set([objectKeys.quarantine(file, uploadId, fileId), ...named])];
}

/** By name: an object under a foreign key answers no HEAD. */
async function isListed(objects: ObjectStore, { bucket, key }: ObjectRef): Promise<boolean> {
  const { keys: found } = await objects.list(bucket, key);
  return found.some((one) => one.key === key);
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
  const upload = (await table.get(keys.upload(file, file.uploadId))) as UploadItem | undefined;
  const landing: LandingKey = { ...file, priority: upload?.priority ?? "routine" };
  const refs: readonly ObjectRef[] = [
    ...asideOf(file).map((key) => ({ bucket: "quarantine", key }) as const),
    { bucket: "landing", key: objectKeys.landing(landing) },
  ];
  for (const ref of refs)
    if (await isListed(objects, ref)) await objects.tag(ref, { "mic-state": "processed" });
}
