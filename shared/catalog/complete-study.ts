import { ConditionFailed } from "../errors.ts";
import type { Clock, Table } from "../ports.ts";
import { sumStudy } from "./counters.ts";
import type { StudyItem } from "./items.ts";
import { keys, type StudyKey } from "./keys.ts";
import { markClosed, readOpen } from "./open-studies.ts";
import { rollUpStudy } from "./roll-up-study.ts";

/**
 * Says that a study is complete as it stands. The stream turns that into `StudyIndexed`, so a run that dies here sends no
 * event twice and loses none. Instances that arrive later open the study again. Saying it again for the same number of
 * instances changes nothing.
 */
export async function completeStudy(
  { table, clock }: { readonly table: Table; readonly clock: Clock },
  key: StudyKey,
  because: "manifest" | "quiet",
): Promise<void> {
  // The marker first: what arrives after this leaves another marker, and the study stays open.
  const open = await readOpen(table, key);
  await rollUpStudy(table, key);
  const { instances } = await sumStudy(table, key);
  if (instances > 0) await declare(table, key, { instances, because, at: clock.now() });
  if (open) await markClosed(table, open);
}

async function declare(
  table: Table,
  key: StudyKey,
  found: { readonly instances: number; readonly because: "manifest" | "quiet"; readonly at: Date },
): Promise<void> {
  const study = (await table.get(keys.study(key), { consistent: true })) as StudyItem | undefined;
  if (study?.completedInstances === found.instances) return;
  try {
    await table.write([
      {
        op: "update",
        key: keys.study(key),
        set: {
          completedAt: found.at.toISOString(),
          completedInstances: found.instances,
          completedBecause: found.because,
        },
        when: [
          [{ attribute: "completedInstances", is: "absent" }],
          [{ attribute: "completedInstances", is: "<", value: found.instances }],
        ],
      },
    ]);
  } catch (error) {
    if (!(error instanceof ConditionFailed)) throw error;
  }
}
