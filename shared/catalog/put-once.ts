import { ConditionFailed } from "../errors.ts";
import type { Item, Write } from "../ports.ts";

/** Refuses to overwrite: under the same id the first one stays. */
export const putOnce = (item: Item): Write => ({
  op: "put",
  item,
  when: [[{ attribute: "pk", is: "absent" }]],
});

/** Waits for a conditional write, whose condition not holding means that there is nothing to do. */
export async function ignoringCondition(write: Promise<void>): Promise<void> {
  try {
    await write;
  } catch (error) {
    if (!(error instanceof ConditionFailed)) throw error;
  }
}
