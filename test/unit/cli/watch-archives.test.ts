/** What is put away of a watched folder when archives land in it: only those of which everything is in the archive. */
import { readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, jest } from "@jest/globals";
import type { ApiClient } from "../../../cli/client.ts";
import { partBytes } from "../../../shared/upload/limits.ts";
import { imageOf, type LineTest, lineTest } from "../../support/line-test.ts";
import { watchQuickly, watchUntilSettled } from "../../support/watching.ts";
import { zipOf } from "../../support/zip.ts";

const disposal = { delete: true } as const;
let here: LineTest;

beforeEach(async () => {
  here = await lineTest();
  jest.spyOn(Math, "random").mockReturnValue(0);
});
afterEach(async () => {
  jest.restoreAllMocks();
  await here.close();
});

const watchUntil = async (client: ApiClient, uploads: number) =>
  (await watchUntilSettled(client, here.folder, disposal, uploads)).map(({ event }) => event);

describe("an archive in a watched folder whose files are deleted once they are safe", () => {
  it("is deleted when everything in it is", async () => {
    const members = ["IM1", "IM2"].map((name) => ({ name, bytes: imageOf(name) }));
    await writeFile(join(here.folder, "cd.zip"), zipOf(members));
    await watchUntil(await here.client(), 1);
    expect(await readdir(here.folder)).toEqual([]);
  });

  it("stays when something in it was never sent", async () => {
    const members = [
      { name: "IM1", bytes: imageOf("x") },
      { name: "IM2", bytes: imageOf("y"), encrypted: true },
      { name: "IM3", bytes: imageOf("z"), damaged: true, stored: true },
    ];
    await writeFile(join(here.folder, "cd.zip"), zipOf(members));
    const events = await watchUntil(await here.client(), 1);
    expect(events).toEqual(expect.arrayContaining(["unreadable", "settled"]));
    expect(here.server.landed).toHaveLength(1);
    expect(await readdir(here.folder)).toEqual(["cd.zip"]);
  });

  it.each([
    ["stays when one of its uploads holds something that is not safe", true],
    ["is deleted when all of its uploads are safe", false],
  ])(
    "%s",
    async (_, cut) => {
      const members = Array.from({ length: 1010 }, (_, i) => ({ name: `IM${i}`, bytes: imageOf(`IM${i}`) }));
      if (cut) members.push({ name: "cut", bytes: imageOf("cut").subarray(0, 700) });
      await writeFile(join(here.folder, "cd.zip"), zipOf(members));
      let refused = false;
      const client = await here.client({
        onCall: (path) => {
          // The upload was completed behind our back: the rest goes into another one.
          if (refused || !/\/v1\/uploads\/[0-9A-Z]{26}\/files$/.test(path)) return undefined;
          refused = true;
          return { kind: "answer", status: 409, code: "Conflict" };
        },
      });
      await watchUntil(client, 2);
      expect(refused).toBe(true);
      expect(await readdir(here.folder)).toEqual(cut ? ["cd.zip"] : []);
    },
    30_000,
  );
});

describe("a file that goes away while it is being read", () => {
  it("does not end the watch, nor keep the others from going up", async () => {
    await here.write(["dx"], 2 * partBytes);
    const client = await here.client({
      onCall: () => {
        void rm(join(here.folder, "dx"), { force: true });
        return undefined;
      },
    });
    const watching = watchQuickly(client, here.folder, { disposal });
    await watching.until("unreadable");
    await here.write(["later"]);
    await watching.until("settled");
    await watching.stop();
    expect(here.server.landed).toHaveLength(1);
  }, 30_000);
});
