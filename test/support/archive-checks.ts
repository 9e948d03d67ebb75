/** What must hold of any catalog and archive, whatever happened on the way. */
import { expect } from "@jest/globals";
import { sumSeries, sumStudy } from "../../shared/catalog/counters.ts";
import type { InstanceItem } from "../../shared/catalog/items.ts";
import type { StudyKey } from "../../shared/catalog/keys.ts";
import { objectKeys } from "../../shared/object-keys.ts";
import type { Clinic } from "./clinic.ts";
import { sha256Hex } from "./slices.ts";

/** Instances as the catalog holds them. */
export function instancesOf({ table }: Clinic): readonly InstanceItem[] {
  return table.items().filter(({ type }) => type === "instance") as readonly unknown[] as InstanceItem[];
}

/** Counts of every study and series are those of its instance items. */
export async function expectExactCounts(here: Clinic): Promise<void> {
  const byStudy = Map.groupBy(instancesOf(here), ({ pk }) => pk);
  for (const instances of byStudy.values()) {
    const { region, hospital, studyUid } = instances[0] as StudyKey;
    const key = { region, hospital, studyUid };
    expect((await sumStudy(here.table, key)).instances).toBe(instances.length);
    const bySeries = Map.groupBy(instances, ({ seriesUid }) => seriesUid);
    const counted = await sumSeries(here.table, key);
    expect([...counted].map(([uid, { instances: count }]) => [uid, count]).sort()).toEqual(
      [...bySeries].map(([uid, { length }]) => [uid, length]).sort(),
    );
  }
}

/** Every instance has its bytes in the archive, in exactly one locked version. */
export async function expectArchivedOnce(here: Clinic): Promise<void> {
  for (const key of here.objects.keys("archive"))
    expect(here.objects.versions({ bucket: "archive", key })).toHaveLength(1);
  for (const instance of instancesOf(here)) {
    const key = objectKeys.original(instance, instance.sha256);
    expect(sha256Hex(await here.objects.read({ bucket: "archive", key }))).toBe(instance.sha256);
  }
}

/** Every file of the upload is in one state, and the bytes of every final one are kept somewhere. */
export async function expectBalanced(here: Clinic, uploadId: string): Promise<void> {
  const { upload, files, totals } = await here.ledger(uploadId);
  expect(files).toHaveLength(upload.fileCount);
  const counted = { awaiting: 0, stored: 0, indexed: 0, duplicate: 0, conflict: 0, quarantined: 0 };
  for (const { state } of files) counted[state]++;
  expect(totals).toEqual(counted);
  const archived = new Set(here.objects.keys("archive").map((key) => key.slice(-68, -4)));
  const aside = here.objects.keys("quarantine");
  for (const { state, sha256, fileId } of files) {
    if (state === "indexed" || state === "duplicate") expect(archived).toContain(sha256);
    if (state === "conflict") expect(aside.some((key) => key.endsWith(`/${sha256}.dcm`))).toBe(true);
    if (state === "quarantined")
      expect(aside).toContain(objectKeys.quarantine(here.hospital, uploadId, fileId));
  }
}
