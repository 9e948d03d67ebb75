import { describe, expect, it } from "@jest/globals";
import { applyChanges } from "../../../shared/catalog/apply-changes.ts";
import { closeQuietStudies } from "../../../shared/catalog/close-quiet-studies.ts";
import type { SeriesItem, StudyItem } from "../../../shared/catalog/items.ts";
import { keys } from "../../../shared/catalog/keys.ts";
import { readStudyProgress } from "../../../shared/catalog/read-study.ts";
import type { DeriveMessage } from "../../../shared/derive/derive-message.ts";
import { Transient } from "../../../shared/errors.ts";
import type { Item, Table } from "../../../shared/ports.ts";
import { completeUpload } from "../../../shared/upload/complete-upload.ts";
import { clinic, followStream } from "../../support/clinic.ts";
import { memoryEventBus } from "../../support/memory/event-bus.ts";
import { memoryQueue } from "../../support/memory/queue.ts";
import { testRegion } from "../../support/principals.ts";
import { sliceFile } from "../../support/slices.ts";
import { streamed } from "../../support/stream.ts";

const studyUid = "1.2.826.1";
const slice = (series: number, instance: number, modality = "CT") =>
  sliceFile({ seriesUid: `${studyUid}.${series}`, sopUid: `${studyUid}.${series}.${instance}`, modality });

/** A clinic whose table has a consumer. */
async function network() {
  const here = await clinic();
  const stream = streamed(here.table);
  const [queue, events] = [memoryQueue(), memoryEventBus()];
  const deps = { objects: here.objects, queue, events, clock: here.clock };
  const key = { ...here.hospital, studyUid };
  return {
    ...here,
    here,
    stream,
    queue,
    events,
    deps,
    key,
    ingestAll: async (landed: readonly { readonly key: string }[]) => {
      for (const event of landed) await here.ingest(event, { table: stream.table });
    },
    follow: () => followStream(deps, stream),
    complete: async (uploadId: string) => {
      const grant = { ...here.grant("completeUpload"), table: stream.table };
      await completeUpload(here.upload, grant, uploadId);
    },
    quiet: async () =>
      (await closeQuietStudies({ table: stream.table, clock: here.clock }, testRegion)).completed,
    progress: () => readStudyProgress(here.table, key),
    study: async () => (await here.table.get(keys.study(key))) as StudyItem,
    types: () => events.published().map(({ type }) => type),
    indexedEvents: () => events.published().filter(({ type }) => type === "StudyIndexed.v1"),
  };
}

describe("an instance that was indexed", () => {
  it("is sent to be derived, emergencies to a queue of their own, and announced", async () => {
    const { here, ingestAll, follow, queue, events } = await network();
    const routine = await here.send([slice(1, 1)]);
    const stat = await here.send([slice(1, 2)], { priority: "stat" });
    await ingestAll([...routine.landed, ...stat.landed]);
    await follow();
    const messages = queue.sent() as DeriveMessage[];
    expect(messages.map(({ priority, sopUid }) => [priority, sopUid])).toEqual([
      ["stat", "1.2.826.1.1.2"],
      ["routine", "1.2.826.1.1.1"],
    ]);
    expect([queue.sent("derive-stat"), queue.sent("derive")]).toEqual([[messages[0]], [messages[1]]]);
    const announced = events.published().filter(({ type }) => type === "InstanceIndexed.v1");
    expect(announced).toHaveLength(2);
    expect(announced[0]?.detail).toMatchObject({ hospital: here.hospital.hospital, studyUid });
  });

  it("is counted on its study and series, where searches read", async () => {
    const { here, ingestAll, follow, study, key } = await network();
    const { landed } = await here.send([slice(1, 1), slice(1, 2), slice(2, 1, "SR")]);
    await ingestAll(landed);
    await follow();
    expect(await study()).toMatchObject({ instances: 3, seriesCount: 2, modalities: ["CT", "SR"] });
    const series = (await here.table.get(keys.series({ ...key, seriesUid: `${studyUid}.1` }))) as SeriesItem;
    expect(series.instances).toBe(2);
  });

  it("is counted right when batches come twice or out of order", async () => {
    const { here, ingestAll, stream, deps, study } = await network();
    const { landed } = await here.send([slice(1, 1), slice(1, 2), slice(1, 3)]);
    await ingestAll(landed);
    const changes = stream.drain();
    for (const batch of [changes.slice(5), changes, changes.slice(0, 5)])
      await applyChanges({ ...deps, table: stream.table }, batch);
    expect(await study()).toMatchObject({ instances: 3, seriesCount: 1 });
  });
});

