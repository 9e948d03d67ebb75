/** The issuers this deployment lets people of its pages sign in at. */
import type { OfferedIssuer } from "../../../shared/contract/schemas/contract.ts";

/** Throws where the API cannot be reached. */
export async function offeredIssuers(): Promise<readonly OfferedIssuer[]> {
  const answer = await fetch("/api/v1/sign-in");
  if (!answer.ok) throw new Error(`The API answered ${answer.status}`);
  const { issuers } = (await answer.json()) as { readonly issuers: readonly OfferedIssuer[] };
  return issuers;
}
