import { describe, expect, it } from "@jest/globals";
import type { Item, Key, Table } from "../../shared/ports.ts";

/** Queries and batches of a table; `partition` names one that nobody else uses. */
export function describeReading(table: () => Table, partition: () => string): void {
  async function fill(sortKeys: readonly string[], attributes: object = {}): Promise<string> {
    const pk = partition();
    for (let at = 0; at < sortKeys.length; at += 50) {
      const items = sortKeys.slice(at, at + 50).map((sk) => ({ pk, sk, ...attributes }));
      await table().write(items.map((item) => ({ op: "put", item })));
    }
    return pk;
  }
  const sortKeys = (items: readonly Item[]): readonly string[] => items.map(({ sk }) => sk);

  describe("queries", () => {
    it("orders by the bytes of UTF-8, either way", async () => {
      const ordered = ["A", "Z", "a", "é", "单", "～", "😀"];
      const pk = await fill([...ordered].reverse());
      expect(sortKeys((await table().query({ pk, consistent: true })).items)).toEqual(ordered);
      const descending = await table().query({ pk, descending: true, consistent: true });
      expect(sortKeys(descending.items)).toEqual([...ordered].reverse());
    });

    it("keeps to a prefix, and to a range with both ends", async () => {
      const pk = await fill(["A#1", "B#1", "B#2", "B#3", "C#1"]);
      const query = async (part: object) =>
        sortKeys((await table().query({ pk, consistent: true, ...part })).items);
      expect(await query({ prefix: "B#" })).toEqual(["B#1", "B#2", "B#3"]);
      expect(await query({ prefix: "" })).toHaveLength(5);
      expect(await query({ prefix: "D" })).toEqual([]);
      expect(await query({ between: ["A#1", "B#2"] })).toEqual(["A#1", "B#1", "B#2"]);
      expect(await query({ between: ["B#2", "B#2"], descending: true })).toEqual(["B#2"]);
      expect(await table().query({ pk: partition() })).toEqual({ items: [] });
    });

    it.each([false, true])("pages through everything once (descending: %s)", async (descending) => {
      const all = Array.from({ length: 7 }, (_, index) => `S#${index}`);
      const pk = await fill(["R#0", ...all, "T#0"]);
      const seen: string[] = [];
      let after: Key | undefined;
      let pages = 0;
      do {
        const page = await table().query({
          pk,
          prefix: "S#",
          limit: 3,
          descending,
          consistent: true,
          ...(after && { after }),
        });
        expect(page.items.length).toBeLessThanOrEqual(3);
        seen.push(...sortKeys(page.items));
        after = page.next;
        pages++;
      } while (after && pages < 10);
      expect(seen).toEqual(descending ? [...all].reverse() : all);
    });

    it("refuses to continue a page of another query", async () => {
      const pk = await fill(["A#1", "B#1"]);
      const query = (part: object) => table().query({ pk, consistent: true, ...part });
      await expect(query({ after: { pk: partition(), sk: "A#1" } })).rejects.toThrow();
      await expect(query({ prefix: "B#", after: { pk, sk: "A#1" } })).rejects.toThrow();
      await expect(query({ between: ["B#", "C#"], after: { pk, sk: "A#1" } })).rejects.toThrow();
      expect((await query({ after: { pk, sk: "A#2" } })).items).toHaveLength(1);
    });

    it("ends a page at about 1 MB", async () => {
      const pk = partition();
      for (const sk of ["1", "2", "3", "4", "5"]) {
        await table().write([{ op: "put", item: { pk, sk, text: "x".repeat(300_000) } }]);
      }
      const page = await table().query({ pk, consistent: true });
      expect(page.items.length).toBeLessThan(5);
      const rest = await table().query({ pk, after: page.next as Key, consistent: true });
      expect([...sortKeys(page.items), ...sortKeys(rest.items)]).toEqual(["1", "2", "3", "4", "5"]);
    });
  });

  it("gets many keys at once in their order, without those that are missing", async () => {
    const names = Array.from({ length: 230 }, (_, index) => String(index).padStart(3, "0"));
    const pk = await fill(names);
    const asked = [...names]
      .reverse()
      .flatMap((sk) => [{ pk, sk }, ...(sk === "100" ? [{ pk, sk: "none" }] : [])]);
    const items = await table().batchGet([...asked, { pk, sk: "000" }], { consistent: true });
    expect(sortKeys(items)).toEqual([...names].reverse().concat("000"));
    expect(await table().batchGet([])).toEqual([]);
  });
}
