import { describe, expect, it } from "@jest/globals";
import { readFindings, replaceFindings } from "../../../shared/catalog/findings.ts";
import { keys } from "../../../shared/catalog/keys.ts";
import { askExamination, examineStudy } from "../../../shared/quality/examine-study.ts";
import { completeUpload } from "../../../shared/upload/complete-upload.ts";
import { getUploadFindings } from "../../../shared/upload/get-findings.ts";
import { clinic, followStream } from "../../support/clinic.ts";
import { memoryEventBus } from "../../support/memory/event-bus.ts";
import { memoryQueue } from "../../support/memory/queue.ts";
import { sliceFile } from "../../support/slices.ts";
import { streamed } from "../../support/stream.ts";

const studyUid = "1.2.826.1";
const slice = (instance: number) => sliceFile({ studyUid, sopUid: `${studyUid}.1.${instance}` });

const ofSlices: ReadonlySet<string> = new Set(["images-not-arrived", "slices-missing"]);

/** A clinic whose uploads are followed to the end. */
async function followed() {
  const here = await clinic();
  const stream = streamed(here.table);
  const events = memoryEventBus();
  const deps = { objects: here.objects, queue: memoryQueue(), events, clock: here.clock };
  const key = { ...here.hospital, studyUid };
  return {
    here,
    key,
    stream,
    /** Sends, ingests, completes, and lets everything follow; answers the upload's id. */
    async upload(files: readonly Uint8Array[], expected?: number): Promise<string> {
      const request = expected === undefined ? {} : { expected: [{ studyUid, instances: expected }] };
      const { uploadId, landed } = await here.send(files, request);
      for (const event of landed) await here.ingest(event, { table: stream.table });
      const grant = { ...here.grant("completeUpload"), table: stream.table };
      await completeUpload(here.upload, grant, uploadId);
      await followStream(deps, stream);
      return uploadId;
    },
    /** What is said of its slices; small test files lack much else. */
    findings: async () =>
      (await readFindings(here.table, key))
        .filter(({ code }) => ofSlices.has(code))
        .map(({ code, values }) => ({ code, values })),
    ofUpload: (uploadId: string) => getUploadFindings(here.grant("getUploadFindings"), uploadId),
    told: () =>
      events
        .published()
        .filter(({ type }) => type === "StudyFinding.v1")
        .map(({ detail }) => detail),
  };
}

describe("a study of which images did not arrive", () => {
  it("says so as soon as its upload is over, with how many", async () => {
    const { upload, findings, told, key } = await followed();
    await upload([slice(1), slice(2)], 3);
    expect(await findings()).toEqual([{ code: "images-not-arrived", values: { arrived: 2, announced: 3 } }]);
    const { region, hospital } = key;
    const found = { source: "door", code: "images-not-arrived", severity: "action", of: "-" };
    expect(told()).toContainEqual({ region, hospital, studyUid, ...found });
  });

  it("has nothing wrong with it any more once the rest is there", async () => {
    const { upload, findings } = await followed();
    await upload([slice(1), slice(2)], 3);
    await upload([slice(3)]);
    expect(await findings()).toEqual([]);
  });

  it("is shown with the upload that brought it, in both languages", async () => {
    const { upload, ofUpload } = await followed();
    const shown = await ofUpload(await upload([slice(1), slice(2)], 3));
    expect(shown).toMatchObject({ settled: true, studies: [{ studyUid, instances: 2, examined: true }] });
    const [finding] = shown.studies[0]?.findings ?? [];
    expect(finding?.en.what).toBe("2 of 3 announced images have arrived.");
    expect(finding?.zh.what).toBe("已到达 2 幅图像，预告共 3 幅。");
  });
});

describe("a series that lost slices before it was sent", () => {
  it("is found out by the numbers and places of those that arrived", async () => {
    const { upload, findings, ofUpload } = await followed();
    const placed = [1, 2, 3, 4, 5, 8, 9, 10].map((instanceNumber) =>
      sliceFile({
        studyUid,
        sopUid: `${studyUid}.1.${instanceNumber}`,
        instanceNumber,
        z: instanceNumber * 2.5,
      }),
    );
    const uploadId = await upload(placed, 8);
    const values = { missing: 2, places: "5–8 (16.3 mm)" };
    expect(await findings()).toEqual([{ code: "slices-missing", values }]);
    const [study] = (await ofUpload(uploadId)).studies;
    expect(study?.findings[0]?.of).toBe(`${studyUid}.1`);
  });
});

describe("a study that arrived whole", () => {
  it("is examined and no slice is missing", async () => {
    const { upload, ofUpload, findings } = await followed();
    const shown = await ofUpload(await upload([slice(1), slice(2)], 2));
    expect(shown.studies).toMatchObject([{ studyUid, instances: 2, complete: true, examined: true }]);
    expect(await findings()).toEqual([]);
  });

  it("belongs to the upload also when all of it was there before", async () => {
    const { upload, ofUpload } = await followed();
    await upload([slice(1)]);
    const again = await ofUpload(await upload([slice(1)]));
    expect(again.studies.map((study) => study.studyUid)).toEqual([studyUid]);
  });
});

describe("findings", () => {
  const now = new Date("2026-03-01T00:00:00Z");
  const later = new Date("2026-03-02T00:00:00Z");

  it("that are found again are not written again, and keep their moment when a number changes", async () => {
    const { key, stream } = await followed();
    const say = (arrived: number, at: Date) =>
      replaceFindings(
        stream.table,
        key,
        "door",
        [{ code: "images-not-arrived", values: { arrived, announced: 3 } }],
        at,
      );
    await say(1, now);
    stream.drain();
    await say(1, later);
    expect(stream.drain()).toEqual([]);
    await say(2, later);
    expect(await readFindings(stream.table, key)).toMatchObject([
      { values: { arrived: 2 }, foundAt: now.toISOString() },
    ]);
  });

  it("of one source leave those of another alone", async () => {
    const { key, stream } = await followed();
    await replaceFindings(stream.table, key, "door", [{ code: "images-not-arrived", of: "1.2" }], now);
    await replaceFindings(stream.table, key, "order", [], now);
    expect(await readFindings(stream.table, key)).toHaveLength(1);
    await replaceFindings(stream.table, key, "door", [], now);
    expect(await readFindings(stream.table, key)).toEqual([]);
  });

  it("make no study where there is none", async () => {
    const { here, key } = await followed();
    await askExamination(here, key);
    await examineStudy(here, key);
    expect(await here.table.get(keys.study(key))).toBeUndefined();
  });
});
