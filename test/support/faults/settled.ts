/** What must hold once everything that was to come has come, to healthy workers. */
import type { InstanceItem, SeriesItem, StudyItem } from "../../../shared/catalog/items.ts";
import { expectOutcome, type FileSpec } from "./files.ts";
import { expectOriginalsIntact, expectSound } from "./invariants.ts";
import type { World } from "./world.ts";

export async function expectSettled(world: World, sent: readonly FileSpec[]): Promise<void> {
  await expectSound(world.ground);
  await expectOriginalsIntact(world.ground);
  const items = await world.ground.items();
  expectOutcome(sent, items);
  const ofType = <T>(wanted: string): readonly T[] =>
    items.filter(({ type }) => type === wanted) as unknown as readonly T[];
  const instances = ofType<InstanceItem>("instance");
  const of = (studyUid: string): number =>
    instances.filter((instance) => instance.studyUid === studyUid).length;
  const wrong = [
    // One without instances is behind what nobody finds (`holdsInstances`): its worker died, and other bytes took the UID.
    ...ofType<StudyItem>("study")
      .filter(({ studyUid }) => of(studyUid) > 0)
      .flatMap(({ studyUid, instances: counted, completedInstances }) => [
        ...(counted === of(studyUid) ? [] : [`the roll-up of study ${studyUid}`]),
        ...(completedInstances === of(studyUid) ? [] : [`study ${studyUid} is not complete as it stands`]),
      ]),
    ...ofType<SeriesItem>("series")
      .filter(
        (series) =>
          (series.instances ?? 0) !==
          instances.filter(
            ({ seriesUid, studyUid }) => seriesUid === series.seriesUid && studyUid === series.studyUid,
          ).length,
      )
      .map(({ seriesUid }) => `the roll-up of series ${seriesUid}`),
    ...ofType("open-study").map(() => "a study is still open"),
    ...instances
      .filter(({ thumbnail }) => thumbnail === undefined)
      .map(({ sopUid }) => `${sopUid} was never derived`),
    ...instances
      // Of what a rebuild found in the archive nobody is told as of something new.
      .filter((instance) => instance.restoredAt === undefined && !told(world, instance))
      .map(({ sopUid }) => `nobody was told of ${sopUid}`),
  ];
  if (wrong.length > 0) throw new Error(`Not settled:\n${wrong.join("\n")}`);
}

function told(world: World, { sopUid }: InstanceItem): boolean {
  return world.bus
    .published()
    .some(({ type, detail }) => type === "InstanceIndexed.v1" && (detail as InstanceItem).sopUid === sopUid);
}
