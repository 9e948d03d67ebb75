/** Single files that cannot go up, or come late: everything else goes on, and nobody takes them for done. */
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, jest } from "@jest/globals";
import { type UploadOptions, uploadFolder } from "../../../cli/upload/upload-folder.ts";
import type { LandedObject } from "../../../shared/ingest/ingest-object.ts";
import { partBytes } from "../../../shared/upload/limits.ts";
import type { Line as FaultyLine } from "../../support/fault-proxy.ts";
import { imageOf, type LineTest, lineTest, names } from "../../support/line-test.ts";
import { watchUntilSettled } from "../../support/watching.ts";

const options: UploadOptions = {
  priority: "routine",
  encounterClass: "unknown",
  parallel: 4,
  wait: true,
  timeout: 0.2,
  silent: true,
};
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

/** The first file that is sent, always. */
function refusingOne(): FaultyLine {
  let refused: string | undefined;
  return {
    onPut: ({ what }) => {
      refused ??= what;
      return what === refused ? { kind: "answer", status: 403, code: "AccessDenied" } : undefined;
    },
  };
}

describe("one file that the storage refuses", () => {
  it("stays, with the reason, and the others go up", async () => {
    await here.write(names(30));
    const { ledger, notSent } = await uploadFolder(await here.client(refusingOne()), here.folder, options);
    expect(ledger.totals).toMatchObject({ indexed: 29, awaiting: 1 });
    expect(notSent).toMatchObject([{ reason: { code: "unreadable-refused" } }]);
  });

  it("may be a large one whose parts it loses time and again", async () => {
    await here.write(["large"], partBytes + 1);
    await here.write(names(3));
    const client = await here.client({
      onCall: (path) =>
        path.endsWith("/assemble") ? { kind: "answer", status: 409, code: "Conflict" } : undefined,
    });
    const { ledger, notSent } = await uploadFolder(client, here.folder, options);
    expect(ledger.totals).toMatchObject({ indexed: 3, awaiting: 1 });
    expect(notSent).toMatchObject([{ name: "large", reason: { code: "unreadable-refused" } }]);
  });

  it("ends the upload when nothing else gets through either", async () => {
    await here.write(names(30));
    const client = await here.client({
      onPut: () => ({ kind: "answer", status: 403, code: "AccessDenied" }),
    });
    await expect(uploadFolder(client, here.folder, options)).rejects.toThrow(/refused by the storage/);
  });

  it("keeps no other of a watched folder back, and is not put away", async () => {
    await here.write(names(60));
    const seen = await watchUntilSettled(await here.client(refusingOne()), here.folder, { moveTo: aside });
    expect(here.server.landed).toHaveLength(59);
    expect(await readdir(here.folder)).toHaveLength(1);
    expect(seen.filter(({ event }) => event === "unreadable")).toHaveLength(1);
    const sent = seen.flatMap(({ event, details }) => (event === "sent" ? [Number(details.files)] : []));
    expect(sent.reduce((sum, files) => sum + files, 0)).toBe(59);
  }, 30_000);
});

describe("a large file that goes away before it is sent in parts", () => {
  it("is named, and the others go up", async () => {
    await here.write(["dx"], 2 * partBytes);
    await here.write(names(5));
    const client = await here.client({
      onCall: () => {
        void rm(join(here.folder, "dx"), { force: true });
        return undefined;
      },
    });
    const { ledger, notSent } = await uploadFolder(client, here.folder, options);
    expect(ledger.totals).toMatchObject({ indexed: 5, awaiting: 1 });
    expect(notSent).toMatchObject([{ name: "dx", reason: { code: expect.stringMatching(/^unreadable/) } }]);
  });
});

describe("files of which the server hears late", () => {
  it("are waited for before their upload counts as settled", async () => {
    const { clinic } = here.server;
    const { ingest } = clinic;
    const waiting: LandedObject[] = [];
    Object.assign(clinic, { ingest: async (object: LandedObject) => void waiting.push(object) });
    await here.write(["a", "b"]);
    await writeFile(join(here.folder, "cut.dcm"), imageOf("c").subarray(0, 700));
    setTimeout(async () => {
      for (const object of waiting) await ingest(object);
    }, 3500);
    const seen = await watchUntilSettled(await here.client(), here.folder, { moveTo: aside });
    expect(seen.map(({ event }) => event)).toEqual(expect.arrayContaining(["quarantined", "settled"]));
    expect((await readdir(aside)).sort()).toEqual(["a", "b"]);
    expect(await readdir(here.folder)).toEqual(["cut.dcm"]);
  }, 30_000);
});

describe("a file that an earlier run announced", () => {
  it("is named, and not waited for, when it is gone", async () => {
    await here.write(names(3));
    let away = true;
    const client = await here.client({
      onPut: () => (away ? { kind: "answer", status: 403, code: "AccessDenied" } : undefined),
    });
    await expect(uploadFolder(client, here.folder, options)).rejects.toThrow();
    away = false;
    const [, gone] = (await readdir(here.folder)).sort() as [string, string];
    await rm(join(here.folder, gone));
    const { ledger, notSent } = await uploadFolder(client, here.folder, { ...options, timeout: 5 });
    expect(ledger.totals).toMatchObject({ indexed: 2, awaiting: 1 });
    expect(notSent).toMatchObject([{ name: gone, reason: { code: "unreadable-gone" } }]);
  });
});

describe("a server that goes away while files are announced", () => {
  it("is waited for once it has answered", async () => {
    await here.write(names(1100));
    let calls = 0;
    const client = await here.client({
      onCall: () => (++calls > 1 && calls < 30 ? { kind: "lose-answer" } : undefined),
    });
    const { ledger } = await uploadFolder(client, here.folder, { ...options, wait: false });
    expect(ledger.announced).toBe(1100);
    expect(calls).toBeGreaterThan(30);
  }, 60_000);

  it("is not waited for when nobody has ever answered at its address", async () => {
    await here.write(names(2));
    let calls = 0;
    const client = await here.client({
      onCall: () => {
        calls++;
        return { kind: "lose-answer" };
      },
    });
    await expect(uploadFolder(client, here.folder, options)).rejects.toThrow(/Cannot reach/);
    expect(calls).toBe(5);
  });
});
