import { setTimeout as sleep } from "node:timers/promises";
import { gunzipSync } from "node:zlib";
import { describe, expect, it } from "@jest/globals";
import type { ClaimItem } from "../../../shared/catalog/claim-item.ts";
import { sumSeries, sumStudy } from "../../../shared/catalog/counters.ts";
import type { InstanceItem, StudyItem } from "../../../shared/catalog/items.ts";
import { keys, searchPartitions } from "../../../shared/catalog/keys.ts";
import { KeyUnavailable, Transient } from "../../../shared/errors.ts";
import { objectKeys } from "../../../shared/object-keys.ts";
import type { Table } from "../../../shared/ports.ts";
import { type Clinic, clinic, manifestFile } from "../../support/clinic.ts";
import { sha256Hex, sliceFile } from "../../support/slices.ts";

const studyUid = "1.2.826.1";
const sopUid = "1.2.826.1.1.1";
const seriesUid = "1.2.826.1.1";

const instanceKey = ({ hospital }: Clinic) => ({ ...hospital, studyUid, seriesUid, sopUid });

describe("a DICOM file that lands", () => {
  it("is archived unchanged under the hospital's key, locked for the years of its encounter class", async () => {
    const here = await clinic();
    const bytes = sliceFile();
    const { landed } = await here.send([bytes], { encounterClass: "inpatient" });
    expect(await here.ingest(landed[0])).toBe("indexed");

    const original = {
      bucket: "archive",
      key: objectKeys.original(instanceKey(here), sha256Hex(bytes)),
    } as const;
    expect(await here.objects.read(original)).toEqual(bytes);
    const head = await here.objects.head(original);
    expect(head).toMatchObject({ contentType: "application/dicom", kmsKeyId: here.keyArn });
    expect(head?.retainUntil?.toISOString()).toBe("2057-03-02T00:00:00.000Z");
  });

  it("is in the catalog with its study and series, and can be found by patient, name, date, modality and accession", async () => {
    const here = await clinic();
    const { landed, uploadId } = await here.send([sliceFile()]);
    await here.ingest(landed[0]);

    const study = (await here.table.get(keys.study(instanceKey(here)))) as StudyItem;
    expect(study).toMatchObject({ type: "study", patientId: "P-1", studyDate: "20260214", searchable: true });
    const instance = (await here.table.get(keys.instance(instanceKey(here)))) as InstanceItem;
    expect(instance).toMatchObject({ type: "instance", uploadId, fileId: "0", keyArn: here.keyArn });
    expect(instance.archiveVersionId).toBeDefined();

    const found = async (pk: string) => (await here.table.query({ pk })).items;
    expect(await found(searchPartitions.patientId(here.hospital, "P-1"))).toMatchObject([{ studyUid }]);
    expect(await found(searchPartitions.accession(here.hospital, "A-1"))).toMatchObject([{ studyUid }]);
    expect(await found(searchPartitions.month(here.hospital, "202602"))).toMatchObject([
      { type: "find", studyUid, sk: `20260214101500#${studyUid}` },
    ]);
    expect(await found(searchPartitions.modalityMonth(here.hospital, "CT", "202602"))).toHaveLength(1);
    expect(await found(searchPartitions.months(here.hospital))).toMatchObject([{ sk: "202602" }]);
    const hanzi = await found(searchPartitions.name(here.hospital, "王"));
    expect(hanzi.map(({ sk }) => sk)).toContainEqual(expect.stringMatching(/#20260214#1\.2\.826\.1$/));
    expect(await found(searchPartitions.name(here.hospital, "w"))).not.toHaveLength(0);
  });

  it("has its DICOM JSON stored gzipped beside what will be derived", async () => {
    const here = await clinic();
    const bytes = sliceFile();
    const { landed } = await here.send([bytes]);
    await here.ingest(landed[0]);
    const ref = { bucket: "derived", key: objectKeys.metadata(instanceKey(here), sha256Hex(bytes)) } as const;
    expect(await here.objects.head(ref)).toMatchObject({
      contentType: "application/dicom+json",
      contentEncoding: "gzip",
      kmsKeyId: here.keyArn,
    });
    const json = JSON.parse(gunzipSync(await here.objects.read(ref)).toString()) as Record<string, unknown>;
    expect(json["00080018"]).toEqual({ vr: "UI", Value: [sopUid] });
  });

  it("is counted once, shown as indexed in the ledger, and marked so that the landing bucket may expire it", async () => {
    const here = await clinic();
    const { landed, uploadId } = await here.send([sliceFile()]);
    await here.ingest(landed[0]);
    expect((await sumStudy(here.table, instanceKey(here))).instances).toBe(1);
    expect((await sumSeries(here.table, instanceKey(here))).get(seriesUid)?.instances).toBe(1);
    const { files, totals } = await here.ledger(uploadId);
    expect(totals).toMatchObject({ indexed: 1, awaiting: 0 });
    expect(files[0]).toMatchObject({ state: "indexed", studyUid, seriesUid, sopUid });
    expect(here.objects.tags({ bucket: "landing", key: landed[0]?.key ?? "" })).toEqual({
      "mic-state": "processed",
    });
  });

  it("leaves an audit record in the transaction that makes it exist", async () => {
    const here = await clinic();
    const { landed } = await here.send([sliceFile()]);
    await here.ingest(landed[0]);
    expect(here.table.items("audit")).toContainEqual(
      expect.objectContaining({ action: "indexInstance", entity: expect.objectContaining({ sopUid }) }),
    );
  });

  it("is read by ranges: a large object costs no more than its header", async () => {
    const here = await clinic();
    const { landed } = await here.send([sliceFile({ pixels: new Uint8Array(3_000_000) })]);
    const reads: string[] = [];
    here.objects.before((operation) => void reads.push(operation));
    await here.ingest(landed[0]);
    expect(reads.filter((operation) => operation === "read")).toHaveLength(1);
    expect(reads).not.toContain("stream");
  });
});

describe("a worker that was frozen past its claim", () => {
  it("locks no second version when it wakes beside its successor", async () => {
    const here = await clinic();
    const bytes = sliceFile();
    const { landed } = await here.send([bytes]);
    let frozen = true;
    here.objects.before(async (operation) => {
      if (operation !== "copy" || !frozen) return;
      frozen = false;
      // It saw an empty archive; the lease ends, another worker does the whole of it, and only then the copy goes on.
      here.clock.advance(60_001);
      expect(await here.ingest(landed[0])).toBe("indexed");
    });
    await expect(here.ingest(landed[0])).rejects.toThrow(Transient);
    const key = objectKeys.original(instanceKey(here), sha256Hex(bytes));
    expect(here.objects.versions({ bucket: "archive", key })).toHaveLength(1);
    expect(await here.ingest(landed[0])).toBe("already");
  });
});

describe("an event that comes again", () => {
  it("changes nothing", async () => {
    const here = await clinic();
    const { landed, uploadId } = await here.send([sliceFile()]);
    await here.ingest(landed[0]);
    const before = here.table.items();
    expect(await here.ingest(landed[0])).toBe("already");
    expect(here.table.items()).toEqual(before);
    expect((await here.ledger(uploadId)).totals.indexed).toBe(1);
  });

  it("waits while another worker has the instance, whatever its bytes", async () => {
    const here = await clinic();
    const first = await here.send([sliceFile()]);
    const second = await here.send([sliceFile({ comment: "other bytes" })]);
    here.objects.before((operation) => {
      if (operation === "copy") throw new Transient("slow");
    });
    await expect(here.ingest(first.landed[0])).rejects.toThrow(Transient);
    here.objects.before(undefined);
    await here.table.write([
      { op: "update", key: keys.claim(here.hospital, sopUid), set: { leaseUntil: Number.MAX_SAFE_INTEGER } },
    ]);
    await expect(here.ingest(second.landed[0])).rejects.toThrow(Transient);
    await expect(here.ingest(first.landed[0])).rejects.toThrow(Transient);
  });

  it("goes on as soon as the other worker is done, without another delivery", async () => {
    const here = await clinic();
    const first = await here.send([sliceFile()]);
    const second = await here.send([sliceFile()]);
    const waiting = () => here.ingest(second.landed[0], { pause: (milliseconds) => sleep(milliseconds) });
    const outcomes = await Promise.all([here.ingest(first.landed[0]), waiting()]);
    expect(outcomes).toEqual(["indexed", "duplicate"]);
  });

  it("is done by another worker once the lease of one that died is over", async () => {
    const here = await clinic();
    const { landed } = await here.send([sliceFile()]);
    here.objects.before((operation) => {
      if (operation === "copy") throw new Error("killed");
    });
    here.table.before((call) => {
      // A killed worker releases nothing.
      const releasing =
        call.operation === "write" && call.writes.some((w) => w.op === "update" && w.set?.leaseUntil === 0);
      if (releasing) throw new Error("killed");
    });
    await expect(here.ingest(landed[0])).rejects.toThrow("killed");
    here.objects.before(undefined);
    here.table.before(undefined);
    await expect(here.ingest(landed[0])).rejects.toThrow(Transient);
    here.clock.advance(60_001);
    expect(await here.ingest(landed[0])).toBe("indexed");
  });

  it("does not wait for itself when the answer to its claim was lost", async () => {
    const here = await clinic();
    const { landed } = await here.send([sliceFile()]);
    const lossy: Table = {
      ...here.table,
      async write(writes) {
        await here.table.write(writes);
        const [first] = writes;
        if (first?.op === "put" && first.item.type === "claim") throw new Transient("answer lost");
      },
    };
    expect(await here.ingest(landed[0], { table: lossy })).toBe("indexed");
  });

  it("starts at once when the worker before it failed but lived", async () => {
    const here = await clinic();
    const { landed } = await here.send([sliceFile()]);
    here.objects.before((operation) => {
      if (operation === "copy") throw new Transient("throttled");
    });
    await expect(here.ingest(landed[0])).rejects.toThrow(Transient);
    here.objects.before(undefined);
    expect(await here.ingest(landed[0])).toBe("indexed");
  });
});

describe("the same bytes in another upload", () => {
  it("are a duplicate: archived once, counted once, accounted for", async () => {
    const here = await clinic();
    const bytes = sliceFile();
    const first = await here.send([bytes]);
    const second = await here.send([bytes]);
    await here.ingest(first.landed[0]);
    expect(await here.ingest(second.landed[0])).toBe("duplicate");
    expect((await here.ledger(second.uploadId)).totals.duplicate).toBe(1);
    expect((await sumStudy(here.table, instanceKey(here))).instances).toBe(1);
    const key = objectKeys.original(instanceKey(here), sha256Hex(bytes));
    expect(here.objects.versions({ bucket: "archive", key })).toHaveLength(1);
  });

  it("extend the retention when their encounter class asks for longer, and never shorten it", async () => {
    const here = await clinic();
    const bytes = sliceFile();
    const outpatient = await here.send([bytes], { encounterClass: "outpatient" });
    const inpatient = await here.send([bytes], { encounterClass: "inpatient" });
    const again = await here.send([bytes], { encounterClass: "outpatient" });
    for (const { landed } of [outpatient, inpatient, again]) await here.ingest(landed[0]);
    const key = objectKeys.original(instanceKey(here), sha256Hex(bytes));
    const head = await here.objects.head({ bucket: "archive", key });
    expect(head?.retainUntil?.toISOString()).toBe("2057-03-02T00:00:00.000Z");
    const study = (await here.table.get(keys.study(instanceKey(here)))) as StudyItem;
    expect(study.retainUntil).toBe("2057-03-02T00:00:00.000Z");
    const claim = (await here.table.get(keys.claim(here.hospital, sopUid))) as ClaimItem;
    expect(claim.retainUntil).toBe("2057-03-02T00:00:00.000Z");
  });
});

describe("other bytes under a known SOP Instance UID", () => {
  it("are kept beside as a conflict, never in place of the first and never dropped", async () => {
    const here = await clinic();
    const [held, other] = [sliceFile(), sliceFile({ comment: "edited on the workstation" })];
    const first = await here.send([held]);
    const second = await here.send([other]);
    await here.ingest(first.landed[0]);
    expect(await here.ingest(second.landed[0])).toBe("conflict");

    expect((await here.ledger(second.uploadId)).totals.conflict).toBe(1);
    const kept = {
      bucket: "quarantine",
      key: objectKeys.conflict(instanceKey(here), sha256Hex(other)),
    } as const;
    expect(await here.objects.read(kept)).toEqual(other);
    expect((await here.objects.head(kept))?.retainUntil).toBeUndefined();
    const archived = objectKeys.original(instanceKey(here), sha256Hex(held));
    expect(await here.objects.read({ bucket: "archive", key: archived })).toEqual(held);
    expect(await here.table.get(keys.conflict(instanceKey(here), sopUid, sha256Hex(other)))).toMatchObject({
      heldSha256: sha256Hex(held),
      uploadId: second.uploadId,
    });
  });

  it("are shown at the study that holds the UID when they name another study", async () => {
    const here = await clinic();
    const first = await here.send([sliceFile()]);
    const second = await here.send([sliceFile({ studyUid: "1.2.826.2", seriesUid: "1.2.826.2.1", sopUid })]);
    await here.ingest(first.landed[0]);
    expect(await here.ingest(second.landed[0])).toBe("conflict");
    const { items } = await here.table.query({ pk: keys.study(instanceKey(here)).pk, prefix: "CONFLICT#" });
    expect(items).toMatchObject([{ studyUid, inStudyUid: "1.2.826.2" }]);
  });
});

describe("two hospitals that hold one Study UID", () => {
  it("each have their own study, instance and original", async () => {
    const here = await clinic("qinghe-county");
    const there = await clinic("mingshui-township", here);
    const bytes = sliceFile();
    const ours = await here.send([bytes]);
    const theirs = await there.send([bytes]);
    expect(await here.ingest(ours.landed[0])).toBe("indexed");
    expect(await there.ingest(theirs.landed[0])).toBe("indexed");
    expect((await sumStudy(here.table, instanceKey(here))).instances).toBe(1);
    expect((await sumStudy(here.table, instanceKey(there))).instances).toBe(1);
  });
});

describe("what cannot be taken in", () => {
  const notDicom = new TextEncoder().encode("This is the disc's README, not an image. ".repeat(10));

  it("is quarantined with a reason the technician can read, and the rest of the upload goes on", async () => {
    const here = await clinic();
    const { landed, uploadId } = await here.send([notDicom, sliceFile()]);
    expect(await here.ingest(landed[0])).toBe("quarantined");
    expect(await here.ingest(landed[1])).toBe("indexed");
    const { files, totals } = await here.ledger(uploadId);
    expect(totals).toMatchObject({ quarantined: 1, indexed: 1 });
    expect(files[0]?.reason).toMatchObject({
      code: "not-dicom",
      en: expect.any(String),
      zh: expect.any(String),
    });
    const key = objectKeys.quarantine(here.hospital, uploadId, "0");
    expect(await here.objects.read({ bucket: "quarantine", key })).toEqual(notDicom);
    expect(here.objects.tags({ bucket: "landing", key: landed[0]?.key ?? "" })).toEqual({
      "mic-state": "processed",
    });
    expect(await here.ingest(landed[0])).toBe("already");
  });

  it("is quarantined when the bytes that came in parts are not the announced ones", async () => {
    const here = await clinic();
    const bytes = sliceFile();
    const { uploadId } = await here.announce([], {
      files: [{ ...manifestFile(bytes, "a"), sha256: "0".repeat(64) }],
    });
    const key = objectKeys.landing({
      priority: "routine",
      hospital: here.hospital.hospital,
      uploadId,
      fileId: "0",
    });
    const options = { contentType: "application/dicom", kmsKeyId: here.keyArn, composite: true };
    here.objects.receive({ bucket: "landing", key }, bytes, options);
    expect(await here.ingest({ key })).toBe("quarantined");
    expect((await here.ledger(uploadId)).files[0]?.reason?.code).toBe("checksum-mismatch");
  });

  it("is quarantined when it was written with another key than the hospital's", async () => {
    const here = await clinic();
    const bytes = sliceFile();
    const { uploadId } = await here.announce([bytes]);
    const key = objectKeys.landing({
      priority: "routine",
      hospital: here.hospital.hospital,
      uploadId,
      fileId: "0",
    });
    here.objects.receive({ bucket: "landing", key }, bytes, { contentType: "application/dicom" });
    expect(await here.ingest({ key })).toBe("quarantined");
    expect((await here.ledger(uploadId)).files[0]?.reason?.code).toBe("wrong-key");
  });

  it("is quarantined where it landed when its key is another's, whose bytes we cannot even copy", async () => {
    const here = await clinic();
    const bytes = sliceFile();
    const { uploadId } = await here.announce([bytes]);
    const key = `routine/${here.hospital.hospital}/${uploadId}/0`;
    here.objects.receive({ bucket: "landing", key }, bytes, {
      contentType: "application/dicom",
      kmsKeyId: "somebody-elses-key",
    });
    here.objects.disableKey("somebody-elses-key");
    expect(await here.ingest({ key })).toBe("quarantined");
    const { files, totals } = await here.ledger(uploadId);
    expect(files[0]?.reason?.code).toBe("wrong-key");
    expect(totals.quarantined).toBe(1);
    expect(here.objects.versions({ bucket: "landing", key }).map(({ tags }) => tags)).toEqual([{}]);
    expect(await here.ingest({ key })).toBe("already");
  });

  it("waits while the hospital's own key is disabled", async () => {
    const here = await clinic();
    const { landed, uploadId } = await here.send([sliceFile()]);
    here.objects.disableKey(here.keyArn);
    await expect(here.ingest(landed[0])).rejects.toThrow(KeyUnavailable);
    expect((await here.ledger(uploadId)).totals.quarantined).toBe(0);
  });

  it("is kept aside when it belongs to no upload", async () => {
    const here = await clinic();
    const uploadId = "01HZZZZZZZZZZZZZZZZZZZZZZZ";
    const key = objectKeys.landing({
      priority: "stat",
      hospital: here.hospital.hospital,
      uploadId,
      fileId: "7",
    });
    here.objects.receive({ bucket: "landing", key }, sliceFile(), { contentType: "application/dicom" });
    expect(await here.ingest({ key })).toBe("quarantined");
    const file = await here.table.get(keys.uploadFile(here.hospital, uploadId, "7"));
    expect(file).toMatchObject({ state: "quarantined", reason: { code: "unknown-upload" } });
    expect(await here.ingest({ key })).toBe("already");
  });

  it("is left where it is when its key is none of ours", async () => {
    const here = await clinic();
    expect(await here.ingest({ key: "somewhere/else.dcm" })).toBe("foreign");
  });

  it("comes back later when the object cannot be seen yet", async () => {
    const here = await clinic();
    const { uploadId } = await here.announce([sliceFile()]);
    const key = objectKeys.landing({
      priority: "routine",
      hospital: here.hospital.hospital,
      uploadId,
      fileId: "0",
    });
    await expect(here.ingest({ key })).rejects.toThrow(Transient);
  });
});
