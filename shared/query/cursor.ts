/** Where the next page of a search begins. Opaque to clients; it can name nothing the store does not already narrow. */
import * as z from "zod/mini";
import { Problem } from "../errors.ts";

const shape = z.tuple([z.number(), z.string(), z.string()]);

export interface Position {
  /** Which source: 0 is the list of granted studies, then one per hospital in reach. */
  readonly source: number;
  /** Label of the partition within the source. */
  readonly label: string;
  /** Sort key of the last item taken, or how many granted studies were. */
  readonly after: string;
}

export function encodeCursor({ source, label, after }: Position): string {
  return Buffer.from(JSON.stringify([source, label, after])).toString("base64url");
}

/** Throws Problem("invalid-request") on anything this server did not write. */
export function decodeCursor(cursor: string): Position {
  try {
    const [source, label, after] = shape.parse(JSON.parse(Buffer.from(cursor, "base64url").toString("utf8")));
    return { source, label, after };
  } catch (cause) {
    throw new Problem("invalid-request", "cursor is not one this server gave out.", { cause });
  }
}
