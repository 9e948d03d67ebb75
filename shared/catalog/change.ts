import type { ItemType } from "../contract/events.ts";
import type { Item } from "../ports.ts";

/** One record of the table's stream: an item before and after. */
export interface Change {
  /** Position in the stream, to report where a batch failed. */
  readonly sequence: string;
  readonly before?: Item;
  readonly after?: Item;
}

export const typeOf = ({ after, before }: Change): ItemType | undefined =>
  (after ?? before)?.type as ItemType | undefined;
export const isNew = ({ before, after }: Change): boolean => before === undefined && after !== undefined;

/** Whether an attribute got another value (or its first) in this change. */
export function became({ before, after }: Change, attribute: string, value?: unknown): boolean {
  const now = after?.[attribute];
  if (now === undefined || now === before?.[attribute]) return false;
  return value === undefined || now === value;
}
