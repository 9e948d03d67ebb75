import type { BucketName, ListedObject, ObjectStore } from "../ports.ts";

/** Every object under a prefix, by pages. Only for prefixes that are known to be small or that must be read whole. */
export async function* listAll(
  objects: Pick<ObjectStore, "list">,
  bucket: BucketName,
  prefix: string,
): AsyncGenerator<ListedObject> {
  let after: string | undefined;
  do {
    const page = await objects.list(bucket, prefix, after);
    yield* page.keys;
    after = page.next;
  } while (after !== undefined);
}
