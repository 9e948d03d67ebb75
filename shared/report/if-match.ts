import { randomBytes } from "node:crypto";
import { ConditionFailed, Problem } from "../errors.ts";
import type { Table, Write } from "../ports.ts";
import type { ReportItem } from "./items.ts";

export const newEtag = (): string => randomBytes(12).toString("base64url");
/** As HTTP sends it (RFC 9110 §8.8.3): strong, in quotes. */
export const quoted = (etag: string): string => `"${etag}"`;

export const changedMeanwhile = (): Problem =>
  new Problem("precondition-failed", "Somebody changed this report since you read it. Read it again.");

/**
 * RFC 9110 §13.1.1. `*` is refused: it would let the last writer win unseen. Throws Problem("precondition-required")
 * without a value, Problem("precondition-failed") with another one.
 */
export function requireMatch(head: ReportItem, ifMatch: string | undefined): void {
  const given = ifMatch?.trim();
  if (!given || given === "*") {
    throw new Problem("precondition-required", "Send If-Match with the ETag of the version you read.");
  }
  const tags = given.split(",").map((tag) => tag.trim().replace(/^"(.*)"$/, "$1"));
  if (!tags.includes(head.etag)) throw changedMeanwhile();
}

/** Writes that hold for the ETag read. Throws Problem("precondition-failed") where somebody was quicker. */
export async function writeIfUnchanged(table: Table, writes: readonly Write[]): Promise<void> {
  try {
    await table.write(writes);
  } catch (error) {
    if (error instanceof ConditionFailed) throw changedMeanwhile();
    throw error;
  }
}
