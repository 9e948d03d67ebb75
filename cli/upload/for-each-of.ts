/**
 * Calls `action` with 0 … `count` - 1, in order, at most `width` at once. After a failure nothing new is begun; what was
 * begun is waited for, so that nothing goes on behind the caller's back, and the first failure is thrown.
 */
export async function forEachOf(
  count: number,
  width: number,
  action: (index: number) => Promise<void> | void,
): Promise<void> {
  let next = 0;
  let failed = false;
  const worker = async (): Promise<void> => {
    while (next < count && !failed) {
      try {
        await action(next++);
      } catch (error) {
        failed = true;
        throw error;
      }
    }
  };
  const workers = Array.from({ length: Math.min(width, count) }, worker);
  const ended = await Promise.allSettled(workers);
  const rejected = ended.find((one) => one.status === "rejected");
  if (rejected) throw rejected.reason;
}
