import { gzipSync } from "node:zlib";
import { beforeEach, describe, expect, it, jest } from "@jest/globals";
import { retrieveApi } from "../../../functions/retrieve/api.ts";
import { routes } from "../../../shared/contract/routes.ts";
import { objectKeys } from "../../../shared/object-keys.ts";
import { type Answer, callApi, testKernel } from "../../support/api.ts";
import { memoryDownloadSigner } from "../../support/memory/download-signer.ts";
import { people, type ReadingRoom, readingRoom, seriesUid, study } from "../../support/reading-room.ts";

const params: Readonly<Record<string, string>> = {
  scope: "mine",
  studyUid: study.studyUid,
  seriesUid,
  sopUid: `${seriesUid}.1`,
  frame: "1",
};
const paths = routes
  .filter(({ capability }) => capability === "retrieve")
  .map(({ id, path }) => [id, path.replace(/\{(\w+)\}/g, (_, name: string) => params[name] ?? "")] as const);

describe("images of a hospital that disables its key", () => {
  let room: ReadingRoom;
  let ask: (path: string) => Promise<Answer>;
  beforeEach(async () => {
    jest.spyOn(process.stdout, "write").mockReturnValue(true);
    room = await readingRoom(1);
    const { table, objects, clock } = room;
    await describeInstances(room);
    const kernel = { ...testKernel(clock), table, objects, downloads: memoryDownloadSigner(objects, clock) };
    const handler = retrieveApi(
      () => room,
      () => kernel,
    );
    ask = (path) => callApi(handler, { method: "GET", path, principal: people.townPhysician });
  });

  it.each(paths)("are refused by %s within ten seconds, and back when it is enabled", async (_, path) => {
    const served = await ask(path);
    expect([200, 307]).toContain(served.status);
    room.keys.disable(room.keyArn);
    room.clock.advance(10_000);
    const refused = await ask(path);
    expect(refused).toMatchObject({ status: 503, json: { type: expect.stringMatching(/unavailable$/) } });
    expect(refused.headers).not.toHaveProperty("location");
    room.keys.enable(room.keyArn);
    room.clock.advance(10_000);
    expect((await ask(path)).status).toBe(served.status);
  });
});

/** What ingest and derive leave behind. */
async function describeInstances({ table, objects }: ReadingRoom): Promise<void> {
  for (const item of table.items().filter(({ type }) => type === "instance")) {
    await table.write([{ op: "put", item: { ...item, frames: 1 } }]);
    const key = { ...study, seriesUid, sopUid: String(item.sopUid) };
    const ref = { bucket: "derived", key: objectKeys.metadata(key, String(item.sha256)) } as const;
    await objects.put(ref, gzipSync("{}"), {
      contentType: "application/dicom+json",
      contentEncoding: "gzip",
    });
  }
}
