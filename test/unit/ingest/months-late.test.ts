/** What comes late: a rebuild between two deliveries, an event months after the decision, a delivery of before a decision. */
import { describe, expect, it } from "@jest/globals";
import type { InstanceItem } from "../../../shared/catalog/items.ts";
import { keys } from "../../../shared/catalog/keys.ts";
import { correctQuarantined } from "../../../shared/ingest/correct-quarantined.ts";
import { quarantineDays } from "../../../shared/ingest/index-quarantined.ts";
import { listQuarantine } from "../../../shared/ingest/list-quarantine.ts";
import { releaseQuarantined } from "../../../shared/ingest/release-quarantined.ts";
import { resolveConflict } from "../../../shared/ingest/resolve-conflict.ts";
import { objectKeys } from "../../../shared/object-keys.ts";
import { clinic, followStream } from "../../support/clinic.ts";
import { desk } from "../../support/desk.ts";
import { expire } from "../../support/faults/operators.ts";
import { memoryEventBus } from "../../support/memory/event-bus.ts";
import { Killed, mortal } from "../../support/mortal-worker.ts";
import { admin, rebuild } from "../../support/rebuild.ts";
import { sha256Hex, sliceFile } from "../../support/slices.ts";
import { type WorkingHospital, workingHospital } from "../../support/working-hospital.ts";

const study = "1.2.826.8";
const image = (comment = "") => sliceFile({ studyUid: study, sopUid: `${study}.1.1`, comment });
const nameless = sliceFile({ studyUid: "", seriesUid: `${study}.1`, sopUid: `${study}.1.9` });
const aDay = 24 * 3600 * 1000;

const lines = (here: WorkingHospital, type: string) =>
  here.table.items().filter((item) => item.type === type);

describe("a catalog made again while a file is between the archive and the ledger", () => {
  it("leaves its line to the next delivery, wherever its worker died", async () => {
    for (let dieAt = 1; ; dieAt++) {
      const here = await workingHospital();
      const { landed, uploadId } = await here.send([image()]);
      const worker = mortal({ table: here.stream.table, objects: here.objects }, { dieAt, done: true });
      const died = await here.ingest(landed[0], worker).then(
        () => false,
        (error: unknown) => error instanceof Killed,
      );
      here.clock.advance(60_001);
      await rebuild(here);
      await here.ingest(landed[0], { table: here.stream.table });
      await here.settle();
      const { files, totals } = await here.ledger(uploadId);
      expect([dieAt, files[0]?.state, totals.indexed]).toEqual([dieAt, "indexed", 1]);
      here.clock.advance(4 * aDay);
      await expire(here);
      expect((await here.audit()).violations).toEqual([]);
      if (!died) return;
    }
  });

  it("loses nothing of what a corrected copy was made of", async () => {
    for (let dieAt = 1; ; dieAt++) {
      const here = await workingHospital();
      const { uploadId } = await here.receive([nameless]);
      const file = { uploadId, fileId: "0" };
      const grant = { ...admin(here, "desk"), table: here.stream.table };
      await correctQuarantined(grant, here.clock, file, { studyInstanceUid: study });
      const event = { key: objectKeys.landing({ ...here.hospital, ...file, priority: "routine" }) };
      const worker = mortal({ table: here.stream.table, objects: here.objects }, { dieAt, done: true });
      const died = await here.ingest(event, worker).then(
        () => false,
        (error: unknown) => error instanceof Killed,
      );
      here.clock.advance(60_001);
      await rebuild(here);
      const [instance] = lines(here, "instance") as unknown as InstanceItem[];
      expect([dieAt, instance?.correctedFrom?.sha256]).toEqual([dieAt, sha256Hex(nameless)]);
      expect((await here.ledger(uploadId)).totals.indexed).toBe(1);
      here.clock.advance(4 * aDay);
      await expire(here);
      expect((await here.audit()).violations).toEqual([]);
      if (!died) return;
    }
  });
});

