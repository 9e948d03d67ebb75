import { describe, expect, it } from "@jest/globals";
import { MemoryBudget } from "../../../shared/derive/memory-budget.ts";

/** Work that ends when told. */
function job() {
  const { promise, resolve } = Promise.withResolvers<void>();
  const state = { began: false };
  const work = async () => {
    state.began = true;
    await promise;
  };
  return { state, work, end: resolve };
}
const settled = () => new Promise((resolve) => setImmediate(resolve));

describe("the memory derive works in", () => {
  it("small instances go on side by side, a large one waits for room, and nobody passes it", async () => {
    const budget = new MemoryBudget(100);
    const [first, second, large, last] = [job(), job(), job(), job()];
    const all = [
      budget.within(40, first.work),
      budget.within(40, second.work),
      budget.within(90, large.work),
      budget.within(10, last.work),
    ];
    const began = () => [first, second, large, last].map(({ state }) => state.began);
    await settled();
    expect(began()).toEqual([true, true, false, false]);
    first.end();
    await settled();
    expect(began()).toEqual([true, true, false, false]);
    second.end();
    await settled();
    expect(began()).toEqual([true, true, true, true]);
    for (const { end } of [large, last]) end();
    await Promise.all(all);
  });

  it("one that needs more than there is works alone", async () => {
    const budget = new MemoryBudget(100);
    await expect(budget.within(1000, async () => "done")).resolves.toBe("done");
  });

  it("what fails gives its memory back", async () => {
    const budget = new MemoryBudget(100);
    const fails = budget.within(100, async () => Promise.reject(new Error("no")));
    await expect(fails).rejects.toThrow("no");
    await expect(budget.within(100, async () => "done")).resolves.toBe("done");
  });
});
