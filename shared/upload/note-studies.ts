import type { UploadFileItem } from "../catalog/items.ts";
import { type HospitalKey, keys } from "../catalog/keys.ts";
import type { Table, Write } from "../ports.ts";

const writesPerTransaction = 50;

/**
 * Notes which studies the files belong to, so that asking for an upload's studies costs what it answers and not its files.
 * From the stream, not in the transaction that files an image: there, all slices of a study would meet at one item.
 */
export async function noteStudies(
  table: Table,
  owner: HospitalKey,
  uploadId: string,
  files: readonly Pick<UploadFileItem, "studyUid">[],
): Promise<void> {
  const { region, hospital } = owner;
  const uids = [...new Set(files.flatMap(({ studyUid }) => studyUid ?? []))];
  const keyOf = (studyUid: string) => keys.uploadStudy(owner, uploadId, studyUid);
  const noted = new Set((await table.batchGet(uids.map(keyOf))).map(({ studyUid }) => studyUid));
  const writes = uids
    .filter((studyUid) => !noted.has(studyUid))
    .map((studyUid): Write => {
      const item = { ...keyOf(studyUid), type: "upload-study", region, hospital, uploadId, studyUid };
      return { op: "put", item };
    });
  for (let at = 0; at < writes.length; at += writesPerTransaction)
    await table.write(writes.slice(at, at + writesPerTransaction));
}
