import type { UploadFindings as Reply } from "../../../shared/contract/schemas/findings.ts";
import type { Api } from "../app/api.ts";

/** Of all its studies, page after page. */
export async function readFindings(
  api: Pick<Api, "get">,
  uploadId: string,
  signal?: AbortSignal,
): Promise<Reply> {
  const path = `/v1/uploads/${uploadId}/findings`;
  const first = await api.get<Reply>(path, signal);
  let [{ settled, next }, studies] = [first, first.studies];
  while (next !== undefined) {
    const page = await api.get<Reply>(`${path}?cursor=${encodeURIComponent(next)}`, signal);
    studies = [...studies, ...page.studies];
    settled &&= page.settled;
    next = page.next;
  }
  return { ...first, settled, studies };
}