describe("one bad item", () => {
  it("does not hold up what came with it: it is set aside, by its identifiers, for a person to look at", async () => {
    const { here, ingestAll, stream, deps, queue, events, study } = await network();
    const { landed } = await here.send([slice(1, 1), slice(1, 2)], { priority: "stat" });
    await ingestAll(landed);
    const changes = stream.drain();
    const [instance] = changes.filter(({ after }) => after?.type === "instance");
    const bad = { sequence: "99999999", after: { ...(instance?.after as Item), studyUid: "9.9" } };
    const refused = Object.assign(new Error("Item size has exceeded"), { code: "ValidationException" });
    const table: Table = {
      ...stream.table,
      write: async (writes) => {
        if (JSON.stringify(writes).includes('"9.9"')) throw refused;
        await stream.table.write(writes);
      },
    };
    const failure = await applyChanges({ ...deps, table }, [bad, ...changes]);
    expect(failure).toBeUndefined();
    expect(queue.sent("derive-stat")).toHaveLength(3);
    expect(events.published().filter(({ type }) => type === "InstanceIndexed.v1")).toHaveLength(3);
    expect((await study()).instances).toBe(2);
    expect(queue.sent("stream-failures")).toEqual([
      {
        sequence: "99999999",
        type: "instance",
        error: "Error",
        of: expect.objectContaining({ hospital: here.hospital.hospital, studyUid: "9.9" }),
      },
    ]);
    expect(JSON.stringify(queue.sent("stream-failures"))).not.toContain("attributes");
  });

  it("comes again while a service is away, and nothing is set aside", async () => {
    const { here, ingestAll, stream, deps, queue } = await network();
    const { landed } = await here.send([slice(1, 1)]);
    await ingestAll(landed);
    const changes = stream.drain();
    queue.before(() => {
      throw new Transient("SQS is away");
    });
    const failure = await applyChanges({ ...deps, table: stream.table }, changes);
    expect(failure?.cause).toBeInstanceOf(Transient);
    queue.before(undefined);
    expect(queue.sent("stream-failures")).toEqual([]);
  });
});

