import { describe, expect, it } from "@jest/globals";
import { studyFindItems } from "../../../shared/catalog/find-items.ts";
import type { StudyItem } from "../../../shared/catalog/items.ts";
import { counterShards, keys, searchPartitions } from "../../../shared/catalog/keys.ts";
import { shardOf } from "../../../shared/catalog/shard-of.ts";
import { type LedgerCheck, ledgerChecks } from "../../../shared/ledger/checks.ts";
import { objectKeys } from "../../../shared/object-keys.ts";
import { supersededTag } from "../../../shared/object-notes.ts";
import type { Key, ObjectRef, Write } from "../../../shared/ports.ts";
import { ctInstance } from "../../support/instances.ts";
import { sha256Hex, sliceFile } from "../../support/slices.ts";
import { type WorkingHospital, workingHospital } from "../../support/working-hospital.ts";

const study = "1.2.1";
const slice = (n: number, more: { readonly comment?: string; readonly studyUid?: string } = {}) => {
  const { studyUid = study, comment = "" } = more;
  const seriesUid = `${studyUid}.${1 + (n % 2)}`;
  return sliceFile({ studyUid, seriesUid, sopUid: `${seriesUid}.${n}`, comment });
};
const aDay = 24 * 60 * 60 * 1000;

const picture = { studyUid: "1.2.3", seriesUid: "1.2.3.1", sopUid: "1.2.3.1.1" };

/** Three studies with duplicates, a conflict, two quarantined files, a report, and a hospital beside; a day ago. */
async function hospital(): Promise<WorkingHospital & { readonly uploads: readonly string[] }> {
  const here = await workingHospital();
  const first = await here.receive([slice(1), slice(2), slice(3), slice(1), new Uint8Array([1, 2, 3])], {
    encounterClass: "inpatient",
  });
  const second = await here.receive([
    slice(2),
    slice(3, { comment: "other" }),
    slice(4, { studyUid: "1.2.2" }),
  ]);
  await here.receive([ctInstance(picture)], { priority: "stat" });
  await here.announce([slice(6)]);
  await here.report(study);
  const beside = await workingHospital("mingshui-township", here);
  await beside.receive([slice(1)]);
  here.clock.advance(aDay);
  return { ...here, uploads: [first.uploadId, second.uploadId] };
}

const instance = (here: WorkingHospital, n: number) => {
  const seriesUid = `${study}.${1 + (n % 2)}`;
  return { ...here.hospital, studyUid: study, seriesUid, sopUid: `${seriesUid}.${n}` };
};
const original = (here: WorkingHospital, n: number): ObjectRef => ({
  bucket: "archive",
  key: objectKeys.original(instance(here, n), sha256Hex(slice(n))),
});
/** Past what a request may do. */
const write = (here: WorkingHospital, ...writes: Write[]) => here.table.write(writes);
const lose = (here: WorkingHospital, key: Key) => write(here, { op: "delete", key });
const set = (here: WorkingHospital, key: Key, attributes: Record<string, unknown>) =>
  write(here, { op: "update", key, set: attributes });
const failing = async (here: WorkingHospital): Promise<LedgerCheck[]> => {
  const { checks } = await here.audit();
  return [...checks.values()].filter(({ violations }) => violations > 0).map(({ check }) => check);
};

