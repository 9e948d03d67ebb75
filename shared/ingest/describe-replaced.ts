import type { InstanceItem, SeriesItem, StudyItem } from "../catalog/items.ts";
import { type InstanceKey, keys, prefixes, type StudyKey, studyPartition } from "../catalog/keys.ts";
import type { Header } from "../dicom/read.ts";
import type { Table, Write } from "../ports.ts";
import { describedSeries, describedStudy } from "./catalog-items.ts";

export interface ReplacedText {
  /** The study's, once the writes are done. */
  readonly textRevision: number;
  readonly writes: readonly Write[];
}

/**
 * For the transaction that lets other bytes stand for an instance: study and series follow where their text is this
 * instance's, the study by way of its stream, which makes it findable first. It counts as a text set anew, so that nobody who
 * read the first image before writes that one's back. An examined study is examined again.
 * @param textRevision the one the header was read under
 */
export async function replacedText(
  table: Table,
  key: InstanceKey,
  header: Header,
  textRevision: number,
  now: Date,
): Promise<ReplacedText> {
  const found = await table.batchGet([keys.study(key), keys.series(key)], { consistent: true });
  const study = found.find(({ type }) => type === "study") as StudyItem | undefined;
  const series = found.find(({ type }) => type === "series") as SeriesItem | undefined;
  const describes = study !== undefined && (await describesStudy(table, study, key));
  const asked = study?.examinedInstances !== undefined && { examineAskedAt: now.toISOString() };
  return {
    textRevision: describes ? textRevision + 1 : textRevision,
    writes: [
      ...(describes ? [studyWrite(key, header, textRevision, asked || {})] : []),
      ...(!describes && asked ? [update(keys.study(key), asked)] : []),
      ...(series && (series.describedBy ?? key.sopUid) === key.sopUid ? [seriesWrite(key, header)] : []),
    ],
  };
}

/** On studies older than `describedBy` it is their first instance. */
async function describesStudy(
  table: Table,
  study: StudyItem,
  { seriesUid, sopUid }: InstanceKey,
): Promise<boolean> {
  const by = study.describedBy ?? (await firstInstance(table, study));
  return by?.seriesUid === seriesUid && by.sopUid === sopUid;
}

export async function firstInstance(table: Table, study: StudyKey): Promise<InstanceItem | undefined> {
  const pk = studyPartition(study);
  const { items } = await table.query({ pk, prefix: prefixes.instances(), limit: 1, consistent: true });
  return items[0] as InstanceItem | undefined;
}

function studyWrite(
  key: InstanceKey,
  header: Header,
  textRevision: number,
  asked: { readonly examineAskedAt?: string },
): Write {
  const { seriesUid, sopUid } = key;
  return {
    op: "update",
    key: keys.study(key),
    set: {
      pendingText: describedStudy(header),
      describedBy: { seriesUid, sopUid },
      textRevision: textRevision + 1,
      ...asked,
    },
    when: [
      [
        { attribute: "pk", is: "present" },
        textRevision === 0
          ? { attribute: "textRevision", is: "absent" }
          : { attribute: "textRevision", is: "=", value: textRevision },
      ],
    ],
  };
}

function seriesWrite(key: InstanceKey, header: Header): Write {
  const described = describedSeries(header);
  return {
    op: "update",
    key: keys.series(key),
    set: { ...described, describedBy: key.sopUid },
    ...(described.modality === undefined && { remove: ["modality"] }),
    when: [
      [{ attribute: "describedBy", is: "=", value: key.sopUid }],
      [
        { attribute: "pk", is: "present" },
        { attribute: "describedBy", is: "absent" },
      ],
    ],
  };
}

const update = (key: ReturnType<typeof keys.study>, set: Readonly<Record<string, unknown>>): Write => ({
  op: "update",
  key,
  set,
  when: [[{ attribute: "pk", is: "present" }]],
});
