/**
 * The ledger's line of a file that is kept aside, and as much of its upload as its desk, ingest and the ledger's balance need:
 * how long it is kept, how urgent it was, and the number of files that are known of it.
 */
import type { UploadFileItem, UploadItem } from "../catalog/items.ts";
import { type HospitalKey, keys } from "../catalog/keys.ts";
import { ignoringCondition, putOnce } from "../catalog/put-once.ts";
import type { ObjectNote } from "../object-notes.ts";
import type { Table, When, Write } from "../ports.ts";
import { listItem } from "../upload/create-upload.ts";
import { countFound, countMove } from "../upload/totals.ts";
import type { RebuildDependencies } from "./rebuild-study.ts";

type Found = Pick<UploadFileItem, "uploadId" | "fileId" | "size" | "sha256" | "updatedAt"> &
  Pick<UploadFileItem, "reason" | "quarantinedAt" | "studyUid" | "seriesUid" | "sopUid"> & {
    readonly state: "quarantined" | "conflict";
  };

/**
 * Answers whether the line was lost. `also`: written with it. A line that was not lost stays. A file may be kept twice, in quarantine as it came and in a
 * conflict as it was corrected: there it waits, whichever is found first.
 */
export async function restoreLine(
  { table, clock }: RebuildDependencies,
  { region, hospital }: HospitalKey,
  found: Found,
  note: Partial<ObjectNote>,
  also: readonly Write[],
): Promise<boolean> {
  const owner = { region, hospital };
  const key = keys.uploadFile(owner, found.uploadId, found.fileId);
  const restoredAt = clock.now().toISOString();
  const file = { ...key, type: "upload-file" as const, ...owner, name: "", ...found, restoredAt };
  const items = await table.batchGet([key, keys.upload(owner, file.uploadId)], { consistent: true });
  const line = items.find(({ type }) => type === "upload-file") as UploadFileItem | undefined;
  const upload = items.find(({ type }) => type === "upload") as UploadItem | undefined;
  if (line && !givesWay(line, file)) return false;
  if (!upload) await restoreUpload(table, file, note);
  // An upload that was not lost counts the file already.
  const counts = upload && upload.restoredAt === undefined ? [] : countWrites(line, file);
  const put: Write = { op: "put", item: file, when: line ? stillThere : absent };
  await ignoringCondition(table.write([put, ...counts, ...also]));
  return true;
}

const givesWay = (line: UploadFileItem, { state }: Found): boolean =>
  line.restoredAt !== undefined && line.state === "quarantined" && state === "conflict";

const absent: When = [[{ attribute: "pk", is: "absent" }]];
const stillThere: When = [
  [
    { attribute: "state", is: "=", value: "quarantined" },
    { attribute: "restoredAt", is: "present" },
  ],
];

const countWrites = (line: UploadFileItem | undefined, file: UploadFileItem): readonly Write[] =>
  line ? [countMove(file, { quarantined: -1, conflict: 1 })] : countFound(file);

/** Completed, so that nothing is added to it; its files are counted as they are found. */
async function restoreUpload(
  table: Table,
  { region, hospital, uploadId, updatedAt, restoredAt }: UploadFileItem,
  { priority = "routine", encounterClass = "unknown" }: Partial<ObjectNote>,
): Promise<void> {
  const upload: UploadItem = {
    ...keys.upload({ region, hospital }, uploadId),
    type: "upload",
    ...{ region, hospital, uploadId, priority, encounterClass },
    ...{ createdBy: "machine:rebuild", createdAt: updatedAt, completedAt: updatedAt },
    ...{ fileCount: 0, nextFileId: 0 },
    ...(restoredAt !== undefined && { restoredAt }),
  };
  await ignoringCondition(table.write([putOnce(upload), { op: "put", item: listItem(upload) }]));
}
