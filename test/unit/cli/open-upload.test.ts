/** When the uploads of a watched folder are completed. */
import { afterEach, beforeEach, describe, expect, it, jest } from "@jest/globals";
import { ApiClient } from "../../../cli/client.ts";
import type { FoundFile } from "../../../cli/upload/scan-folder.ts";
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

describe("after a batch that did not go through", () => {
  const found = (n: number): FoundFile => ({
    content: { size: 1, read: () => [] as never, requireUnchanged: () => Promise.resolve() },
    name: `IM${n}`,
    sha256: String(n).padStart(64, "0"),
  });

  it("the ledger of its upload is read once, not for every batch until the next one that fails", async () => {
    const client = await here.client();
    const remembered = new Remembered(client.base, here.folder, () => undefined);
    const of = { name: "routine", encounterClass: "unknown", quiet: minutes, log: () => undefined } as const;
    const open = new OpenUpload({ ...of, client, remembered });
    const read = () => here.proxy.calls.filter((call) => /uploads\/[0-9A-Z]{26}$/.test(call)).length;
    const first = await open.announce([found(0), found(1)]);
    const counts = [read()];
    for (const failures of [1, 2]) {
      open.failed();
      for (let n = 0; n < 5; n++) {
        // One at a time, as files go up that the server refused together.
        const [again] = await open.announce([found(n % 2), found(10 * failures + n)]);
        expect(again).toMatchObject({ resumed: true, toSend: { fileId: first[n % 2]?.toSend.fileId } });
      }
      counts.push(read());
    }
    expect(counts).toEqual([0, 1, 2]);
  });
});
