import type { Grant } from "../access/grant.ts";
import { auditShown } from "../audit/audit-shown.ts";
import { unmatchedPartition } from "../catalog/keys.ts";
import type { UnmatchedStudies } from "../contract/schemas/order.ts";
import { decodePlace, encodePlace } from "../page-cursor.ts";
import type { Item } from "../ports.ts";
import type { UnmatchedStudyItem } from "./items.ts";
import { hospitalOf } from "./load-order.ts";

const defaultPage = 50;

/** Studies without an order, newest first. `cursor`: `next` of the page before. */
export async function listUnmatchedStudies(
  grant: Grant,
  {
    cursor,
    limit = defaultPage,
  }: { readonly cursor?: string | undefined; readonly limit?: number | undefined },
): Promise<UnmatchedStudies> {
  const pk = unmatchedPartition(hospitalOf(grant));
  const { items, next } = await grant.table.query({
    pk,
    descending: true,
    limit,
    ...(cursor !== undefined && { after: { pk, sk: decode(cursor) } }),
  });
  const studies = items as readonly Item[] as readonly UnmatchedStudyItem[];
  await auditShown(grant, studies);
  return {
    studies: studies.map(({ studyUid, seenAt, summary, modalities, candidates }) => ({
      studyUid,
      seenAt,
      attributes: summary,
      modalities: [...modalities],
      candidates: [...candidates],
    })),
    ...(next && { next: encodePlace(next.sk) }),
  };
}

const decode = (cursor: string): string =>
  decodePlace(cursor, /^\d{4}-\d{2}-\d{2}T[\d:.]+Z#[0-9a-f.]+$/, "a list of unmatched studies")[0];
