import type { HospitalItem, InstanceSource, UploadFileItem, UploadItem } from "../catalog/items.ts";
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
  /** What it was made from; `file` then has size and SHA-256 of the object made. */
  readonly source?: InstanceSource & { readonly ref: ObjectRef };
}

/** What is kept beside the bytes, so that they can be indexed again without the table. */
export function noteOf({ upload, file, source }: Pick<LandedFile, "upload" | "file" | "source">): ObjectNote {
  const { encounterClass, priority } = upload;
  const { uploadId, fileId } = file;
  return { uploadId, fileId, encounterClass, priority, ...(source && { source: instanceSource(source) }) };
}

export const instanceSource = ({ sha256, mediaType }: InstanceSource): InstanceSource => ({
  sha256,
  mediaType,
});

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