describe("a reader who waits for a study", () => {
  it("sees 2 of 3, then complete when the announced number is there", async () => {
    const { here, ingestAll, follow, progress, indexedEvents } = await network();
    const { landed } = await here.send([slice(1, 1), slice(1, 2), slice(2, 1)], {
      expected: [{ studyUid, instances: 3 }],
    });
    await ingestAll(landed.slice(0, 2));
    await follow();
    expect(await progress()).toMatchObject({ instances: 2, expected: 3, complete: false });
    await ingestAll(landed.slice(2));
    expect(await progress()).toMatchObject({ instances: 3, complete: false });
    await follow();
    expect(await progress()).toMatchObject({ instances: 3, complete: true, completedBecause: "manifest" });
    expect(indexedEvents()).toEqual([
      {
        type: "StudyIndexed.v1",
        detail: { ...here.hospital, studyUid, instances: 3, series: 2, because: "manifest" },
      },
    ]);
  });

  it.each(["before", "after"])(
    "sees it complete when its upload is, said %s the last file became final",
    async (when) => {
      const { here, ingestAll, follow, complete, progress, indexedEvents } = await network();
      const { landed, uploadId } = await here.send([slice(1, 1), slice(1, 2), new Uint8Array(200)]);
      if (when === "before") await complete(uploadId);
      await follow();
      await ingestAll(landed);
      if (when === "after") await complete(uploadId);
      await follow();
      expect(await progress()).toMatchObject({ instances: 2, complete: true, completedBecause: "manifest" });
      expect(indexedEvents()).toHaveLength(1);
    },
  );

  it("sees 1 of 3 and not complete when an upload ends that sent less than it announced", async () => {
    const { here, ingestAll, follow, complete, quiet, progress, indexedEvents } = await network();
    const expected = [{ studyUid, instances: 3 }];
    const first = await here.send([slice(1, 1)], { expected });
    await ingestAll(first.landed);
    await complete(first.uploadId);
    await follow();
    expect(await progress()).toMatchObject({ instances: 1, expected: 3, complete: false });
    expect(indexedEvents()).toHaveLength(0);

    const second = await here.send([slice(1, 2), slice(1, 3)]);
    await ingestAll(second.landed);
    await follow();
    expect(await progress()).toMatchObject({ instances: 3, complete: true, completedBecause: "manifest" });
    expect(await quiet()).toBe(0);
  });

  it("sees it complete after ten quiet minutes when nobody says so", async () => {
    const { here, ingestAll, follow, quiet, progress, indexedEvents } = await network();
    const { landed } = await here.send([slice(1, 1)]);
    await ingestAll(landed);
    await follow();
    here.clock.advance(9 * 60_000);
    await quiet();
    expect((await progress())?.complete).toBe(false);
    here.clock.advance(60_000);
    expect(await quiet()).toBe(1);
    await follow();
    expect(await progress()).toMatchObject({ complete: true, completedBecause: "quiet" });
    expect(await quiet()).toBe(0);
    expect(indexedEvents()).toHaveLength(1);
  });

  it("sees it open again when an image comes late, and complete again with one more event", async () => {
    const { here, ingestAll, follow, quiet, progress, indexedEvents } = await network();
    const first = await here.send([slice(1, 1)]);
    await ingestAll(first.landed);
    await follow();
    here.clock.advance(600_000);
    await quiet();
    await follow();
    const late = await here.send([slice(1, 2)]);
    await ingestAll(late.landed);
    expect((await progress())?.complete).toBe(false);
    await follow();
    here.clock.advance(600_000);
    await quiet();
    await follow();
    expect(await progress()).toMatchObject({ instances: 2, complete: true });
    expect(indexedEvents().map(({ detail }) => detail)).toMatchObject([{ instances: 1 }, { instances: 2 }]);
  });

  it("hears nothing new when the same study is sent again", async () => {
    const { here, ingestAll, follow, complete, indexedEvents } = await network();
    for (let round = 0; round < 2; round++) {
      const { landed, uploadId } = await here.send([slice(1, 1)]);
      await complete(uploadId);
      await ingestAll(landed);
      await follow();
    }
    expect(indexedEvents()).toHaveLength(1);
  });

  it("finds conflicts listed with the study", async () => {
    const { here, ingestAll, follow, progress, types } = await network();
    const { landed } = await here.send([
      slice(1, 1),
      sliceFile({ comment: "edited", seriesUid: `${studyUid}.1` }),
    ]);
    await ingestAll(landed);
    await follow();
    expect((await progress())?.conflicts).toMatchObject([{ sopUid: "1.2.826.1.1.1", fileId: "1" }]);
    expect(types()).toContain("ConflictFound.v1");
  });

  it("finds nothing of a study that is not there", async () => {
    const { progress } = await network();
    expect(await progress()).toBeUndefined();
  });
});

describe("a batch of the stream that fails", () => {
  it("comes again from the first record that needs it", async () => {
    const { here, ingestAll, stream, deps, events } = await network();
    const { landed } = await here.send([slice(1, 1)]);
    await ingestAll(landed);
    const changes = stream.drain();
    events.before(() => {
      throw new Transient("throttled");
    });
    const failure = await applyChanges({ ...deps, table: stream.table }, changes);
    const told = changes.find(({ after }) => after?.type === "instance");
    expect(failure).toMatchObject({ sequence: told?.sequence, cause: expect.any(Transient) });
    events.before(undefined);
    expect(await applyChanges({ ...deps, table: stream.table }, changes)).toBeUndefined();
  });
});
