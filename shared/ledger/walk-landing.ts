import type { UploadFileItem } from "../catalog/items.ts";
import { keys } from "../catalog/keys.ts";
import { staysForGood } from "../ingest/desk-file.ts";
import { isProcessed, stagedDays } from "../ingest/settle.ts";
import {
  type FileKey,
  objectPrefixes,
  type Priority,
  parseConvertedKey,
  parseLandingKey,
} from "../object-keys.ts";
import type { ListedObject } from "../ports.ts";
import { isFinal } from "../upload/read-ledger.ts";
import { type LedgerAudit, type Walk, walkObjects } from "./walk.ts";

interface Kind {
  readonly parse: (key: string) => FileKey | undefined;
  /** Whether it rightly stays where it is although its file is done with. */
  readonly stays: (file: UploadFileItem) => boolean;
  /** Days after which S3 has expired what is done with. */
  readonly goneAfter: number;
}

/** What is processed expires after a day; S3 may take another to do it. */
const landed: Kind = { parse: parseLandingKey, stays: staysForGood, goneAfter: 3 };
/**
 * Made of a file that waits at the desk, it is taken in when that is released. A worker that died leaves one that nobody tags,
 * which expires by its age (`infra/buckets.ts`).
 */
const converted: Kind = {
  parse: parseConvertedKey,
  stays: ({ state, discarded }) => state === "quarantined" && discarded === undefined,
  goneAfter: stagedDays + 2,
};

/** What landed: every object is a file's, under way or done with. */
export const walkLanding =
  (priority: Priority): Walk =>
  (audit, after) =>
    walkObjects(audit, ["landing", objectPrefixes.landing(priority, audit.hospital)], after, (listed) =>
      auditLanded(audit, listed, landed),
    );

/** The same for what was made of photographs and documents that landed. */
export const walkConverted: Walk = (audit, after) =>
  walkObjects(audit, ["landing", objectPrefixes.converted(audit.hospital)], after, (listed) =>
    auditLanded(audit, listed, converted),
  );

async function auditLanded(
  { table, objects, hospital, tally }: LedgerAudit,
  listed: readonly ListedObject[],
  { parse, stays, goneAfter }: Kind,
): Promise<void> {
  const found = listed.map((object) => ({ object, at: parse(object.key) }));
  const wanted = found.flatMap(({ at }) => (at ? [keys.uploadFile(hospital, at.uploadId, at.fileId)] : []));
  const lines = (await table.batchGet(wanted, { consistent: true })) as readonly UploadFileItem[];
  const files = new Map(lines.map((file) => [`${file.uploadId}/${file.fileId}`, file]));
  for (const { object, at } of found) {
    const { uploadId, fileId } = at ?? {};
    const file = files.get(`${uploadId}/${fileId}`);
    const named = { uploadId, fileId, sha256: file?.sha256 };
    if (!file && isProcessed(await objects.tagsOf({ bucket: "landing", key: object.key }))) {
      // Done with, by a table that was lost since: it expires.
      tally.explain("landing");
    } else if (!file) {
      tally.await("landing", false, object.lastModified, { ...named, detail: "is no announced file's" });
    } else if (!isFinal(file.state)) {
      const detail = `is ${file.state}: look in the dead-letter queue, or send its event again`;
      tally.await("landing", false, object.lastModified, { ...named, detail });
    } else if (stays(file)) {
      tally.explain("landing");
    } else {
      const expiring = !tally.isOlderThan(object.lastModified, goneAfter);
      tally.examine("landing", expiring, { ...named, detail: `is ${file.state} and does not expire` });
    }
  }
}
