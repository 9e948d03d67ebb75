/** Where the next page of a listing begins: opaque to clients, and of a known form, since anybody may send anything. */
import { Problem } from "./errors.ts";

export const encodePlace = (place: string): string => Buffer.from(place).toString("base64url");

/**
 * Answers the place and what `form` finds in it. `listing`: of what, such as `a list of orders`. Throws
 * Problem("invalid-request") for a cursor of anything else.
 */
export function decodePlace(cursor: string, form: RegExp, listing: string): RegExpExecArray {
  const found = form.exec(Buffer.from(cursor, "base64url").toString());
  if (!found) throw new Problem("invalid-request", `This cursor is not from ${listing}.`);
  return found;
}