describe("an audit of a ledger that balances", () => {
  it("tries every check on something, and finds nothing wrong", async () => {
    const here = await hospital();
    const { checks, violations } = await here.audit({ verifyBytes: true });
    expect(violations).toEqual([]);
    expect([...checks.keys()].sort()).toEqual(Object.keys(ledgerChecks).sort());
    expect(checks.get("original")).toMatchObject({ examined: 5, violations: 0 });
    expect(checks.get("balance")).toMatchObject({ examined: 4 });
    expect(checks.get("file-kept")).toMatchObject({ examined: 7 });
    expect(checks.get("file-aside")).toMatchObject({ examined: 2 });
  });

  it("sees nothing of another hospital", async () => {
    const here = await hospital();
    const { checks } = await here.audit();
    await workingHospital("yunshan-county", here).then((other) => other.receive([slice(7)]));
    expect((await here.audit()).checks).toEqual(checks);
  });

  it("calls what has only just happened under way, and wrong once its tries are over", async () => {
    const here = await hospital();
    const { landed, uploadId } = await here.send([slice(5)]);
    const waiting = await here.audit();
    expect(waiting.violations).toEqual([]);
    expect(waiting.checks.get("landing")?.explained).toBe(1);
    here.clock.advance(7 * 60 * 60 * 1000);
    const named = expect.objectContaining({ uploadId, fileId: "0", ageHours: 7 });
    expect((await here.audit()).violations).toEqual([named, named]);
    for (const event of landed) await here.ingest(event, { table: here.stream.table });
    await here.settle();
    expect(await failing(here)).toEqual([]);
  });

  it("ends each request after so much, and goes on where it stopped", async () => {
    const here = await workingHospital();
    for (const studyUid of ["1.3.1", "1.3.2", "1.3.3"])
      await here.receive(Array.from({ length: 450 }, (_, n) => slice(n, { studyUid })));
    const asked: Record<string, number> = {};
    here.objects.before((operation) => {
      asked[operation] = (asked[operation] ?? 0) + 1;
    });
    here.table.resetReads();
    const { checks, violations, pages } = await here.audit();
    expect(asked.head).toBe(1350);
    expect((asked.list ?? 0) + (asked.listVersions ?? 0)).toBeLessThan(0.015 * 1350);
    expect(here.table.reads().units).toBeLessThan(3.5 * 1350);
    expect(violations).toEqual([]);
    expect(pages).toBeGreaterThan(3);
    expect(checks.get("original")?.examined).toBe(1350);
    expect(checks.get("file-kept")?.examined).toBe(1350);
    expect(checks.get("landing")?.examined).toBe(1350);
  }, 60_000);

  it("goes on from no cursor but its own", async () => {
    const here = await workingHospital();
    const { auditLedger } = await import("../../../shared/ledger/audit-ledger.ts");
    const asked = auditLedger(here.grant("auditLedger"), here.clock, { cursor: "eHg" });
    await expect(asked).rejects.toMatchObject({ type: "invalid-request" });
  });
});

const elsewhere = { studyUid: "1.2.7", seriesUid: "1.2.7.1", sopUid: `${study}.2.1` };
/** Bytes under a UID that another study holds, archived by a worker that lost its claim. */
async function archivedElsewhere(here: WorkingHospital): Promise<ObjectRef> {
  const bytes = sliceFile(elsewhere);
  const key = objectKeys.original({ ...here.hospital, ...elsewhere }, sha256Hex(bytes));
  await here.objects.put({ bucket: "archive", key }, bytes, { contentType: "application/dicom" });
  return { bucket: "archive", key };
}
/** As that worker leaves it: written, findable, and never given an instance. */
async function emptyStudy(here: WorkingHospital): Promise<void> {
  const found = await here.table.get(keys.study(instance(here, 1)));
  const { instances: _, modalities: __, ...bare } = found as StudyItem;
  const item = { ...bare, ...keys.study({ ...here.hospital, ...elsewhere }), studyUid: elsewhere.studyUid };
  await write(here, ...[item, ...studyFindItems(item)].map((one): Write => ({ op: "put", item: one })));
}

type Damage = (here: WorkingHospital & { readonly uploads: readonly string[] }) => Promise<unknown>;

