/** SQS and EventBridge take ten entries and 256 KB in one request. */
const entriesPerRequest = 10;
const bytesPerRequest = 256 * 1024;

/** Splits entries into requests, in order. Throws for an entry that fits into none. */
export function inRequests<T>(
  entries: readonly T[],
  sizeOf: (entry: T) => number,
): readonly (readonly T[])[] {
  const requests: T[][] = [];
  let current: T[] = [];
  let bytes = 0;
  for (const entry of entries) {
    const size = sizeOf(entry);
    if (size > bytesPerRequest) throw new Error("One message is larger than 256 KB");
    if (current.length === entriesPerRequest || bytes + size > bytesPerRequest) {
      requests.push(current);
      current = [];
      bytes = 0;
    }
    current.push(entry);
    bytes += size;
  }
  if (current.length > 0) requests.push(current);
  return requests;
}
