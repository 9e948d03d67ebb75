/** `mic watch`, against our own server over a line that a test breaks. */
import { appendFile, mkdtemp, readdir, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it, jest } from "@jest/globals";
import type { ApiClient } from "../../../cli/client.ts";
import type { WatchOptions } from "../../../cli/watch/watch-folder.ts";
import { imageOf, type LineTest, lineTest, names } from "../../support/line-test.ts";
import { watchQuickly } from "../../support/watching.ts";

let here: LineTest;
let aside: string;

beforeEach(async () => {
  here = await lineTest();
  aside = await mkdtemp(join(tmpdir(), "mic-aside-"));
  jest.spyOn(Math, "random").mockReturnValue(0);
});
afterEach(async () => {
  jest.restoreAllMocks();
  await here.close();
  await rm(aside, { recursive: true, force: true });
});

const watch = (client: ApiClient, more: Partial<WatchOptions> = {}) =>
  watchQuickly(client, here.folder, more);

const indexed = async (): Promise<number> => {
  const uploads = new Set(here.server.landed.map(({ key }) => key.split("/")[2] as string));
  const ledgers = await Promise.all([...uploads].map((id) => here.server.clinic.ledger(id)));
  return ledgers.reduce((sum, { totals }) => sum + totals.indexed, 0);
};

describe("what lands in a watched folder", () => {
  it("goes up, is one upload once it is quiet, and is not sent again after a restart", async () => {
    const client = await here.client();
    await here.write(names(3, "CT/"));
    const first = watch(client, { quiet: 2 });
    await first.until("sent");
    await here.write(names(2, "later/"));
    await first.until("settled");
    await first.stop();
    expect(await indexed()).toBe(5);
    expect(first.log.map(({ event }) => event).filter((event) => event === "completed")).toHaveLength(1);

    const second = watch(client);
    await sleep(1500);
    await here.write(["new"]);
    await second.until("settled");
    await second.stop();
    expect(here.proxy.puts).toHaveLength(6);
    expect(await indexed()).toBe(6);
  });

  it("is not taken while it grows, nor under a name that says it is not complete", async () => {
    const client = await here.client();
    const whole = imageOf("slow", 40_000);
    const watching = watch(client);
    await here.write(["copying.dcm.part", ".hidden", "~$x.tmp"]);
    for (let at = 0; at < whole.length; at += 8000) {
      await appendFile(join(here.folder, "slow"), whole.subarray(at, at + 8000));
      await sleep(150);
    }
    await watching.until("settled");
    await watching.stop();
    expect(here.proxy.puts.map(({ declared }) => declared)).toEqual([whole.length]);
    expect(await indexed()).toBe(1);
  });

  it("is an emergency in the folder for them, whatever else waits", async () => {
    const client = await here.client({ bytesPerSecond: 100_000 });
    await here.write(names(12), 20_000);
    const watching = watch(client);
    await watching.until("watching");
    await here.write(names(2, "stat/"), 20_000);
    await watching.until("settled", 2);
    await watching.stop();
    const order = here.server.landed.map(({ key }) => key.split("/")[0]);
    expect(order.filter((lane) => lane === "stat")).toHaveLength(2);
    expect(order.lastIndexOf("stat")).toBeLessThan(order.lastIndexOf("routine"));
  });

  it("that is no image is left where it is and read once", async () => {
    const client = await here.client();
    await writeFile(join(here.folder, "readme.txt"), "no image");
    const watching = watch(client);
    await sleep(1000);
    await here.write(["a"]);
    await watching.until("settled");
    await watching.stop();
    expect(here.proxy.puts).toHaveLength(1);
  });

  it("touched, but with the same bytes, is not sent again; with other bytes it is", async () => {
    const client = await here.client();
    await here.write(["a"]);
    const watching = watch(client);
    await watching.until("settled");
    await utimes(join(here.folder, "a"), 1, 1);
    await sleep(1500);
    expect(here.proxy.puts).toHaveLength(1);
    await writeFile(join(here.folder, "a"), imageOf("other"));
    await watching.until("settled", 2);
    await watching.stop();
    expect(here.proxy.puts).toHaveLength(2);
  });
});