describe("what somebody decided about", () => {
  it("is there when ingest comes to it, however long that takes", async () => {
    const here = await workingHospital();
    const { uploadId } = await here.receive([nameless]);
    here.clock.advance(80 * aDay);
    const grant = { ...admin(here, "desk"), table: here.stream.table };
    const file = { uploadId, fileId: "0" };
    await correctQuarantined(grant, here.clock, file, { studyInstanceUid: study });
    // The stream is followed; what it queues is held up.
    const events = memoryEventBus();
    await followStream({ objects: here.objects, queue: here.queue, events, clock: here.clock }, here.stream);
    here.clock.advance(200 * aDay);
    await expire(here);
    await here.settle();
    expect((await here.ledger(uploadId)).files[0]?.state).toBe("indexed");
  });

  it("waits at the desk, and says so, where its bytes are gone all the same", async () => {
    const here = await clinic();
    const at = desk(here);
    const { uploadId, landed } = await here.send([nameless]);
    await here.ingest(landed[0]);
    const file = { uploadId, fileId: "0" };
    await releaseQuarantined(at.as("technician"), here.clock, file);
    for (const bucket of ["quarantine", "landing"] as const)
      for (const key of here.objects.keys(bucket)) await here.objects.delete({ bucket, key });
    await at.follow();
    expect(await at.file(uploadId)).toMatchObject({
      state: "quarantined",
      reason: { code: "bytes-expired" },
    });
    await expect(releaseQuarantined(at.as("technician", "two"), here.clock, file)).rejects.toThrow(/expired/);
  });

  it("in a conflict can be decided for as long as the conflict is kept", async () => {
    const here = await workingHospital();
    const grant = { ...admin(here, "desk"), table: here.stream.table };
    await here.receive([sliceFile({ studyUid: study, seriesUid: `${study}.1`, sopUid: `${study}.1.9` })]);
    const { uploadId } = await here.receive([nameless]);
    here.clock.advance(80 * aDay);
    await correctQuarantined(grant, here.clock, { uploadId, fileId: "0" }, { studyInstanceUid: study });
    await here.settle();
    here.clock.advance(85 * aDay);
    await expire(here);
    const [conflict] = lines(here, "conflict") as unknown as { sopUid: string; sha256: string }[];
    const path = { studyUid: study, sopUid: conflict?.sopUid ?? "", sha256: conflict?.sha256 ?? "" };
    await resolveConflict(grant, here.clock, path, { keep: "both" });
    await here.settle();
    expect(lines(here, "instance")).toHaveLength(2);
  });
});

describe("a delivery of before a decision", () => {
  it("that ends after it does not undo it", async () => {
    const here = await workingHospital();
    const { uploadId, landed } = await here.send([nameless]);
    const file = { uploadId, fileId: "0" };
    const grant = { ...admin(here, "desk"), table: here.stream.table };
    let corrected = false;
    // The frozen worker is about to write the ledger: meanwhile another refused the file, and it was corrected.
    const table = {
      ...here.stream.table,
      write: async (...args: Parameters<typeof here.table.write>) => {
        const final = args[0].some((write) => write.op === "update" && write.set?.state === "quarantined");
        if (final && !corrected) {
          corrected = true;
          await here.ingest(landed[0], { table: here.stream.table });
          await correctQuarantined(grant, here.clock, file, { studyInstanceUid: study });
        }
        return here.stream.table.write(...args);
      },
    };
    await here.ingest(landed[0], { table });
    await here.settle();
    expect((await here.ledger(uploadId)).files[0]).toMatchObject({ state: "indexed", studyUid: study });
  });
});

describe("a file under a key that could not be used, released after months and refused for another reason", () => {
  it("is on the desk for as long as its bytes are kept from then on", async () => {
    const here = await clinic();
    const at = desk(here);
    const { uploadId, landed } = await here.send([nameless]);
    const ref = { bucket: "landing", key: landed[0]?.key ?? "" } as const;
    const land = (kmsKeyId: string) =>
      here.objects.put(ref, nameless, { contentType: "application/dicom", kmsKeyId });
    const foreign = await here.keyService.createGroupKey("another");
    await land(foreign);
    here.objects.disableKey(foreign);
    await here.ingest({ key: ref.key });
    const waiting = async () => (await listQuarantine(at.as("technician"), {})).files;
    expect(await waiting()).toMatchObject([{ uploadId, reason: { code: "wrong-key" } }]);
    expect((await waiting())[0]?.keptUntil).toBeUndefined();
    here.clock.advance(100 * aDay);
    await land(here.keyArn);
    await releaseQuarantined(at.as("technician"), here.clock, { uploadId, fileId: "0" });
    await at.follow();
    const [again] = await waiting();
    expect(again?.reason.code).toBe("missing-uid");
    expect(Date.parse(again?.keptUntil ?? "") - here.clock.now().getTime()).toBe(quarantineDays * aDay);
    const entry = keys.quarantined(here.hospital, uploadId, "0");
    const expiresAt = (await here.table.get(entry))?.expiresAt as number;
    expect(expiresAt * 1000).toBeGreaterThan(here.clock.now().getTime());
  });
});
