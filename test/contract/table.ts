import { randomUUID } from "node:crypto";
import { beforeAll, describe, expect, it } from "@jest/globals";
import { ConditionFailed } from "../../shared/errors.ts";
import type { Condition, Item, Key, Table } from "../../shared/ports.ts";
import { describeReading } from "./table-reading.ts";

/** What every Table must do. `make` answers one over the `catalog` and `audit` tables; items of other runs may be there. */
export function describeTableContract(name: string, make: () => Table | Promise<Table>): void {
  describe(`a table: ${name}`, () => {
    let table: Table;
    beforeAll(async () => {
      table = await make();
    });
    const partition = (): string => `CONTRACT#${randomUUID()}`;
    const key = (sk = "ITEM"): Key => ({ pk: partition(), sk });
    const put = (item: Item) => table.write([{ op: "put", item }]);

    describe("items", () => {
      it("says undefined for an item that was never written", async () => {
        expect(await table.get(key())).toBeUndefined();
      });

      it("gives back every kind of value as it was written, and drops undefined ones", async () => {
        const at = key();
        const values = {
          text: "王小明^",
          empty: "",
          whole: 42,
          part: -0.25,
          large: 9_007_199_254_740_991,
          yes: true,
          no: false,
          nothing: null,
          bytes: new Uint8Array([0, 255, 7]),
          set: new Set(["CT", "MR"]),
          list: [1, "two", { three: [null] }],
          map: { nested: { deep: "value" } },
        };
        await put({ ...at, ...values, absent: undefined, more: { inner: undefined } });
        const item = await table.get(at, { consistent: true });
        expect(item).toEqual({ ...at, ...values, more: {} });
        expect(Object.keys(item ?? {})).not.toContain("absent");
        expect(item?.bytes).toBeInstanceOf(Uint8Array);
      });

      it("replaces the whole item by a put and removes it by a delete", async () => {
        const at = key();
        await put({ ...at, first: 1 });
        await put({ ...at, second: 2 });
        expect(await table.get(at, { consistent: true })).toEqual({ ...at, second: 2 });
        await table.write([{ op: "delete", key: at }]);
        await table.write([{ op: "delete", key: at }]);
        expect(await table.get(at, { consistent: true })).toBeUndefined();
      });

      it("refuses an item over 400 KB and values that no item can hold", async () => {
        await expect(put({ ...key(), text: "x".repeat(400 * 1024) })).rejects.toThrow();
        await expect(put({ ...key(), number: Number.NaN })).rejects.toThrow();
        await expect(put({ ...key(), set: new Set() })).rejects.toThrow();
        await expect(put({ ...key(), date: new Date() })).rejects.toThrow();
        await expect(put({ pk: partition(), sk: "" })).rejects.toThrow();
      });
    });

    describe("updates", () => {
      it("creates the item, sets, adds from zero and removes", async () => {
        const at = key();
        await table.write([{ op: "update", key: at, set: { name: "a" }, add: { count: 2 } }]);
        await table.write([{ op: "update", key: at, add: { count: -5, other: 0 }, remove: ["name"] }]);
        expect(await table.get(at, { consistent: true })).toEqual({ ...at, count: -3, other: 0 });
      });

      it("leaves other attributes alone, and ignores undefined ones", async () => {
        const at = key();
        await put({ ...at, kept: "yes", size: 1 });
        await table.write([{ op: "update", key: at, set: { size: { w: 1 }, kept: undefined } }]);
        expect(await table.get(at, { consistent: true })).toEqual({ ...at, kept: "yes", size: { w: 1 } });
      });

      it("refuses to name an attribute twice, to change the key, and to add to text", async () => {
        const at = key();
        await put({ ...at, text: "a" });
        const update = (change: object) => table.write([{ op: "update", key: at, ...change }]);
        await expect(update({ set: { a: 1 }, remove: ["a"] })).rejects.toThrow();
        await expect(update({ set: { sk: "other" } })).rejects.toThrow();
        await expect(update({ add: { text: 1 } })).rejects.toThrow();
        expect(await table.get(at, { consistent: true })).toEqual({ ...at, text: "a" });
      });

      it("counts every one of many parallel additions", async () => {
        const at = key();
        const writers = Array.from({ length: 24 }, () =>
          table.write([{ op: "update", key: at, add: { count: 1 } }]),
        );
        await Promise.all(writers);
        expect((await table.get(at, { consistent: true }))?.count).toBe(24);
      });
    });

    describe("conditions", () => {
      const stored = { text: "m", number: 5, flag: true };
      const cases: readonly (readonly [string, Condition, boolean])[] = [
        ["an absent attribute is absent", { attribute: "none", is: "absent" }, true],
        ["a stored attribute is not absent", { attribute: "text", is: "absent" }, false],
        ["a stored attribute is present", { attribute: "text", is: "present" }, true],
        ["an absent attribute is not present", { attribute: "none", is: "present" }, false],
        ["equal text", { attribute: "text", is: "=", value: "m" }, true],
        ["other text", { attribute: "text", is: "=", value: "n" }, false],
        ["equal flag", { attribute: "flag", is: "=", value: true }, true],
        ["different number", { attribute: "number", is: "!=", value: 6 }, true],
        ["same number", { attribute: "number", is: "!=", value: 5 }, false],
        ["absent is different from anything", { attribute: "none", is: "!=", value: 1 }, true],
        ["absent equals nothing", { attribute: "none", is: "=", value: 1 }, false],
        ["absent is less than nothing", { attribute: "none", is: "<", value: 1 }, false],
        ["text does not equal a number", { attribute: "number", is: "=", value: "5" }, false],
        ["text differs from a number", { attribute: "number", is: "!=", value: "5" }, true],
        ["less", { attribute: "number", is: "<", value: 10 }, true],
        ["at most", { attribute: "number", is: "<=", value: 5 }, true],
        ["not greater", { attribute: "number", is: ">", value: 5 }, false],
        ["at least", { attribute: "text", is: ">=", value: "m" }, true],
      ];
      it.each(cases)("%s", async (_, condition, expected) => {
        const at = key();
        await put({ ...at, ...stored });
        const write = table.write([{ op: "update", key: at, set: { written: true }, when: [[condition]] }]);
        if (expected) await write;
        else await expect(write).rejects.toMatchObject({ name: "ConditionFailed", failed: [0] });
        expect((await table.get(at, { consistent: true }))?.written).toBe(expected || undefined);
      });

      it("holds when all of one group hold, and not when some of each do", async () => {
        const at = key();
        await put({ ...at, a: 1, b: 2 });
        const is = (attribute: string, value: number): Condition => ({ attribute, is: "=", value });
        const write = (when: Condition[][]) =>
          table.write([{ op: "put", item: { ...at, a: 1, b: 2 }, when }]);
        await write([[is("a", 9)], [is("a", 1), is("b", 2)]]);
        await expect(
          write([
            [is("a", 1), is("b", 9)],
            [is("a", 9), is("b", 2)],
          ]),
        ).rejects.toThrow(ConditionFailed);
      });

      it("lets exactly one of many parallel first writers win", async () => {
        const at = key();
        const results = await Promise.allSettled(
          Array.from({ length: 16 }, (_, writer) =>
            table.write([
              { op: "put", item: { ...at, writer }, when: [[{ attribute: "pk", is: "absent" }]] },
            ]),
          ),
        );
        expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
        for (const result of results) {
          if (result.status === "rejected") expect(result.reason).toBeInstanceOf(ConditionFailed);
        }
      });

      it("checks without writing", async () => {
        const at = key();
        const check = { op: "check", key: at, when: [[{ attribute: "pk", is: "present" }]] } as const;
        await expect(table.write([check])).rejects.toMatchObject({ failed: [0] });
        await put({ ...at, a: 1 });
        await table.write([check]);
        expect(await table.get(at, { consistent: true })).toEqual({ ...at, a: 1 });
      });
    });

    describe("transactions", () => {
      it("writes to both tables or to none, and names the writes whose condition failed", async () => {
        const [first, second, third] = [key(), key(), key()] as [Key, Key, Key];
        const absent = [[{ attribute: "pk", is: "absent" }]] as const;
        await put({ ...second, taken: true });
        const attempt = table.write([
          { op: "put", item: { ...first } },
          { op: "put", item: { ...second }, when: absent },
          { op: "put", table: "audit", item: { ...third } },
          { op: "check", key: third, when: [[{ attribute: "pk", is: "present" }]] },
        ]);
        await expect(attempt).rejects.toMatchObject({ name: "ConditionFailed", failed: [1, 3] });
        expect(await table.get(first, { consistent: true })).toBeUndefined();
        expect(await table.get(third, { table: "audit", consistent: true })).toBeUndefined();

        await table.write([
          { op: "put", item: { ...first } },
          { op: "put", table: "audit", item: { ...third, why: "read" } },
          { op: "delete", key: second, when: [[{ attribute: "taken", is: "=", value: true }]] },
        ]);
        expect(await table.get(third, { table: "audit", consistent: true })).toEqual({
          ...third,
          why: "read",
        });
        expect(await table.get(third, { consistent: true })).toBeUndefined();
        expect(await table.get(second, { consistent: true })).toBeUndefined();
      });

      it("takes 100 writes, and refuses 101, none, and two on one item", async () => {
        const pk = partition();
        const writes = (count: number) =>
          Array.from({ length: count }, (_, index) => ({
            op: "put" as const,
            item: { pk, sk: String(index).padStart(3, "0") },
          }));
        await expect(table.write(writes(101))).rejects.toThrow();
        await expect(table.write([])).rejects.toThrow();
        const item = { pk, sk: "twice" };
        await expect(
          table.write([
            { op: "put", item },
            { op: "update", key: item, set: { a: 1 } },
          ]),
        ).rejects.not.toThrow(ConditionFailed);
        expect((await table.query({ pk, consistent: true })).items).toEqual([]);
        await table.write(writes(100));
        expect((await table.query({ pk, consistent: true })).items).toHaveLength(100);
      });

      it("counts exactly when parallel transactions meet on one item", async () => {
        const pk = partition();
        const counter = { pk, sk: "COUNT" };
        await Promise.all(
          Array.from({ length: 8 }, (_, index) =>
            table.write([
              { op: "put", item: { pk, sk: `I#${index}` }, when: [[{ attribute: "pk", is: "absent" }]] },
              { op: "update", key: counter, add: { count: 1 } },
            ]),
          ),
        );
        expect((await table.get(counter, { consistent: true }))?.count).toBe(8);
      });
    });

    describeReading(() => table, partition);
  });
}
