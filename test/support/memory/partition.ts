import type { Item } from "../../../shared/ports.ts";
import { compareUtf8, lowerBound } from "./utf8-order.ts";

/** Beyond this many at once, sorting is cheaper than finding each one's place. */
const few = 16;

/** The items of one partition key. Their order is made when somebody asks for it, so that filling a large one costs little. */
export class Partition {
  private readonly items = new Map<string, Item>();
  private ordered: string[] = [];
  private added: string[] = [];

  get(sk: string): Item | undefined {
    return this.items.get(sk);
  }

  put(sk: string, item: Item): void {
    if (!this.items.has(sk)) this.added.push(sk);
    this.items.set(sk, item);
  }

  delete(sk: string): void {
    if (!this.items.delete(sk)) return;
    this.order();
    this.ordered.splice(lowerBound(this.ordered, sk), 1);
  }

  values(): Iterable<Item> {
    return this.items.values();
  }

  /** Sort keys in the order of their UTF-8 bytes. */
  order(): readonly string[] {
    const { ordered, added } = this;
    if (added.length > few) this.ordered = [...ordered, ...added].sort(compareUtf8);
    else for (const sk of added) ordered.splice(lowerBound(ordered, sk), 0, sk);
    this.added = [];
    return this.ordered;
  }
}
