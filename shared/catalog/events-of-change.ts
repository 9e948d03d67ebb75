/** Which domain events a change of the table means. Published from the stream, at least once for what was really written. */
import type { Events, EventType, ItemType } from "../contract/events.ts";
import type { Item } from "../ports.ts";
import { became, type Change, isNew, typeOf } from "./change.ts";
import type { StudyItem, UploadFileItem } from "./items.ts";

export type DomainEvent = {
  readonly [T in EventType]: { readonly type: T; readonly detail: Events[T] };
}[EventType];

interface Rule<T extends EventType> {
  readonly event: T;
  readonly when: (change: Change) => boolean;
  readonly detail: (item: Item) => Events[T];
}

/** Members of an event that the item holds under the same name. */
function same<Name extends string>(item: Item, ...names: readonly Name[]): Record<Name, string> {
  return Object.fromEntries(names.map((name) => [name, item[name]])) as Record<Name, string>;
}

const rule = <T extends EventType>(
  event: T,
  when: Rule<T>["when"],
  detail: Rule<T>["detail"],
): Rule<EventType> => ({ event, when, detail }) as unknown as Rule<EventType>;

/** `quality` and `completedInstances` are never written together. */
const examined = rule(
  "StudyExamined.v1",
  ({ before, after }) =>
    after?.quality !== undefined &&
    (before?.examinedInstances !== after.examinedInstances ||
      JSON.stringify(before?.quality) !== JSON.stringify(after.quality)),
  (item) => {
    const { examinedInstances = 0, quality } = item as StudyItem;
    return {
      ...same(item, "region", "hospital", "studyUid"),
      instances: examinedInstances,
      score: quality?.score ?? 0,
    };
  },
);

/** Of a type's rules the first that fits. */
const rules: Partial<Record<ItemType, Rule<EventType> | readonly Rule<EventType>[]>> = {
  instance: rule(
    "InstanceIndexed.v1",
    // Again with another hash when an admin lets other bytes stand for it. One that was indexed again from the archive was
    // told of when it was new.
    (change) => became(change, "sha256") && change.after?.restoredAt === undefined,
    (item) => same(item, "region", "hospital", "studyUid", "seriesUid", "sopUid", "sha256"),
  ),
  study: [
    examined,
    rule(
      "StudyIndexed.v1",
      (change) => became(change, "completedInstances"),
      (item) => {
        const study = item as StudyItem;
        return {
          ...same(item, "region", "hospital", "studyUid"),
          instances: study.completedInstances ?? 0,
          series: study.seriesCount ?? 0,
          because: study.completedBecause ?? "quiet",
        };
      },
    ),
  ],
  conflict: rule("ConflictFound.v1", isNew, (item) =>
    same(item, "region", "hospital", "studyUid", "sopUid", "sha256"),
  ),
  finding: rule(
    "StudyFinding.v1",
    ({ after }) => after !== undefined,
    (item) => same(item, "region", "hospital", "studyUid", "source", "code", "severity", "of"),
  ),
  "upload-file": rule(
    "FileQuarantined.v1",
    (change) => became(change, "state", "quarantined"),
    (item) => ({
      ...same(item, "region", "hospital", "uploadId", "fileId"),
      reason: (item as UploadFileItem).reason?.code ?? "unknown",
    }),
  ),
  consult: rule("ConsultCreated.v1", isNew, (item) => ({
    ...same(item, "region", "consultId", "studyUid", "priority"),
    from: item.hospital as string,
    to: item.toHospital as string,
  })),
  "order-study": rule("OrderMatched.v1", isNew, (item) =>
    same(item, "region", "hospital", "orderId", "studyUid", "by"),
  ),
  "report-version": rule(
    "ReportSigned.v1",
    (change) => became(change, "status", "signed") && change.after?.restoredAt === undefined,
    (item) => ({
      ...same(item, "region", "hospital", "studyUid", "reportId"),
      version: item.version as number,
    }),
  ),
  "share-access": rule(
    "ShareOpened.v1",
    (change) => isNew(change) && change.after?.outcome === "opened",
    (item) => same(item, "region", "hospital", "studyUid", "shareId"),
  ),
  share: rule(
    "ShareRevoked.v1",
    (change) => became(change, "revokedAt"),
    (item) => same(item, "region", "hospital", "studyUid", "shareId"),
  ),
};

export function eventOf(change: Change): DomainEvent | undefined {
  const type = typeOf(change);
  const found = [(type && rules[type]) ?? []].flat().find(({ when }) => when(change));
  if (!found || !change.after) return undefined;
  return { type: found.event, detail: found.detail(change.after) } as DomainEvent;
}
