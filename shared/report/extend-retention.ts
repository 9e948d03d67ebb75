import type { StudyKey } from "../catalog/keys.ts";
import { listAll } from "../catalog/list-all.ts";
import { objectKeys } from "../object-keys.ts";
import type { ObjectStore } from "../ports.ts";

/**
 * Keeps the signed documents of a study's reports as long as the study, of which `until` was just written. What is signed
 * after this reads that date itself, so asking the bucket now finds every document that could not. Only ever extends.
 */
export async function extendReportRetention(
  objects: Pick<ObjectStore, "list" | "extendRetention">,
  study: StudyKey,
  until: Date,
): Promise<void> {
  for await (const { key } of listAll(objects, "archive", objectKeys.signedReports(study)))
    await objects.extendRetention({ bucket: "archive", key }, until);
}
