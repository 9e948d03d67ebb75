import type { Superseded } from "../catalog/desk-items.ts";
import type { InstanceKey } from "../catalog/keys.ts";
import { automatic, type Choice } from "../characters/choice.ts";
import type { KeptChoice } from "../characters/keep-choice.ts";
import { readUnder } from "../characters/read-under.ts";
import type { Header } from "../dicom/read.ts";
import { DicomRejected } from "../dicom/rejected.ts";
import { type CatalogItems, catalogItems } from "../ingest/catalog-items.ts";
import { withLandedHeader } from "../ingest/read-landed-header.ts";
import { objectKeys } from "../object-keys.ts";
import { noteFrom } from "../object-notes.ts";
import type { ObjectHead, ObjectStore } from "../ports.ts";
import type { RebuildOriginal } from "./rebuild-message.ts";

/** What an original is said to be of when it says nothing itself: it was archived before originals did. */
const unnoted = { uploadId: "0".repeat(26), fileId: "0", priority: "routine" } as const;

export interface ReadOriginal {
  readonly head: ObjectHead;
  readonly header: Header;
  readonly items: CatalogItems;
  readonly retainUntil: Date;
}

/**
 * Its text in the character set kept for the study. Undefined when the object is gone, is no file of this release's any more,
 * or names other UIDs than its key.
 */
export async function readOriginal(
  objects: ObjectStore,
  key: InstanceKey,
  { sha256, versionId, correctedFrom }: RebuildOriginal,
  { choice, textRevision, superseded }: KeptChoice & { readonly superseded: readonly RebuildOriginal[] },
): Promise<ReadOriginal | undefined> {
  const ref = { bucket: "archive", key: objectKeys.original(key, sha256), versionId } as const;
  const head = await objects.head(ref);
  const note = { ...unnoted, ...noteFrom(head?.metadata) };
  // What was made of a photograph or a report is in the character set it declares.
  const header = head && (await headerOf(objects, ref, head.size, note.source ? automatic : choice));
  if (!head || !header || !names(header, key)) return undefined;
  // A stage without retention locks nothing: what is not locked is kept until it was archived.
  const retainUntil = head.retainUntil ?? head.lastModified;
  const landed = {
    upload: { priority: note.priority },
    file: { sha256, size: head.size, uploadId: note.uploadId, fileId: note.fileId },
    hospital: { keyArn: head.kmsKeyId ?? "" },
    ...(note.source && { source: note.source }),
  };
  const when = {
    ...{ now: head.lastModified, retainUntil, archiveVersionId: versionId, textRevision },
    ...(correctedFrom && { correctedFrom }),
  };
  const items = catalogItems(landed, header, key, when);
  const before = await heldBefore(objects, key, superseded, head.lastModified.toISOString());
  const instance = { ...items.instance, ...(before.length > 0 && { superseded: before }) };
  return { head, header, retainUntil, items: { ...items, instance } };
}

/** They gave way when the bytes that count were archived. */
async function heldBefore(
  objects: ObjectStore,
  key: InstanceKey,
  superseded: readonly RebuildOriginal[],
  supersededAt: string,
): Promise<readonly Superseded[]> {
  const found: Superseded[] = [];
  for (const { sha256, versionId, correctedFrom } of superseded) {
    const head = await objects.head({ bucket: "archive", key: objectKeys.original(key, sha256), versionId });
    if (!head) continue;
    const indexedAt = head.lastModified.toISOString();
    const archived = { archiveVersionId: versionId, ...(correctedFrom && { correctedFrom }) };
    found.push({ sha256, size: head.size, ...archived, indexedAt, supersededAt });
  }
  return found;
}

const headerOf = (
  objects: ObjectStore,
  ref: Parameters<ObjectStore["head"]>[0],
  size: number,
  choice: Choice,
): Promise<Header | undefined> =>
  withLandedHeader(objects, ref, size, async (read) =>
    read instanceof DicomRejected ? undefined : readUnder(objects, ref, size, choice, read.header),
  );

const names = (header: Header, { studyUid, seriesUid, sopUid }: InstanceKey): boolean =>
  header.studyInstanceUid === studyUid &&
  header.seriesInstanceUid === seriesUid &&
  header.sopInstanceUid === sopUid;
