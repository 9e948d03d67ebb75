import { originsOf } from "../catalog/corrected-from.ts";
import type { Origin, Release } from "../catalog/desk-items.ts";
import type { ReleaseView } from "../contract/schemas/ingest.ts";

/** A release as people see it: without the keys of objects. */
export function viewOfRelease({ at, by, was, object, correctedFrom }: Release): ReleaseView {
  return {
    at,
    by,
    was,
    ...(object &&
      correctedFrom && {
        as: { sha256: object.sha256, size: object.size, attributes: differing(correctedFrom) },
      }),
  };
}

/** From what came, over all the copies in between. */
const differing = (origin: Origin): string[] =>
  [...new Set(originsOf(origin).flatMap(({ attributes }) => attributes))].sort();
