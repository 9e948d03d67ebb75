/** DynamoDB's rules for conditions and updates, on plain items. */
import type { Condition, Item, Scalar, When, Write } from "../../../shared/ports.ts";
import { compareUtf8 } from "./utf8-order.ts";

/** Whether a write's condition holds for the item as it stands (undefined: no such item). */
export function holds(when: When | undefined, item: Item | undefined): boolean {
  if (when === undefined) return true;
  return when.some((group) => group.every((condition) => conditionHolds(condition, item)));
}

function conditionHolds(condition: Condition, item: Item | undefined): boolean {
  const actual = item?.[condition.attribute];
  if (!("value" in condition)) return (actual === undefined) === (condition.is === "absent");
  // `<>` is true for an absent attribute and for one of another type; every other comparison is false for those.
  if (typeof actual !== typeof condition.value) return condition.is === "!=";
  const order = compareScalars(actual as Scalar, condition.value);
  switch (condition.is) {
    case "=":
      return order === 0;
    case "!=":
      return order !== 0;
    case "<":
      return order < 0;
    case "<=":
      return order <= 0;
    case ">":
      return order > 0;
    case ">=":
      return order >= 0;
  }
}

function compareScalars(a: Scalar, b: Scalar): number {
  if (typeof a === "string") return compareUtf8(a, b as string);
  return Number(a) - Number(b);
}

/** What the table holds after the write; undefined when nothing is left. */
export function applied(write: Write, item: Item | undefined): Item | undefined {
  if (write.op === "put") return write.item;
  if (write.op === "delete") return undefined;
  if (write.op === "check") return item;
  const next: Record<string, unknown> = { ...(item ?? write.key) };
  for (const [name, value] of Object.entries(write.set ?? {})) if (value !== undefined) next[name] = value;
  for (const [name, amount] of Object.entries(write.add ?? {})) {
    const current = next[name] ?? 0;
    if (typeof current !== "number")
      throw new Error(`${name} does not hold a number, so nothing can be added`);
    next[name] = current + amount;
  }
  for (const name of write.remove ?? []) delete next[name];
  return next as Item;
}

/** Refuses what DynamoDB refuses before it looks at any item. */
export function checkShape(write: Write): void {
  for (const group of write.when ?? []) if (group.length === 0) throw new Error("A condition group is empty");
  if (write.when?.length === 0) throw new Error("A condition without groups can never hold");
  if (write.op !== "update") return;
  const named = [
    ...Object.entries(write.set ?? {})
      .filter(([, value]) => value !== undefined)
      .map(([name]) => name),
    ...Object.keys(write.add ?? {}),
    ...(write.remove ?? []),
  ];
  if (new Set(named).size !== named.length) throw new Error("An update names an attribute twice");
  if (named.includes("pk") || named.includes("sk")) throw new Error("An update cannot change the key");
}
