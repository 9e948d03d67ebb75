/** Which hospitals a command is about. */
import type { HospitalView, SelfView } from "../shared/contract/schemas/network.ts";
import type { ApiClient } from "./client.ts";

/** The caller's own, the one named, or for an operator all. */
export async function hospitalsOf(client: ApiClient, named: string | undefined): Promise<readonly string[]> {
  if (named !== undefined) return [named];
  const { hospital } = await client.get<SelfView>("/v1/me");
  if (hospital !== undefined) return [hospital];
  const found: string[] = [];
  for (let cursor: string | undefined, more = true; more; ) {
    const query = cursor === undefined ? "" : `?cursor=${encodeURIComponent(cursor)}`;
    const page = await client.get<{ hospitals: HospitalView[]; next?: string }>(`/v1/hospitals${query}`);
    found.push(...page.hospitals.map((one) => one.hospital));
    [cursor, more] = [page.next, page.next !== undefined];
  }
  return found;
}
