import { beforeEach, describe, expect, it } from "@jest/globals";
import { keys } from "../../../shared/catalog/keys.ts";
import { retrieveThumbnail } from "../../../shared/retrieve/redirect.ts";
import { testGrant } from "../../support/grant.ts";
import { people, type ReadingRoom, readingRoom, seriesUid, study } from "../../support/reading-room.ts";

describe("what a list shows of a study", () => {
  let room: ReadingRoom;
  beforeEach(async () => {
    room = await readingRoom(3);
  });

  /** What derive noted of instance `number`. */
  async function derived(number: number, set: Record<string, unknown>): Promise<void> {
    const sopUid = `${seriesUid}.${number}`;
    const remove = ["thumbnail", "icon"].filter((name) => !(name in set));
    await room.table.write([
      { op: "update", key: keys.instance({ ...study, seriesUid, sopUid }), set, remove },
    ]);
  }
  async function shown(path: { seriesUid?: string; sopUid?: string } = {}): Promise<string> {
    const { table, objects, clock, keyState } = room;
    const grant = testGrant({
      principal: people.townPhysician,
      action: "retrieveStudyThumbnail",
      table,
      objects,
      clock,
      study,
    });
    const url = await retrieveThumbnail({ grant, keyState, accept: "image/jpeg" }, path);
    return /\.(\d+)\/[0-9a-f]+\/thumbnail\.jpg/.exec(decodeURIComponent(url))?.[1] ?? url;
  }

  it("a report without pixels is shown by its icon, at every level", async () => {
    for (const number of [1, 2, 3]) await derived(number, { thumbnail: "none", icon: "report" });
    expect(await shown()).toBe("1");
    expect(await shown({ seriesUid })).toBe("1");
    expect(await shown({ seriesUid, sopUid: `${seriesUid}.2` })).toBe("2");
  });

  it("an image stands for its study before any icon does", async () => {
    await derived(1, { thumbnail: "none", icon: "report" });
    await derived(2, { thumbnail: "unavailable:corrupt-stream", icon: "cannot-be-shown" });
    await derived(3, { thumbnail: "ready" });
    expect(await shown()).toBe("3");
    expect(await shown({ seriesUid, sopUid: `${seriesUid}.2` })).toBe("2");
  });

  it("what has just arrived has no thumbnail yet, and is not an error of the service", async () => {
    for (const number of [1, 2, 3]) await derived(number, {});
    await expect(shown()).rejects.toMatchObject({ type: "not-found" });
    await expect(shown({ seriesUid, sopUid: `${seriesUid}.1` })).rejects.toMatchObject({ type: "not-found" });
  });
});
