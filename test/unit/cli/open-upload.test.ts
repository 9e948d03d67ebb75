/** When the uploads of a watched folder are completed. */
import { afterEach, beforeEach, describe, expect, it, jest } from "@jest/globals";
import { ApiClient } from "../../../cli/client.ts";
import { OpenUpload } from "../../../cli/watch/open-upload.ts";
import { Remembered } from "../../../cli/watch/remembered.ts";
import { type LineTest, lineTest } from "../../support/line-test.ts";

const minutes = 60_000;
let here: LineTest;

beforeEach(async () => {
  here = await lineTest();
});
afterEach(async () => {
  jest.restoreAllMocks();
  await here.close();
});

describe("an upload that an earlier run left open", () => {
  it("waits for what is about to come, but not longer than a quarter of an hour in a folder that is never quiet", async () => {
    const completed: string[] = [];
    const client = new ApiClient("http://127.0.0.1:1/api", "t");
    jest.spyOn(client, "post").mockImplementation((path) => {
      completed.push(path);
      return Promise.resolve({} as never);
    });
    const remembered = new Remembered(client.base, here.folder, () => undefined);
    remembered.opened("01K", "routine");
    const of = { name: "routine", encounterClass: "unknown", quiet: minutes, log: () => undefined } as const;
    const now = jest.spyOn(performance, "now").mockReturnValue(0);
    const open = new OpenUpload({ ...of, client, remembered });
    now.mockReturnValue(14 * minutes);
    expect(await open.completeWhatIsQuiet(true)).toBe(false);
    await open.went();
    expect(completed).toEqual([]);
    now.mockReturnValue(15 * minutes);
    expect(await open.completeWhatIsQuiet(true)).toBe(true);
    expect(completed).toEqual(["/v1/uploads/01K/complete"]);
  });
});
