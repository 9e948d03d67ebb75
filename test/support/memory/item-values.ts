/** What DynamoDB accepts as an item, and how large it counts it. */
import type { Item, Key } from "../../../shared/ports.ts";

const utf8 = (text: string): number => Buffer.byteLength(text, "utf8");

/** A private copy of a value as DynamoDB would give it back; throws for a value it could not store. */
export function storable(value: unknown): unknown {
  if (value === null || typeof value === "string" || typeof value === "boolean") return value;
  if (typeof value === "number") {
    if (!Number.isFinite(value)) throw new Error("Not a number that can be stored");
    return value === 0 ? 0 : value;
  }
  if (value instanceof Uint8Array) return new Uint8Array(value);
  if (value instanceof Set) return storableSet(value);
  if (Array.isArray(value)) return value.map(storable);
  if (typeof value === "object" && Object.getPrototypeOf(value) === Object.prototype) {
    const copy: Record<string, unknown> = {};
    for (const [name, member] of Object.entries(value))
      if (member !== undefined) copy[name] = storable(member);
    return copy;
  }
  throw new Error(`A value of type ${typeof value} cannot be stored in an item`);
}

function storableSet(set: ReadonlySet<unknown>): Set<string> {
  if (set.size === 0) throw new Error("An empty set cannot be stored");
  for (const member of set)
    if (typeof member !== "string") throw new Error("Only sets of strings are stored");
  return new Set(set as ReadonlySet<string>);
}

/** Bytes of a value as the DynamoDB developer guide counts them ("DynamoDB item sizes and formats"). */
function valueSize(value: unknown): number {
  if (typeof value === "string") return utf8(value);
  if (typeof value === "number") return Math.ceil(String(Math.abs(value)).length / 2) + 1;
  if (typeof value === "boolean" || value === null) return 1;
  if (value instanceof Uint8Array) return value.byteLength;
  if (value instanceof Set) return [...value].reduce<number>((sum, member) => sum + utf8(member), 0);
  if (Array.isArray(value)) return value.reduce<number>((sum, member) => sum + 1 + valueSize(member), 3);
  let size = 3;
  for (const [name, member] of Object.entries(value as object)) size += 1 + utf8(name) + valueSize(member);
  return size;
}

export function itemSize(item: Item): number {
  let size = 0;
  for (const [name, value] of Object.entries(item)) size += utf8(name) + valueSize(value);
  return size;
}

const itemLimit = 400 * 1024;

/** A private copy, with the limits of the service checked. */
export function storableItem(item: Item): Item {
  checkKey(item);
  const copy = storable(item) as Item;
  checkSize(copy);
  return copy;
}

export function checkSize(item: Item): void {
  if (itemSize(item) > itemLimit)
    throw new Error("Item size has exceeded the maximum allowed size of 400 KB");
}

export function checkKey(key: Key): void {
  for (const [name, limit] of [
    ["pk", 2048],
    ["sk", 1024],
  ] as const) {
    const value = key[name];
    if (typeof value !== "string" || value === "")
      throw new Error(`The key attribute ${name} must hold text`);
    if (utf8(value) > limit) throw new Error(`The key attribute ${name} is longer than ${limit} bytes`);
  }
}
