/** What can happen to a hospital, as commands of a model-based test: fast-check makes sequences of them and shrinks them. */
import fc from "fast-check";
import type { Fate, FateOf } from "./fates.ts";
import { bytesOf, type FileSpec } from "./files.ts";
import { expectSound } from "./invariants.ts";
import type { Sending, World } from "./world.ts";

/** All the model has to know: what was sent. What must become of it follows (`expectOutcome`). */
export interface Model {
  readonly sent: FileSpec[];
  uploads: number;
}
export interface Real {
  readonly world: World;
  /** Lets others go first, in an order of fast-check's choosing. */
  readonly pause: () => Promise<void>;
  /** Runs while others wait for their turn. */
  readonly together: (work: readonly Promise<unknown>[]) => Promise<void>;
}

/** Which calls of one worker go wrong, by number; a worker that is not said anything about is healthy. */
export type Trouble = readonly { readonly at: number; readonly fate: Fate }[];

const fates: readonly Fate[] = ["refused", "answer-lost", "dies-before", "dies-after"];
export const trouble: fc.Arbitrary<Trouble> = fc.oneof(
  { weight: 2, arbitrary: fc.constant([]) },
  {
    weight: 3,
    arbitrary: fc.array(fc.record({ at: fc.integer({ min: 1, max: 40 }), fate: fc.constantFrom(...fates) }), {
      minLength: 1,
      maxLength: 3,
    }),
  },
);

export function fateOf(troubles: Trouble, pause?: () => Promise<void>): FateOf {
  let calls = 0;
  return async () => {
    await pause?.();
    calls++;
    return troubles.find(({ at }) => at === calls)?.fate ?? "done";
  };
}

const fileSpec: fc.Arbitrary<FileSpec> = fc.record({
  series: fc.integer({ min: 1, max: 2 }),
  instance: fc.integer({ min: 1, max: 3 }),
  variant: fc.constantFrom("as scanned" as const, "edited" as const),
  broken: fc.constantFrom(
    false as const,
    false as const,
    false as const,
    "no image" as const,
    "no study" as const,
  ),
});

export type Happening = fc.AsyncCommand<Model, Real>;

/** `text` is what fast-check prints of a failing sequence. */
export function happening(
  text: string,
  run: (model: Model, real: Real) => Promise<unknown>,
  possible: (model: Readonly<Model>) => boolean = () => true,
): Happening {
  return {
    check: possible,
    async run(model, real) {
      await run(model, real);
      await expectSound(real.world.ground);
    },
    toString: () => text,
  };
}

export const somethingSent = ({ uploads }: Readonly<Model>): boolean => uploads > 0;
export const pick = <T>(from: readonly T[], which: number): T | undefined =>
  from[which % Math.max(1, from.length)];
export const shown = (troubles: Trouble): string => troubles.map(({ at, fate }) => ` ${fate}@${at}`).join("");

const sends = fc
  .record({
    files: fc.array(fileSpec, { minLength: 1, maxLength: 4 }),
    encounterClass: fc.constantFrom("outpatient" as const, "inpatient" as const, "unknown" as const),
    priority: fc.constantFrom("routine" as const, "stat" as const),
    troubles: trouble,
  })
  .map(({ files, troubles, ...how }) =>
    happening(`send ${files.length}${shown(troubles)}`, async (model, { world }) => {
      const sending: Sending = { files: files.map(bytesOf), ...how };
      await world.send(sending, fateOf(troubles));
      model.sent.push(...files);
      model.uploads++;
    }),
  );

/**
 * Events that failed, or were delivered once, may come again, late and in any order. Where leases end meanwhile, a worker was
 * frozen between two of its calls for longer than it held its claim.
 */
const delivers = fc
  .record({
    which: fc.array(fc.record({ at: fc.nat(), troubles: trouble }), { minLength: 1, maxLength: 4 }),
    leasesEnd: fc.integer({ min: 0, max: 2 }),
  })
  .map(({ which, leasesEnd }) =>
    happening(
      `deliver${which.map(({ at, troubles }) => ` ${at}${shown(troubles)}`).join(",")}; leases end ${leasesEnd} times`,
      async (_, { world, pause, together }) => {
        const work = which.flatMap(({ at, troubles }) => {
          const event = pick(world.landed, at);
          return event ? [world.deliver(event, fateOf(troubles, pause))] : [];
        });
        const passing = async (): Promise<void> => {
          for (let i = 0; i < leasesEnd; i++) {
            for (let calls = 0; calls < 8; calls++) await pause();
            world.letLeasesEnd();
          }
        };
        await together([...work, passing()]);
      },
      somethingSent,
    ),
  );

const follows = fc
  .record({ count: fc.integer({ min: 1, max: 30 }), twice: fc.boolean(), troubles: trouble })
  .map(({ count, twice, troubles }) =>
    happening(
      `follow ${count}${twice ? " twice" : ""}${shown(troubles)}`,
      (_, { world }) => world.follow(count, fateOf(troubles), { twice }),
      somethingSent,
    ),
  );

const derives = fc.record({ which: fc.nat(), troubles: trouble }).map(({ which, troubles }) =>
  happening(
    `derive ${which}${shown(troubles)}`,
    async (_, { world }) => {
      const message = pick(world.messages, which);
      if (message) await world.derive(message, fateOf(troubles));
    },
    somethingSent,
  ),
);

const completes = fc
  .record({ which: fc.nat(), troubles: trouble })
  .map(({ which, troubles }) =>
    happening(
      `complete ${which}${shown(troubles)}`,
      (_, { world }) => world.complete(pick(world.uploads, which) as string, fateOf(troubles)),
      somethingSent,
    ),
  );

const quiets = trouble.map((troubles) =>
  happening(`fall quiet${shown(troubles)}`, (_, { world }) => world.fallQuiet(fateOf(troubles))),
);

const leases = fc.constant(happening("leases end", async (_, { world }) => world.letLeasesEnd()));

export const happenings: fc.Arbitrary<Happening>[] = [
  sends,
  delivers,
  delivers,
  follows,
  follows,
  derives,
  completes,
  quiets,
  leases,
];
