import { describe, expect, it } from "@jest/globals";
import { applyChanges } from "../../../shared/catalog/apply-changes.ts";
import { extendStudyRetention } from "../../../shared/catalog/ensure-study.ts";
import { setLegalHold } from "../../../shared/catalog/set-legal-hold.ts";
import { amendReport } from "../../../shared/report/amend-report.ts";
import { quoted } from "../../../shared/report/if-match.ts";
import { memoryEventBus } from "../../support/memory/event-bus.ts";
import { memoryQueue } from "../../support/memory/queue.ts";
import { people, type ReadingRoom, readingRoom, study } from "../../support/reading-room.ts";
import { streamed } from "../../support/stream.ts";
import { draft, reportId, sign, signed } from "./signed-report.ts";

const thirtyYears = "2057-03-02T00:00:00.000Z";
const fifteenYears = "2042-03-01T07:50:00.000Z";

/** The study becomes an inpatient's: what the next upload of it finds out. */
function keepLonger(room: ReadingRoom) {
  const stream = streamed(room.table);
  const deps = { ...room, table: stream.table, queue: memoryQueue(), events: memoryEventBus() };
  return {
    extend: (until = thirtyYears) => extendStudyRetention(stream.table, study, until),
    follow: async () => {
      const changes = stream.drain();
      return { failure: await applyChanges(deps, changes), again: () => applyChanges(deps, changes) };
    },
  };
}

async function keptUntil({ objects }: ReadingRoom): Promise<readonly (string | undefined)[]> {
  const documents = objects.keys("archive").filter((key) => key.startsWith("report/"));
  const heads = await Promise.all(documents.map((key) => objects.head({ bucket: "archive", key })));
  return heads.map((head) => head?.retainUntil?.toISOString());
}

describe("A signed report", () => {
  it("is kept as long as its study, every version of it, when the study is kept longer", async () => {
    const room = await readingRoom();
    const { etag } = await signed(room);
    const doctor = room.reading(people.townRadiologist);
    const amended = await amendReport(doctor, room, { reportId, ifMatch: quoted(etag), reason: "typo" });
    await sign(room, amended.etag);
    expect(await keptUntil(room)).toEqual([fifteenYears, fifteenYears]);
    const { extend, follow } = keepLonger(room);
    await extend();
    expect((await follow()).failure).toBeUndefined();
    expect(await keptUntil(room)).toEqual([thirtyYears, thirtyYears]);
  });

  it("stays locked as long as it was when a shorter stay is uploaded, or the stream repeats itself", async () => {
    const room = await readingRoom();
    await signed(room);
    const { extend, follow } = keepLonger(room);
    await extend();
    const { again } = await follow();
    await extend("2050-01-01T00:00:00.000Z");
    await follow();
    await again();
    expect(await keptUntil(room)).toEqual([thirtyYears]);
  });

  it("is extended by the next delivery when S3 fails at the first", async () => {
    const room = await readingRoom();
    await signed(room);
    const { extend, follow } = keepLonger(room);
    await extend();
    room.objects.before((operation) => {
      if (operation === "extendRetention") throw new Error("killed");
    });
    const { failure, again } = await follow();
    expect(failure).toMatchObject({ cause: expect.objectContaining({ message: "killed" }) });
    room.objects.before(undefined);
    expect(await again()).toBeUndefined();
    expect(await keptUntil(room)).toEqual([thirtyYears]);
  });

  it("is kept long enough although the study's date moved while it was being signed", async () => {
    const room = await readingRoom();
    const { etag } = await draft(room);
    const { extend, follow } = keepLonger(room);
    room.objects.before(async (operation) => {
      if (operation !== "put") return;
      room.objects.before(undefined);
      await extend();
      await follow();
    });
    await sign(room, etag);
    expect(await keptUntil(room)).toEqual([thirtyYears]);
  });

  it.each(["before it is signed", "while it is being signed"])(
    "is under legal hold when its study was held %s",
    async (when) => {
      const room = await readingRoom();
      const { etag } = await draft(room);
      const by = room.reading(people.townRadiologist, "setLegalHold");
      const hold = () => setLegalHold(by, room.clock, { hold: true, reason: "court file 118/2027" });
      if (when.startsWith("before")) await hold();
      room.objects.before(async (operation) => {
        if (operation !== "extendRetention") return;
        room.objects.before(undefined);
        await hold();
      });
      await sign(room, etag);
      const documents = room.objects.keys("archive").filter((key) => key.startsWith("report/"));
      const versions = documents.map((key) => room.objects.versions({ bucket: "archive", key }));
      expect(versions).toEqual([[expect.objectContaining({ held: true })]]);
    },
  );

  it("of another study is not touched", async () => {
    const room = await readingRoom();
    await signed(room);
    const key = `report/${study.region}/town/${study.studyUid}0/${reportId}/1/x.json.enc`;
    await room.objects.put({ bucket: "archive", key }, new Uint8Array(1), { contentType: "x/y" });
    const { extend, follow } = keepLonger(room);
    await extend();
    await follow();
    expect([...(await keptUntil(room))].sort()).toEqual([thirtyYears, undefined]);
  });
});
