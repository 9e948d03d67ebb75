/** Which changes of the table ask for matching, as independent pieces of work. */
import { became, type Change, isNew, typeOf } from "../catalog/change.ts";
import type { InstanceItem, StudyItem } from "../catalog/items.ts";
import { type StudyKey, studyPartition } from "../catalog/keys.ts";
import type { Item } from "../ports.ts";
import { followOrder } from "./follow-order.ts";
import { followStudy, type MatchingDependencies } from "./follow-study.ts";
import type { OrderItem } from "./items.ts";
import { namesItsSide } from "./study-facts.ts";

export interface MatchingWork {
  readonly changes: readonly Change[];
  run(): Promise<void>;
}

export function matchingWork(
  deps: MatchingDependencies,
  changes: readonly Change[],
): readonly MatchingWork[] {
  const ofStudies = changes.filter(asksForStudy);
  const byStudy = Map.groupBy(ofStudies, ({ after }) => studyPartition(after as Item & StudyKey));
  const orders = changes.filter((change) => typeOf(change) === "order" && asksForOrder(change));
  return [
    ...[...byStudy.values()].map((group) => ({
      changes: group,
      run: () => followStudy(deps, keyOf((group[0] as Change).after as StudyItem)),
    })),
    ...orders.map((change) => ({
      changes: [change],
      run: () => followOrder(deps, imagesOf(change)),
    })),
  ];
}

const keyOf = ({ region, hospital, studyUid }: StudyKey): StudyKey => ({ region, hospital, studyUid });

const imagesOf = ({ before, after }: Change): readonly OrderItem[] =>
  [before, after].filter((image) => image !== undefined) as readonly Item[] as readonly OrderItem[];

const rules: Readonly<Record<string, (change: Change) => boolean>> = {
  study: (change) =>
    became(change, "searchable") ||
    (change.after?.searchable === true && ["orderId", "attributes", "patientId"].some(differs(change))),
  series: (change) =>
    became(change, "searchable") ||
    (change.before?.searchable === true && ["attributes", "modality"].some(differs(change))),
  // What its series leaves open: which side was imaged. Again where other bytes stand for it.
  instance: (change) =>
    became(change, "sha256") &&
    [change.before, change.after].some((image) => image && namesItsSide(image as InstanceItem)),
};

function asksForStudy(change: Change): boolean {
  const rule = rules[typeOf(change) ?? ""];
  return change.after !== undefined && rule?.(change) === true;
}

const asksForOrder = (change: Change): boolean =>
  isNew(change) || (change.after !== undefined && ["content", "status"].some(differs(change)));

const differs =
  ({ before, after }: Change) =>
  (name: string): boolean =>
    JSON.stringify(before?.[name]) !== JSON.stringify(after?.[name]);
