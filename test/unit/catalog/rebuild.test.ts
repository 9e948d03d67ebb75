import { describe, expect, it } from "@jest/globals";
import type { RebuildRequest } from "../../../shared/contract/schemas/catalog.ts";
import type { DeriveMessage } from "../../../shared/derive/derive-message.ts";
import { requestRebuild } from "../../../shared/derive/request-rebuild.ts";
import { type Clinic, clinic } from "../../support/clinic.ts";
import { memoryQueue } from "../../support/memory/queue.ts";
import { sliceFile } from "../../support/slices.ts";

async function archiveOf(here: Clinic): Promise<Clinic> {
  const files = ["1.2.1", "1.2.2"].flatMap((studyUid, index) =>
    [1, 2, 3].map((n) => {
      const seriesUid = `${studyUid}.${n === 3 ? 2 : 1}`;
      return sliceFile({
        studyUid,
        seriesUid,
        sopUid: `${seriesUid}.${n}`,
        studyDate: `2026010${index + 1}`,
      });
    }),
  );
  const { landed } = await here.send(files);
  for (const event of landed) await here.ingest(event);
  return here;
}

async function rebuilt(here: Clinic, request: RebuildRequest) {
  const queue = memoryQueue();
  const answer = await requestRebuild(here.grant("rebuild"), queue, request);
  return { answer, sops: (queue.sent() as DeriveMessage[]).map(({ sopUid }) => sopUid) };
}

describe("an operator who has thumbnails made again", () => {
  it("has it done for an instance, a series or a study", async () => {
    const here = await archiveOf(await clinic());
    expect((await rebuilt(here, { studyUid: "1.2.1" })).answer).toEqual({ queued: 3 });
    expect((await rebuilt(here, { studyUid: "1.2.1", seriesUid: "1.2.1.2" })).sops).toEqual(["1.2.1.2.3"]);
    expect((await rebuilt(here, { studyUid: "1.2.1", sopUid: "1.2.1.1.2" })).sops).toEqual(["1.2.1.1.2"]);
  });

  it("has it done for everything the hospital holds, and nothing of another", async () => {
    const here = await archiveOf(await clinic("qinghe-county"));
    await archiveOf(await clinic("mingshui-township", here));
    const { answer, sops } = await rebuilt(here, {});
    expect(answer).toEqual({ queued: 6 });
    expect(new Set(sops).size).toBe(6);
  });

  it("is told when there is nothing to derive from", async () => {
    const here = await archiveOf(await clinic());
    await expect(rebuilt(here, { studyUid: "9.9" })).rejects.toMatchObject({ type: "not-found" });
    await expect(rebuilt(here, { sopUid: "1.2.1.1.2" })).rejects.toMatchObject({ type: "invalid-request" });
    await expect(rebuilt(here, { cursor: "x" })).rejects.toMatchObject({ type: "invalid-request" });
  });

  it("goes on where the answer before stopped", async () => {
    const here = await archiveOf(await clinic());
    const cursor = Buffer.from("202601/20260101101500#1.2.1").toString("base64url");
    expect((await rebuilt(here, { cursor })).sops).toEqual(["1.2.2.1.1", "1.2.2.1.2", "1.2.2.2.3"]);
  });
});