describe("a line that is away", () => {
  it("is waited for, however long, and said once", async () => {
    let away = true;
    const client = await here.client({
      onCall: () => (away ? { kind: "answer", status: 503, code: "ServiceUnavailable" } : undefined),
      onPut: () => (away ? { kind: "cut", after: 10 } : undefined),
    });
    await here.write(names(4));
    const watching = watch(client);
    await watching.until("line-away");
    await sleep(500);
    away = false;
    await watching.until("settled");
    await watching.stop();
    expect(watching.log.filter(({ event }) => event === "line-away")).toHaveLength(1);
    expect(watching.log.some(({ event }) => event === "line-back")).toBe(true);
    expect(await indexed()).toBe(4);
  });

  it("cut in the middle of an upload costs nothing that had arrived, even when the watch ends there", async () => {
    let broken = true;
    const client = await here.client({
      onPut: () => (broken && here.proxy.puts.length >= 5 ? { kind: "cut", after: 100 } : undefined),
    });
    await here.write(names(8));
    const first = watch(client, { parallel: 1 });
    while (here.proxy.puts.length < 6) await sleep(20);
    await first.stop();
    broken = false;
    const cuts = here.proxy.puts.filter(({ fault }) => fault === "cut").length;
    const second = watch(client);
    await second.until("settled");
    await second.stop();
    expect(here.proxy.puts).toHaveLength(8 + cuts);
    expect(await indexed()).toBe(8);
  });
});

describe("moving away what is in the archive", () => {
  it("leaves what was quarantined, and says why", async () => {
    const client = await here.client();
    await here.write(["CT/a", "CT/b"]);
    await writeFile(join(here.folder, "cut.dcm"), imageOf("c").subarray(0, 700));
    const watching = watch(client, { disposal: { moveTo: aside } });
    await watching.until("settled");
    await watching.stop();
    expect((await readdir(aside, { recursive: true })).sort()).toEqual(["CT", "CT/a", "CT/b"]);
    expect(await readdir(join(here.folder, "CT"))).toEqual([]);
    expect(await readdir(here.folder)).toContain("cut.dcm");
    const told = watching.log.find(({ event }) => event === "quarantined");
    expect(told?.details).toMatchObject({
      file: "cut.dcm",
      why: expect.stringMatching(/^The file ends too early/),
    });
  });

  it("deletes nothing before the ledger says that it is there", async () => {
    let answers = false;
    const client = await here.client({
      onCall: (path) =>
        !answers && path.endsWith("?limit=1")
          ? { kind: "answer", status: 503, code: "ServiceUnavailable" }
          : undefined,
    });
    await here.write(["a"]);
    const watching = watch(client, { disposal: { delete: true } });
    await watching.until("completed");
    await sleep(1500);
    expect(await readdir(here.folder)).toEqual(["a"]);
    answers = true;
    await watching.until("settled");
    await watching.stop();
    expect(await readdir(here.folder)).toEqual([]);
    expect(await indexed()).toBe(1);
  });
});

describe("a file that was written to between its announcement and its sending", () => {
  it("is put away once the ledger has what is in the folder now, whatever became of the line of before", async () => {
    let once = true;
    const client = await here.client({
      onCall: () => {
        if (once) void writeFile(join(here.folder, "a"), imageOf("a, written again"));
        once = false;
        return undefined;
      },
    });
    await here.write(["a", "b"]);
    const watching = watch(client, { disposal: { moveTo: aside }, quiet: 1.5 });
    await watching.until("settled");
    await watching.stop();
    expect(watching.log.filter(({ event }) => event === "completed")).toHaveLength(1);
    expect((await readdir(aside)).sort()).toEqual(["a", "b"]);
    expect(await readdir(here.folder)).toEqual([]);
  });
});

describe("a file that the storage refused", () => {
  it("is sent when it is written to again, be it with the same bytes", async () => {
    let refusing = true;
    const client = await here.client({
      onPut: () => (refusing ? { kind: "answer", status: 403, code: "AccessDenied" } : undefined),
    });
    await here.write(["a"]);
    const watching = watch(client, { disposal: { moveTo: aside } });
    await watching.until("settled");
    expect(watching.log.map(({ event }) => event)).toContain("unreadable");
    refusing = false;
    await utimes(join(here.folder, "a"), 1, 1);
    await watching.until("settled", 2);
    await watching.stop();
    expect(await readdir(aside)).toEqual(["a"]);
  });
});

describe("a file that cannot be moved", () => {
  it("is named once, and moved when it can be, without the ledger being read at every look", async () => {
    const to = join(aside, "sent");
    await writeFile(to, "no folder");
    const client = await here.client();
    await here.write(["a"]);
    const watching = watch(client, { disposal: { moveTo: to } });
    await watching.until("not-moved");
    await sleep(2500);
    // At every look, ten times a second, it would be more than twenty.
    expect(here.proxy.calls.filter((call) => call.endsWith("limit=1")).length).toBeLessThan(10);
    expect(watching.log.filter(({ event }) => event === "not-moved")).toHaveLength(1);
    await rm(to);
    await watching.until("settled");
    await watching.stop();
    expect(await readdir(to)).toEqual(["a"]);
    expect(watching.log.filter(({ event }) => event === "not-moved")).toHaveLength(1);
  });
});
