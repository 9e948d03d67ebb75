/** `limit` at a time, in order. The first fault ends it. */
export async function forEach<T>(
  all: readonly T[],
  limit: number,
  act: (one: T, index: number) => Promise<void>,
): Promise<void> {
  let next = 0;
  let faulty = false;
  const worker = async (): Promise<void> => {
    while (next < all.length && !faulty) {
      const index = next++;
      await act(all[index] as T, index).catch((error: unknown) => {
        faulty = true;
        throw error;
      });
    }
  };
  await Promise.all(Array.from({ length: Math.min(limit, all.length) }, worker));
}
