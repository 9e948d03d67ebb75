/** What people decide about what waits in quarantine and in conflict, as commands of the model. */
import fc from "fast-check";
import type { ConflictItem } from "../../../shared/catalog/desk-items.ts";
import type { UploadFileItem } from "../../../shared/catalog/items.ts";
import type { Item } from "../../../shared/ports.ts";
import { fateOf, type Happening, happening, pick, shown, somethingSent, trouble } from "./commands.ts";
import type { World } from "./world.ts";

async function waiting(world: World): Promise<readonly UploadFileItem[]> {
  return ofType<UploadFileItem>(await world.ground.items(), "upload-file").filter(
    ({ state }) => state === "quarantined",
  );
}

const ofType = <T>(items: readonly Item[], wanted: string): readonly T[] =>
  items.filter(({ type }) => type === wanted) as unknown as readonly T[];

const releases = fc.record({ which: fc.nat(), correct: fc.boolean(), troubles: trouble }).map(
  ({ which, correct, troubles }): Happening =>
    happening(
      `release ${which}${correct ? " corrected" : ""}${shown(troubles)}`,
      async (_, { world }) => {
        const file = pick(await waiting(world), which);
        if (file) await world.release(file, correct, fateOf(troubles));
      },
      somethingSent,
    ),
);

const discards = fc.record({ which: fc.nat(), troubles: trouble }).map(
  ({ which, troubles }): Happening =>
    happening(
      `discard ${which}${shown(troubles)}`,
      async (_, { world }) => {
        const file = pick(await waiting(world), which);
        if (file) await world.discard(file, fateOf(troubles));
      },
      somethingSent,
    ),
);

const resolves = fc
  .record({
    which: fc.nat(),
    keep: fc.constantFrom("first" as const, "new" as const, "both" as const),
    troubles: trouble,
  })
  .map(
    ({ which, keep, troubles }): Happening =>
      happening(
        `keep ${keep} of ${which}${shown(troubles)}`,
        async (_, { world }) => {
          const conflict = pick(ofType<ConflictItem>(await world.ground.items(), "conflict"), which);
          if (conflict) await world.resolve(conflict, keep, fateOf(troubles));
        },
        somethingSent,
      ),
  );

export const decisions: readonly fc.Arbitrary<Happening>[] = [releases, discards, resolves, resolves];
