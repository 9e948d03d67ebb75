/** What instances and final files in the stream mean for their study: its counts, and whether it is complete. */
import type { Clock, Table } from "../ports.ts";
import { isFinal, readLedger } from "../upload/read-ledger.ts";
import { type Change, isNew, typeOf } from "./change.ts";
import { completeStudy } from "./complete-study.ts";
import type { FileState, InstanceItem, UploadFileItem, UploadItem } from "./items.ts";
import { type HospitalKey, keys, prefixes, type StudyKey, studyPartition } from "./keys.ts";
import { markOpen } from "./open-studies.ts";
import { queryAll } from "./query-all.ts";
import { expectedOf } from "./read-study.ts";
import { rollUpStudy } from "./roll-up-study.ts";

export interface RollUpDependencies {
  readonly table: Table;
  readonly clock: Clock;
}

/** Work of one study or upload, with the changes that asked for it. */
export interface RollUp {
  readonly changes: readonly Change[];
  run(): Promise<void>;
}

/** Independent pieces of work: studies first, since completing an upload needs their counts. */
export function rollUps(deps: RollUpDependencies, changes: readonly Change[]): readonly RollUp[] {
  const instances = changes.filter((change) => typeOf(change) === "instance" && isNew(change));
  const byStudy = Map.groupBy(instances, ({ after }) => studyPartition(after as InstanceItem));
  const finals = changes.filter(uploadMoved);
  const byUpload = Map.groupBy(finals, ({ after }) => (after as UploadItem | UploadFileItem).pk);
  return [
    ...[...byStudy.values()].map((group) => ({ changes: group, run: () => studyGrew(deps, group) })),
    ...[...byUpload.values()].map((group) => ({ changes: group, run: () => uploadProgressed(deps, group) })),
  ];
}

const uploadMoved = (change: Change): boolean => becameFinal(change) || becameCompleted(change);

function becameFinal(change: Change): boolean {
  const { before, after } = change;
  if (typeOf(change) !== "upload-file" || !after) return false;
  const was = before?.state as FileState | undefined;
  return isFinal(after.state as FileState) && (was === undefined || !isFinal(was));
}

const becameCompleted = (change: Change): boolean =>
  typeOf(change) === "upload" &&
  change.after?.completedAt !== undefined &&
  change.before?.completedAt === undefined;

async function studyGrew(deps: RollUpDependencies, changes: readonly Change[]): Promise<void> {
  const { region, hospital, studyUid } = (changes[0] as Change).after as InstanceItem;
  const key = { region, hospital, studyUid };
  const now = deps.clock.now();
  await markOpen(deps.table, key, now);
  const rolled = await rollUpStudy(deps.table, key, now.toISOString());
  if (!rolled) return;
  const pk = studyPartition(key);
  const expected = expectedOf(await queryAll(deps.table, { pk, prefix: prefixes.expectations }));
  if (expected !== undefined && rolled.instances >= expected) await completeStudy(deps, key, "manifest");
}

async function uploadProgressed(deps: RollUpDependencies, changes: readonly Change[]): Promise<void> {
  const { region, hospital, uploadId } = (changes[0] as Change).after as UploadItem;
  const owner = { region, hospital };
  const key = keys.upload(owner, uploadId);
  const finalFiles = changes.filter(becameFinal).length;
  const before = (await deps.table.get(key, { consistent: true })) as UploadItem | undefined;
  if (!before) return;
  if (finalFiles > 0) await deps.table.write([{ op: "update", key, add: { finalFiles } }]);
  const upload = (await deps.table.get(key, { consistent: true })) as UploadItem;
  // The count may run ahead (a batch delivered twice), never behind: below it, no need to read every file.
  if (upload.completedAt === undefined || (upload.finalFiles ?? 0) < upload.fileCount) return;
  await completeStudiesOf(deps, owner, uploadId);
}

async function completeStudiesOf(
  deps: RollUpDependencies,
  owner: HospitalKey,
  uploadId: string,
): Promise<void> {
  const ledger = await readLedger(deps.table, owner, uploadId);
  if (!ledger?.done) return;
  const indexed = ledger.files.filter(({ state }) => state === "indexed" || state === "duplicate");
  const studies = new Set(indexed.flatMap(({ studyUid }) => studyUid ?? []));
  for (const studyUid of studies) {
    const key: StudyKey = { ...owner, studyUid };
    await completeStudy(deps, key, "manifest");
  }
}
