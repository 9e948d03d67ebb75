/** Studies that still receive instances: the quiet-period job closes the ones nothing was added to for a while. */
import { ulid } from "ulid";
import { ConditionFailed } from "../errors.ts";
import type { Item, Table } from "../ports.ts";
import { keys, type StudyKey } from "./keys.ts";
import { queryAll } from "./query-all.ts";

export interface OpenStudyItem extends Item, StudyKey {
  readonly type: "open-study";
  readonly lastIndexedAt: string;
  /** Another one each time an instance arrives, so that closing notices what came while it counted. */
  readonly touch: string;
}

export async function markOpen(table: Table, key: StudyKey, now: Date): Promise<void> {
  const { region, hospital, studyUid } = key;
  const item: OpenStudyItem = {
    ...keys.open(key),
    type: "open-study",
    region,
    hospital,
    studyUid,
    lastIndexedAt: now.toISOString(),
    touch: ulid(now.getTime()),
  };
  await table.write([{ op: "put", item }]);
}

export async function readOpen(table: Table, key: StudyKey): Promise<OpenStudyItem | undefined> {
  return (await table.get(keys.open(key), { consistent: true })) as OpenStudyItem | undefined;
}

export async function listOpen(table: Table, region: string): Promise<readonly OpenStudyItem[]> {
  const { pk } = keys.open({ region, hospital: "", studyUid: "" });
  return (await queryAll(table, { pk })) as readonly Item[] as readonly OpenStudyItem[];
}

/** Unless an instance arrived since `open` was read. */
export async function markClosed(table: Table, open: OpenStudyItem): Promise<void> {
  try {
    await table.write([
      {
        op: "delete",
        key: keys.open(open),
        when: [[{ attribute: "touch", is: "=", value: open.touch }]],
      },
    ]);
  } catch (error) {
    if (!(error instanceof ConditionFailed)) throw error;
  }
}
