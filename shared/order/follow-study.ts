/**
 * A study finds its order, and what the two contradict each other in is found. Runs when the study can first be found, when a
 * series of it or its identity is new, and when an order it may be for has changed: in any order, twice or side by side, it
 * ends the same.
 */
import { replaceFindings } from "../catalog/findings.ts";
import type { DicomJson, StudyItem } from "../catalog/items.ts";
import { keys, type StudyKey } from "../catalog/keys.ts";
import { ConditionFailed, Transient } from "../errors.ts";
import type { Clock, Table } from "../ports.ts";
import { matchAudit } from "./audit-match.ts";
import { compareOrder } from "./compare-order.ts";
import { findOrder, type Match } from "./find-order.ts";
import type { OrderItem, OrderUseItem, UnmatchedStudyItem } from "./items.ts";
import { usesOrders } from "./limits.ts";
import { linkWrites } from "./link-study.ts";
import { readOrder } from "./load-order.ts";
import { readSeriesFacts, type StudyFacts, studyFacts } from "./study-facts.ts";

export interface MatchingDependencies {
  readonly table: Table;
  readonly clock: Clock;
  /** Days between order and study, either way, within which a patient's are matched. */
  readonly windowDays: number;
}

const attempts = 5;

/** Throws Transient when others keep changing the same study or order. */
export async function followStudy(deps: MatchingDependencies, key: StudyKey): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      return await follow(deps, key);
    } catch (error) {
      if (!(error instanceof ConditionFailed)) throw error;
      if (tries === attempts) throw new Transient("Others keep changing this study", { cause: error });
    }
  }
}

async function follow(deps: MatchingDependencies, key: StudyKey): Promise<void> {
  const study = (await deps.table.get(keys.study(key), { consistent: true })) as StudyItem | undefined;
  // Its search items come first: from then on a new order finds the study, whichever of the two is slower.
  if (!study?.searchable) return;
  const facts = studyFacts(study, await readSeriesFacts(deps.table, key));
  if (study.orderId !== undefined) return compared(deps, study, facts, study.orderId);
  const match = await findOrder(deps.table, study, facts, deps.windowDays);
  if (!("order" in match) || study.matchByHandOnly) return unmatched(deps, study, facts, match);
  const at = deps.clock.now();
  const { order, by } = match;
  await deps.table.write([
    ...linkWrites({ study, order, by, at: at.toISOString() }),
    matchAudit(study, { orderId: order.orderId, detail: `by ${by}`, at }),
  ]);
  return compared(deps, study, facts, order.orderId);
}

async function compared(
  { table, clock }: MatchingDependencies,
  study: StudyItem,
  facts: StudyFacts,
  orderId: string,
): Promise<void> {
  const { region, hospital } = study;
  const order = await readOrder(table, { region, hospital }, orderId);
  if (!order) throw new Error("A study names an order that is not there");
  await replaceFindings(table, study, "order", await compareOrder(order, facts), clock.now());
}

/** Where a hospital works without orders, having none is nothing to be told about. */
async function unmatched(
  { table, clock }: MatchingDependencies,
  study: StudyItem,
  facts: StudyFacts,
  match: Match,
): Promise<void> {
  // Its first series follows in a moment, and says the modality.
  if (facts.series.length === 0) return;
  const now = clock.now();
  const use = (await table.get(keys.orderUse(study))) as OrderUseItem | undefined;
  if (!usesOrders(use?.at, now)) return;
  const candidates = "order" in match ? [match.order] : match.candidates;
  await table.write([
    {
      op: "check",
      key: keys.study(study),
      when: [
        [
          { attribute: "pk", is: "present" },
          { attribute: "orderId", is: "absent" },
        ],
      ],
    },
    { op: "put", item: unmatchedItem(study, facts, candidates) },
  ]);
  const code = candidates.length === 0 ? "order-none" : "order-unclear";
  const values = { candidates: candidates.length };
  await replaceFindings(table, study, "order", [{ code, values }], now);
}

/** What a list shows of a study, as of an order's candidates it is chosen among. */
const summaryTags = [
  "00080020",
  "00080030",
  "00080050",
  "00081030",
  "00100010",
  "00100020",
  "00100030",
  "00100040",
];

function unmatchedItem(
  study: StudyItem,
  facts: StudyFacts,
  candidates: readonly OrderItem[],
): UnmatchedStudyItem {
  const { region, hospital, studyUid, createdAt, attributes } = study;
  const shown = Object.entries(attributes).filter(([tag]) => summaryTags.includes(tag));
  return {
    ...keys.unmatchedStudy(study, createdAt),
    type: "unmatched-study",
    region,
    hospital,
    studyUid,
    seenAt: createdAt,
    summary: Object.fromEntries(shown) as DicomJson,
    modalities: [...new Set(facts.series.flatMap(({ modality }) => modality ?? []))],
    candidates: candidates.map(({ orderId }) => orderId),
  };
}
