import type { HospitalItem, UploadFileItem, UploadItem } from "../catalog/items.ts";
import { keys } from "../catalog/keys.ts";
import type { LandingKey } from "../object-keys.ts";
import type { ObjectNote } from "../object-notes.ts";
import type { ObjectHead, ObjectRef } from "../ports.ts";
import type { IngestDependencies } from "./dependencies.ts";

/** A landed object with what was announced about it. */
export interface LandedFile {
  readonly ref: ObjectRef;
  readonly head: ObjectHead;
  readonly hospital: HospitalItem;
  readonly upload: UploadItem;
  readonly file: UploadFileItem;
}

/** What is kept beside the bytes, so that they can be indexed again without the table. */
export function noteOf({ upload, file }: Pick<LandedFile, "upload" | "file">): ObjectNote {
  const { encounterClass, priority } = upload;
  return { uploadId: file.uploadId, fileId: file.fileId, encounterClass, priority };
}

export interface Announcement {
  readonly hospital?: HospitalItem;
  readonly upload?: UploadItem;
  readonly file?: UploadFileItem;
}

/** Read consistently: the object may arrive a moment after it was announced. */
export async function findAnnouncement(
  { table, region }: IngestDependencies,
  { hospital, uploadId, fileId }: LandingKey,
): Promise<Announcement> {
  const key = { region, hospital };
  const found = await table.batchGet(
    [keys.hospital(key), keys.upload(key, uploadId), keys.uploadFile(key, uploadId, fileId)],
    { consistent: true },
  );
  const byType = Object.fromEntries(found.map((item) => [item.type as string, item]));
  return {
    ...(byType.hospital && { hospital: byType.hospital as HospitalItem }),
    ...(byType.upload && { upload: byType.upload as UploadItem }),
    ...(byType["upload-file"] && { file: byType["upload-file"] as UploadFileItem }),
  };
}
