/**
 * Where the next page of a search begins. Opaque to clients; it can name nothing the store does not already narrow. It says of
 * which search it is, since in another one its place is nowhere.
 */
import { createHash } from "node:crypto";
import * as z from "zod/mini";
import { Problem } from "../errors.ts";
import type { Search } from "./parse-search.ts";

const shape = z.tuple([z.int(), z.string(), z.string(), z.string()], z.string());

export interface Position {
  /** Which source: 0 is the list of granted studies, then one per hospital in reach. */
  readonly source: number;
  /** Label of the partition within the source. */
  readonly label: string;
  /** Sort key of the last item taken, or how many granted studies were. */
  readonly after: string;
  /** Of the study behind that, the sort key of the last series or instance taken. */
  readonly within?: { readonly studyUid: string; readonly after: string };
}

export const beginning: Position = { source: 0, label: "", after: "" };

/** Names a search within `place` (what it looks through); page sizes and returned attributes may change on the way. */
export function searchName({ match, fuzzy, empty, all }: Search, place: unknown): string {
  const asked = JSON.stringify([[...match].sort(), fuzzy, empty, all, place]);
  return createHash("sha256").update(asked).digest("base64url").slice(0, 16);
}

export function encodeCursor({ source, label, after, within }: Position, search: string): string {
  const inside = within ? [within.studyUid, within.after] : [];
  return Buffer.from(JSON.stringify([source, label, after, search, ...inside])).toString("base64url");
}

/** Throws Problem("invalid-request") on anything this server did not write, or wrote for another search. */
export function decodeCursor(cursor: string, search: string): Position {
  const [source, label, after, of, studyUid, inside] = parse(cursor);
  const within = studyUid !== undefined && inside !== undefined ? { studyUid, after: inside } : undefined;
  if (of === search) return { source, label, after, ...(within && { within }) };
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
