const parallel = 32;

/** Many small questions to a store at once. Waits for all under way before it throws. */
export async function sideBySide<T>(values: Iterable<T>, ask: (value: T) => Promise<void>): Promise<void> {
  const waiting = [...values].values();
  const worker = async () => {
    for (const value of waiting) await ask(value);
  };
  const ended = await Promise.allSettled(Array.from({ length: parallel }, worker));
  for (const end of ended) if (end.status === "rejected") throw end.reason;
}
