import type { Item, Write } from "../ports.ts";

/** Refuses to overwrite: under the same id the first one stays. */
export const putOnce = (item: Item): Write => ({
  op: "put",
  item,
  when: [[{ attribute: "pk", is: "absent" }]],
});
