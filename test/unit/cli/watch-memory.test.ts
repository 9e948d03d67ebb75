/** What a watch knows of a folder's files, whatever becomes of the folder meanwhile. */
import { appendFile, mkdir, readdir, readFile, rename, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it, jest } from "@jest/globals";
import { Remembered } from "../../../cli/watch/remembered.ts";
import type { Looked, WatchedFile } from "../../../cli/watch/ripening.ts";
import { type LineTest, lineTest, names } from "../../support/line-test.ts";
import { watchQuickly } from "../../support/watching.ts";

const day = 24 * 3600_000;
const many = 1100;
let here: LineTest;
let trouble: unknown[];

beforeEach(async () => {
  here = await lineTest();
  trouble = [];
});
afterEach(async () => {
  jest.restoreAllMocks();
  await here.close();
});

const remembered = () => new Remembered("https://api", "/watched", (error) => trouble.push(error));
const stamp = { size: 1, mtimeMs: 1 };
const nameOf = (n: number): string => `CT/王小明/${n}`;

function rememberMany(of: Remembered): void {
  for (let n = 0; n < many; n++) of.remember(nameOf(n), { ...stamp, upload: "U" });
}

const looked = (there: readonly string[], closed: readonly string[] = []): Looked => ({
  all: new Map(there.map((name): [string, WatchedFile] => [name, { ...stamp, name, path: name }])),
  ripe: [],
  closed,
});

const knowsAll = (of: Remembered): boolean =>
  Array.from({ length: many }, (_, n) => of.knows(nameOf(n), stamp)).every((known) => known);

async function journal(): Promise<{ readonly path: string; readonly lines: readonly string[] }> {
  const folder = join(here.state, "medical-image-cloud", "watch");
  const path = join(folder, (await readdir(folder))[0] as string);
  return { path, lines: (await readFile(path, "utf8")).trim().split("\n") };
}

/** Lets the process's own clock pass. */
function passing(): (milliseconds: number) => void {
  let now = 0;
  jest.spyOn(performance, "now").mockImplementation(() => now);
  return (milliseconds) => {
    now += milliseconds;
  };
}

describe("a share that is not mounted for a while", () => {
  it("is an empty folder, and nothing that was in it is sent again when it is back", async () => {
    const client = await here.client();
    const written = names(many, "CT/");
    await here.write(written, 10);
    const before = new Remembered(client.base, here.folder, () => undefined);
    for (const name of written) {
      const { size, mtimeMs } = await stat(join(here.folder, name));
      before.remember(name, { size, mtimeMs, upload: "U" });
    }
    await rename(join(here.folder, "CT"), join(here.state, "CT"));
    const watching = watchQuickly(client, here.folder);
    await sleep(500);
    await rename(join(here.state, "CT"), join(here.folder, "CT"));
    await sleep(1500);
    await watching.stop();
    expect(here.proxy.calls).toEqual([]);
    expect(here.proxy.puts).toEqual([]);
  });

  it("is not forgotten, however long that takes", () => {
    const pass = passing();
    const memory = remembered();
    rememberMany(memory);
    for (let days = 0; days < 100; days++) {
      memory.tidy(looked([]));
      pass(day);
    }
    expect(knowsAll(memory)).toBe(true);
  });
});

describe("files that are not in the folder any more", () => {
  it("are forgotten after a fortnight of watching, not of the calendar, in which no look found them", async () => {
    const pass = passing();
    const gone = (of: Remembered): boolean => !of.knows(nameOf(1), stamp);
    rememberMany(remembered());
    for (let run = 0; run < 13; run++) {
      const memory = remembered();
      memory.tidy(looked([nameOf(0)]));
      expect(gone(memory)).toBe(false);
      pass(day);
      memory.tidy(looked([nameOf(0)]));
      // Nobody watches until the next run.
      pass(30 * day);
    }
    const last = remembered();
    pass(day);
    last.tidy(looked([nameOf(0)]));
    expect([gone(last), last.knows(nameOf(0), stamp)]).toEqual([true, true]);
    expect((await journal()).lines).toHaveLength(2);
    expect(trouble).toEqual([]);
  });

  it("and come back are not missed from before", () => {
    const pass = passing();
    const memory = remembered();
    rememberMany(memory);
    const all = Array.from({ length: many }, (_, n) => nameOf(n));
    for (const there of [["other"], all, ["other"]]) {
      memory.tidy(looked(there));
      pass(13 * day);
    }
    memory.tidy(looked(["other"]));
    expect(knowsAll(memory)).toBe(true);
  });

  it("may be in a folder that cannot be entered: those are kept, and no others", () => {
    const pass = passing();
    const memory = remembered();
    rememberMany(memory);
    memory.remember("CTA/1", { ...stamp, upload: "U" });
    for (let days = 0; days < 100; days++) {
      memory.tidy(looked(["other"], ["CT"]));
      pass(day);
    }
    expect([knowsAll(memory), memory.knows("CTA/1", stamp)]).toEqual([true, false]);
  });
});

describe("the memory of a watch", () => {
  it("keeps no name, survives half a line, and does not grow with time", async () => {
    const pass = passing();
    const first = remembered();
    first.remember("王小明/1", { ...stamp, upload: "U" });
    first.opened("01K", "stat");
    for (let hours = 0; hours < 5000; hours++) {
      first.tidy(looked(["王小明/1"]));
      pass(day / 24);
    }
    const { path, lines } = await journal();
    expect(lines.join()).not.toContain("王");
    expect(lines.length).toBeLessThan(1100);
    await appendFile(path, '{"file":"half');
    const again = remembered();
    expect(again.knows("王小明/1", stamp)).toBe(true);
    expect(again.knows("王小明/1", { size: 1, mtimeMs: 2 })).toBe(false);
    expect(again.openUploads("stat")).toEqual(["01K"]);
    expect(trouble).toEqual([]);
  });

  it("that cannot be written keeps nothing from going up", async () => {
    await mkdir(join(here.state, "medical-image-cloud"), { recursive: true });
    await writeFile(join(here.state, "medical-image-cloud", "watch"), "no folder");
    const client = await here.client();
    await here.write(["a"]);
    const watching = watchQuickly(client, here.folder);
    await watching.until("settled");
    await watching.stop();
    expect(watching.log.some(({ event }) => event === "state-unwritable")).toBe(true);
    expect(here.server.landed).toHaveLength(1);
  });
});
