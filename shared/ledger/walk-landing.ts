import type { UploadFileItem } from "../catalog/items.ts";
import { keys } from "../catalog/keys.ts";
import { isProcessed } from "../ingest/settle.ts";
import { objectPrefixes, type Priority, parseLandingKey } from "../object-keys.ts";
import type { ListedObject } from "../ports.ts";
import { isFinal } from "../upload/read-ledger.ts";
import type { LedgerAudit, Walk } from "./walk.ts";

/** What is processed expires after a day; S3 may take another to do it. */
const goneAfterDays = 3;

/** What landed: every object is a file's, under way or done with. */
export const walkLanding =
  (priority: Priority): Walk =>
  async (audit, after) => {
    for (let position = after; ; ) {
      const prefix = objectPrefixes.landing(priority, audit.hospital);
      const page = await audit.objects.list("landing", prefix, position);
      await auditLanded(audit, page.keys);
      if (page.next === undefined) return undefined;
      position = page.next;
      if (audit.budget.spend(page.keys.length)) return position;
    }
  };

async function auditLanded(
  { table, objects, hospital, tally }: LedgerAudit,
  listed: readonly ListedObject[],
): Promise<void> {
  const landed = listed.map((object) => ({ object, at: parseLandingKey(object.key) }));
  const wanted = landed.flatMap(({ at }) => (at ? [keys.uploadFile(hospital, at.uploadId, at.fileId)] : []));
  const found = (await table.batchGet(wanted, { consistent: true })) as readonly UploadFileItem[];
  const files = new Map(found.map((file) => [`${file.uploadId}/${file.fileId}`, file]));
  for (const { object, at } of landed) {
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
    } else if (file.reason?.code === "wrong-key") {
      tally.explain("landing");
    } else {
      const expiring = !tally.isOlderThan(object.lastModified, goneAfterDays);
      tally.examine("landing", expiring, { ...named, detail: `is ${file.state} and does not expire` });
    }
  }
}