/** What may go wrong beneath us, and which checks say so. */
const damages: Readonly<Record<string, readonly [Damage, readonly LedgerCheck[]]>> = {
  "an instance item is lost": [
    (here) => lose(here, keys.instance(instance(here, 1))),
    ["indexed", "counted", "rolled-up", "file-kept"],
  ],
  "an original is hidden by a delete marker": [
    (here) => here.objects.delete(original(here, 1)),
    ["archived-once"],
  ],
  "an original was archived twice": [
    async (here) => {
      const { key } = original(here, 1);
      await here.objects.put({ bucket: "archive", key }, slice(1), { contentType: "application/dicom" });
    },
    ["archived-once"],
  ],
  "an original nobody indexed": [
    async (here) => {
      const key = objectKeys.original({ ...instance(here, 1), sopUid: "1.9" }, sha256Hex(slice(8)));
      await here.objects.put({ bucket: "archive", key }, slice(8), { contentType: "application/dicom" });
      here.clock.advance(aDay);
    },
    ["indexed"],
  ],
  "a study is listed that holds no image": [
    async (here) => {
      await archivedElsewhere(here);
      await emptyStudy(here);
      here.clock.advance(aDay);
    },
    ["indexed", "rolled-up"],
  ],
  "a study item is lost": [
    (here) => lose(here, keys.study(instance(here, 1))),
    ["rolled-up", "search-points"],
  ],
  "a counter is wrong": [
    (here) => {
      const { sopUid } = instance(here, 1);
      const key = keys.studyCounter(instance(here, 1), shardOf(sopUid, counterShards));
      return write(here, { op: "update", key, add: { bytes: 1 } });
    },
    ["counted"],
  ],
  "a study says another number": [
    (here) => set(here, keys.study(instance(here, 1)), { instances: 9 }),
    ["rolled-up"],
  ],
  "a search item is lost": [
    (here) =>
      lose(here, { pk: searchPartitions.patientId(here.hospital, "P-1"), sk: "20260214101500#1.2.1" }),
    ["searchable"],
  ],
  "a month lists a study that is not there": [
    (here) => {
      const [pk, sk] = [searchPartitions.month(here.hospital, "202602"), "20260214#9.9"];
      return write(here, { op: "put", item: { pk, sk, type: "find", ...here.hospital, studyUid: "9.9" } });
    },
    ["search-points"],
  ],
  "a claim is lost": [(here) => lose(here, keys.claim(here.hospital, instance(here, 1).sopUid)), ["claimed"]],
  "a claim is for other bytes": [
    (here) => set(here, keys.claim(here.hospital, instance(here, 1).sopUid), { sha256: "f".repeat(64) }),
    ["claimed"],
  ],
  "an item names a version that is not there": [
    (here) => set(here, keys.instance(instance(here, 1)), { archiveVersionId: "gone" }),
    ["original"],
  ],
  "an item has another size": [
    (here) => set(here, keys.instance(instance(here, 1)), { size: 1 }),
    ["original", "counted"],
  ],
  "an original lies under another key": [
    (here) => set(here, keys.instance(instance(here, 1)), { keyArn: "arn:test:kms:memory-1:0:key/other" }),
    ["encrypted"],
  ],
  "an original is locked for less than was promised": [
    (here) =>
      set(here, keys.claim(here.hospital, instance(here, 1).sopUid), {
        retainUntil: "2099-01-01T00:00:00.000Z",
      }),
    ["locked"],
  ],
  "a held study's original is not held": [
    (here) => {
      const at = "2027-01-01T00:00:00.000Z";
      return set(here, keys.study(instance(here, 1)), { legalHold: { reason: "case 1", by: "user:a", at } });
    },
    ["locked"],
  ],
  "a thumbnail is lost": [
    (here) => {
      const key = objectKeys.thumbnail({ ...here.hospital, ...picture }, sha256Hex(ctInstance(picture)));
      return here.objects.delete({ bucket: "derived", key });
    },
    ["derived"],
  ],
  "metadata is lost": [
    (here) => {
      const key = objectKeys.metadata(instance(here, 1), sha256Hex(slice(1)));
      return here.objects.delete({ bucket: "derived", key });
    },
    ["derived"],
  ],
  "an instance was never derived": [
    (here) =>
      write(here, {
        op: "update",
        key: keys.instance(instance(here, 1)),
        remove: ["thumbnail", "derivedAt"],
      }),
    ["derived"],
  ],
  "a signed report's document is gone": [
    (here) => {
      const key = here.objects.keys("archive").find((one) => one.startsWith("report/")) as string;
      return here.objects.delete({ bucket: "archive", key });
    },
    ["reports-kept"],
  ],
  "an upload's counter is wrong": [
    (here) =>
      write(here, {
        op: "update",
        key: keys.uploadCounter(here.hospital, here.uploads[0] as string, 0),
        add: { indexed: 1 },
      }),
    ["balance"],
  ],
  "a line of an upload is lost": [
    (here) => lose(here, keys.uploadFile(here.hospital, here.uploads[0] as string, "4")),
    ["balance", "aside-known"],
  ],
  "an object landed that nobody announced": [
    async (here) => {
      const key = `routine/${here.hospital.hospital}/01JX0000000000000000000000/0`;
      await here.objects.put({ bucket: "landing", key }, slice(1), { contentType: "application/dicom" });
      here.clock.advance(aDay);
    },
    ["landing"],
  ],
  "an upload is lost, but for the list": [
    (here) => lose(here, keys.upload(here.hospital, here.uploads[0] as string)),
    ["balance"],
  ],
  "a quarantined file's bytes are gone": [
    (here) => {
      const key = objectKeys.quarantine(here.hospital, here.uploads[0] as string, "4");
      return here.objects.delete({ bucket: "quarantine", key });
    },
    ["file-aside"],
  ],
  "a conflict's bytes are gone": [
    (here) => {
      const key = objectKeys.conflict(instance(here, 3), sha256Hex(slice(3, { comment: "other" })));
      return here.objects.delete({ bucket: "quarantine", key });
    },
    ["file-aside"],
  ],
  "a conflict is not shown": [
    (here) => {
      const sha256 = sha256Hex(slice(3, { comment: "other" }));
      return lose(here, keys.conflict(instance(here, 3), instance(here, 3).sopUid, sha256));
    },
    ["aside-known"],
  ],
};

