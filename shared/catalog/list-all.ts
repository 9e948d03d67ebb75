import type { BucketName, ListedObject, ListedVersion, ObjectStore } from "../ports.ts";

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

/** Every version of every object under a prefix, delete markers too, or of those after a key. The same holds. */
export async function allVersions(
  objects: Pick<ObjectStore, "listVersions">,
  bucket: BucketName,
  prefix: string,
  from?: string,
): Promise<readonly ListedVersion[]> {
  const found: ListedVersion[] = [];
  let after = from;
  do {
    const page = await objects.listVersions(bucket, prefix, after);
    found.push(...page.versions);
    after = page.next;
  } while (after !== undefined);
  return found;
}
