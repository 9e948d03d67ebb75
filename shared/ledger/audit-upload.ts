import type { FileState, InstanceItem, UploadFileItem, UploadItem } from "../catalog/items.ts";
import { counterShards, type InstanceKey, keys, prefixes, uploadPartition } from "../catalog/keys.ts";
import { queryAll } from "../catalog/query-all.ts";
import { objectKeys } from "../object-keys.ts";
import type { Item } from "../ports.ts";
import { readAllFiles } from "../upload/read-ledger.ts";
import { auditFileAside, auditFileMoving } from "./audit-file.ts";
import { isThere } from "./is-there.ts";
import { sideBySide } from "./side-by-side.ts";
import type { LedgerAudit } from "./walk.ts";

/** An upload that moves while it is read looks wrong once, not three times. */
const readings = 3;

interface Read {
  readonly upload?: UploadItem;
  readonly files: readonly UploadFileItem[];
  readonly counters: readonly Item[];
}

/** Answers how many files it has. */
export async function auditUpload(audit: LedgerAudit, uploadId: string): Promise<number> {
  const { hospital, tally } = audit;
  let read = await readUpload(audit, uploadId);
  let wrong = imbalanceOf(read);
  for (let reading = 1; wrong !== undefined && reading < readings; reading++) {
    read = await readUpload(audit, uploadId);
    wrong = imbalanceOf(read);
  }
  tally.examine("balance", wrong === undefined, { uploadId, detail: wrong ?? "" });
  const kept = read.files.filter(({ state }) => state === "indexed" || state === "duplicate");
  await auditKept(audit, kept);
  await sideBySide(read.files, async (file) => {
    if (file.state === "quarantined" || file.state === "conflict") await auditFileAside(audit, file);
    if (file.state === "stored" || file.state === "awaiting")
      await auditFileMoving(
        audit,
        { ...hospital, priority: read.upload?.priority ?? "routine" },
        file,
        read.upload,
      );
  });
  return read.files.length;
}

async function readUpload({ table, hospital }: LedgerAudit, uploadId: string): Promise<Read> {
  const pk = uploadPartition(hospital, uploadId);
  const counters = await queryAll(table, { pk, prefix: prefixes.uploadCounters, consistent: true });
  const files = await readAllFiles(table, hospital, uploadId);
  const upload = (await table.get(keys.upload(hospital, uploadId), { consistent: true })) as
    | UploadItem
    | undefined;
  return { files, counters, ...(upload && { upload }) };
}

const landedStates = ["stored", "indexed", "duplicate", "conflict", "quarantined"] as const;

/** What is wrong with its numbers; undefined when they balance. */
function imbalanceOf({ upload, files, counters }: Read): string | undefined {
  if (!upload) return "the list of uploads names it, and it is not there";
  if (upload.fileCount !== files.length) return `announced ${upload.fileCount} files, has ${files.length}`;
  const expected = new Map<string, number>();
  const place = (shard: number, state: FileState) => `${shard}/${state}`;
  for (const { fileId, state } of files) {
    if (state === "awaiting") continue;
    const at = place(Number(fileId) % counterShards, state);
    expected.set(at, (expected.get(at) ?? 0) + 1);
  }
  for (let shard = 0; shard < counterShards; shard++) {
    const { sk } = keys.uploadCounter(upload, upload.uploadId, shard);
    const counter = counters.find((one) => one.sk === sk);
    for (const state of landedStates) {
      const [counted, there] = [(counter?.[state] as number) ?? 0, expected.get(place(shard, state)) ?? 0];
      if (counted !== there) return `${sk} says ${counted} ${state}, there are ${there}`;
    }
  }
  return undefined;
}

/** The bytes that were sent must be the original of the instance they name, whoever sent them first. */
async function auditKept(audit: LedgerAudit, files: readonly UploadFileItem[]): Promise<void> {
  const { table, tally } = audit;
  const found = await table.batchGet(
    files.map((file) => keys.instance(instanceOf(file))),
    { consistent: true },
  );
  const instances = new Map((found as readonly InstanceItem[]).map((item) => [`${item.pk}${item.sk}`, item]));
  await sideBySide(files, async (file) => {
    const { pk, sk } = keys.instance(instanceOf(file));
    const { uploadId, fileId, studyUid, seriesUid, sopUid } = file;
    const sha256 = takenIn(file);
    const violation = { uploadId, fileId, studyUid, seriesUid, sopUid, sha256 };
    const instance = instances.get(`${pk}${sk}`);
    // Of a photograph or document, the object that was made of it.
    if (instance && (instance.sha256 === sha256 || instance.source?.sha256 === sha256))
      return tally.explain("file-kept", false);
    // Other bytes may stand for the UID by now; these stay archived.
    const key = objectKeys.original(instanceOf(file), sha256);
    const archived = await isThere(audit, { bucket: "archive", key });
    if (instance && archived) return tally.explain("file-kept");
    const detail = archived ? "is archived, and there is no instance" : "is not in the archive";
    tally.examine("file-kept", false, { ...violation, detail });
  });
}

export function instanceOf({
  region,
  hospital,
  studyUid = "",
  seriesUid = "",
  sopUid = "",
}: UploadFileItem): InstanceKey {
  return { region, hospital, studyUid, seriesUid, sopUid };
}

/** SHA-256 of what was taken in of the file: of a corrected copy, the copy's. */
const takenIn = ({ sha256, release }: UploadFileItem): string => release?.object?.sha256 ?? sha256;
