/** What instances and final files in the stream mean for their study: its counts, and whether it is complete. */
import { ConditionFailed } from "../errors.ts";
import type { Clock, Table } from "../ports.ts";
import { askExamination } from "../quality/examine-study.ts";
import { noteStudies } from "../upload/note-studies.ts";
import { isFinal, readAllFiles } from "../upload/read-ledger.ts";
import { readTotals } from "../upload/totals.ts";
import { type Change, isNew, typeOf } from "./change.ts";
import { completeStudy } from "./complete-study.ts";
import { sumStudy } from "./counters.ts";
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
  const expected = await expectedInstances(deps.table, key);
  if (expected !== undefined && rolled.instances >= expected) await completeStudy(deps, key, "manifest");
}

async function expectedInstances(table: Table, key: StudyKey): Promise<number | undefined> {
  return expectedOf(await queryAll(table, { pk: studyPartition(key), prefix: prefixes.expectations }));
}

/** An upload is settled once: later batches of the stream, and repeated ones, need not read its files again. */
async function uploadProgressed(
  { table, clock }: RollUpDependencies,
  changes: readonly Change[],
): Promise<void> {
  const { region, hospital, uploadId } = (changes[0] as Change).after as UploadItem;
  const owner = { region, hospital };
  const files = changes.filter(becameFinal).map(({ after }) => after as UploadFileItem);
  await noteStudies(table, owner, uploadId, files);
  // Before the totals: a release from then on, of which they may not know yet, has another number.
  const upload = await table.get(keys.upload(owner, uploadId), { consistent: true });
  if (!upload || upload.settledAt !== undefined) return;
  const found = await readTotals(table, owner, uploadId);
  if (!found?.done) return;
  await completeStudiesOf({ table, clock }, owner, uploadId);
  await settle(table, upload as UploadItem, clock.now().toISOString());
}

/** Unless a file of it was released since `upload` was read: the change that makes that file final settles it. */
async function settle(table: Table, upload: UploadItem, settledAt: string): Promise<void> {
  const { pk, sk, releases } = upload;
  const asRead =
    releases === undefined
      ? ({ attribute: "releases", is: "absent" } as const)
      : ({ attribute: "releases", is: "=", value: releases } as const);
  const present = { attribute: "pk", is: "present" } as const;
  try {
    await table.write([{ op: "update", key: { pk, sk }, set: { settledAt }, when: [[present, asRead]] }]);
  } catch (error) {
    if (!(error instanceof ConditionFailed)) throw error;
  }
}

async function completeStudiesOf(
  deps: RollUpDependencies,
  owner: HospitalKey,
  uploadId: string,
): Promise<void> {
  const files = await readAllFiles(deps.table, owner, uploadId);
  const indexed = files.filter(({ state }) => state === "indexed" || state === "duplicate");
  const studies = new Set(indexed.flatMap(({ studyUid }) => studyUid ?? []));
  for (const studyUid of studies) {
    const key: StudyKey = { ...owner, studyUid };
    // More was announced than is there, perhaps for another upload to send: the quiet period decides. What is missing is
    // said now, while the patient may still be there.
    if (await isShort(deps.table, key)) await askExamination(deps, key);
    else await completeStudy(deps, key, "manifest");
  }
}

async function isShort(table: Table, key: StudyKey): Promise<boolean> {
  const expected = await expectedInstances(table, key);
  return expected !== undefined && (await sumStudy(table, key)).instances < expected;
}
