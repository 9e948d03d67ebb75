/**
 * Where the next page of a search begins. Opaque to clients; it can name nothing the store does not already narrow. It says of
 * which search it is, since in another one its place is nowhere.
 */
import { createHash } from "node:crypto";
import * as z from "zod/mini";
import { Problem } from "../errors.ts";
import type { Search } from "./parse-search.ts";

const shape = z.tuple([z.int(), z.string(), z.string(), z.string()]);

export interface Position {
  /** Which source: 0 is the list of granted studies, then one per hospital in reach. */
  readonly source: number;
  /** Label of the partition within the source. */
  readonly label: string;
  /** Sort key of the last item taken, or how many granted studies were. */
  readonly after: string;
}

/** Names a search within `place` (what it looks through); page sizes and returned attributes may change on the way. */
export function searchName({ match, fuzzy }: Search, place: unknown): string {
  const asked = JSON.stringify([[...match].sort(), fuzzy, place]);
  return createHash("sha256").update(asked).digest("base64url").slice(0, 16);
}

export function encodeCursor({ source, label, after }: Position, search: string): string {
  return Buffer.from(JSON.stringify([source, label, after, search])).toString("base64url");
}

/** Throws Problem("invalid-request") on anything this server did not write, or wrote for another search. */
export function decodeCursor(cursor: string, search: string): Position {
  const [source, label, after, of] = parse(cursor);
  if (of === search) return { source, label, after };
  throw new Problem(
    "invalid-request",
    "cursor belongs to another search: keep the query of the Link as it is.",
  );
}

function parse(cursor: string): z.infer<typeof shape> {
  try {
    return shape.parse(JSON.parse(Buffer.from(cursor, "base64url").toString("utf8")));
  } catch (cause) {
    throw new Problem("invalid-request", "cursor is not one this server gave out.", { cause });
  }
}