describe("a study whose only original gave way before it was indexed", () => {
  it("is explained: its worker had written the study, and no search shows it", async () => {
    const here = await hospital();
    await here.objects.tag(await archivedElsewhere(here), supersededTag);
    await emptyStudy(here);
    here.clock.advance(aDay);
    const { checks, violations } = await here.audit();
    expect(violations).toEqual([]);
    expect(checks.get("rolled-up")?.explained).toBe(1);
  });
});

describe("an audit of a ledger that does not balance", () => {
  it.each(Object.entries(damages))("says so when %s", async (_, [damage, expected]) => {
    const here = await hospital();
    await damage(here);
    expect((await failing(here)).sort()).toEqual([...expected].sort());
  });

  it("names what it found by identifiers, and never a patient", async () => {
    const here = await hospital();
    await lose(here, { pk: searchPartitions.patientId(here.hospital, "P-1"), sk: "20260214101500#1.2.1" });
    await lose(here, keys.claim(here.hospital, instance(here, 1).sopUid));
    const { violations } = await here.audit();
    expect(violations).toMatchObject([
      { check: "claimed", sopUid: instance(here, 1).sopUid, sha256: sha256Hex(slice(1)) },
      { check: "searchable", studyUid: study, detail: "1 search items are missing: PATIENT" },
    ]);
    expect(JSON.stringify(violations)).not.toMatch(/P-1\b|Wang|王/);
  });

  it("says which originals cannot be looked at while a hospital's key is off", async () => {
    const here = await hospital();
    here.objects.disableKey(here.keyArn);
    const { checks } = await here.audit();
    expect(checks.get("encrypted")?.violations).toBeGreaterThan(0);
  });
});
