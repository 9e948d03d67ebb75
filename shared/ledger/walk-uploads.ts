import { keys } from "../catalog/keys.ts";
import { auditUpload } from "./audit-upload.ts";
import type { Walk } from "./walk.ts";

const uploadsPerPage = 25;

/** Every upload, oldest first: its counters against its files, and its files against what is kept. */
export const walkUploads: Walk = async (audit, after) => {
  const { table, hospital, budget } = audit;
  const { pk } = keys.uploadList(hospital, "");
  for (let position = after; ; ) {
    const query = { pk, limit: uploadsPerPage, consistent: true };
    const page = await table.query({
      ...query,
      ...(position !== undefined && { after: { pk, sk: position } }),
    });
    for (const { sk: uploadId } of page.items) {
      const files = await auditUpload(audit, uploadId);
      position = uploadId;
      if (budget.spend(1 + files)) return position;
    }
    if (!page.next) return undefined;
  }
};
