/** The sender says that everything announced was sent: from here on the upload can be final. */
import type { Grant } from "../access/grant.ts";
import { keys } from "../catalog/keys.ts";
import { ConditionFailed } from "../errors.ts";
import type { UploadDependencies } from "./dependencies.ts";
import { hospitalOf, loadUpload } from "./load-upload.ts";

/** Completing again answers the first time's moment. */
export async function completeUpload(
  { clock }: Pick<UploadDependencies, "clock">,
  grant: Grant,
  uploadId: string,
): Promise<{ readonly uploadId: string; readonly completedAt: string }> {
  const upload = await loadUpload(grant, uploadId);
  if (upload.completedAt !== undefined) return { uploadId, completedAt: upload.completedAt };
  const completedAt = clock.now().toISOString();
  try {
    await grant.table.write([
      {
        op: "update",
        key: keys.upload(upload, uploadId),
        set: { completedAt },
        when: [[{ attribute: "completedAt", is: "absent" }]],
      },
      ...grant.auditWrites({ hospital: hospitalOf(grant), uploadId }),
    ]);
    return { uploadId, completedAt };
  } catch (error) {
    if (!(error instanceof ConditionFailed)) throw error;
    const { completedAt: first } = await loadUpload(grant, uploadId);
    return { uploadId, completedAt: first as string };
  }
}
