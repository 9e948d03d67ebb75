/** A folder through the page's own code into the real upload use cases, over a line that does what lines do. */
import { describe, expect, it } from "@jest/globals";
import { ulid } from "ulid";
import { addFiles } from "../../../shared/upload/add-files.ts";
import { assembleFile } from "../../../shared/upload/assemble-file.ts";
import { completeUpload } from "../../../shared/upload/complete-upload.ts";
import { createUpload } from "../../../shared/upload/create-upload.ts";
import { getLedger } from "../../../shared/upload/get-ledger.ts";
import { uploadLimits } from "../../../shared/upload/limits.ts";
import { listParts, signParts } from "../../../shared/upload/sign-parts.ts";
import { type Api, Refused } from "../../../web/src/app/api.ts";
import type { Gathered } from "../../../web/src/upload/gather.ts";
import { Line, Paused } from "../../../web/src/upload/line.ts";
import { lookAtFile } from "../../../web/src/upload/look-at-file.ts";
import type { Lookers } from "../../../web/src/upload/lookers.ts";
import { outcomeOf, type Put } from "../../../web/src/upload/put-bytes.ts";
import type { Remembered, Unfinished } from "../../../web/src/upload/remembered.ts";
import { UploadRun } from "../../../web/src/upload/upload-run.ts";
import { type Clinic, clinic } from "../../support/clinic.ts";
import { ctSeries, newUid } from "../../support/instances.ts";

const terms = { priority: "routine", encounterClass: "outpatient" } as const;

/** The API's routes of an upload, on the use cases behind them. */
function apiOf(here: Clinic): Api {
  const get = async (path: string): Promise<unknown> => {
    const [, uploadId = "", fileId] = /uploads\/(\w+)(?:\/files\/(\d+))?/.exec(path) ?? [];
    if (fileId !== undefined)
      return listParts(here.upload, here.grant("listUploadParts"), { uploadId, fileId });
    const cursor = new URL(path, "https://x.test").searchParams.get("cursor") ?? undefined;
    return getLedger(here.grant("getUpload"), uploadId, { cursor }).catch(() => {
      throw new Refused(404, {});
    });
  };
  // biome-ignore lint/suspicious/noExplicitAny: bodies are what the use cases take
  const post = async (path: string, body: any = {}): Promise<unknown> => {
    const [, uploadId = "", fileId = ""] = /uploads\/(\w+)(?:\/files\/(\d+))?/.exec(path) ?? [];
    if (path === "/v1/uploads") return createUpload(here.upload, here.grant(), ulid(), body);
    if (path.endsWith("/files")) {
      const request = { files: [], fileIds: [], ...body };
      return addFiles(here.upload, here.grant("addUploadFiles"), { uploadId, requestId: ulid() }, request);
    }
    if (path.endsWith("/parts"))
      return signParts(here.upload, here.grant("signUploadParts"), { uploadId, fileId }, body.parts);
    if (path.endsWith("/assemble"))
      return assembleFile(here.upload, here.grant("assembleUploadFile"), { uploadId, fileId });
    return completeUpload(here.upload, here.grant("completeUpload"), uploadId);
  };
  const api = { get, post, patient: () => api } as unknown as Api;
  return api;
}

/** S3 as the memory signer answers it. `before`: what the line does to a PUT first. */
function putTo(here: Clinic, before: (attempt: number) => "broken" | "through" = () => "through") {
  const sent: string[] = [];
  let attempts = 0;
  const put: Put = async (signed, body, onBytes, signal) => {
    signal.throwIfAborted();
    if (before(++attempts) === "broken") return "broken";
    const bytes = new Uint8Array(await body.arrayBuffer());
    const status = await here.signer.send({ method: "PUT", expiresAt: "", ...signed }, bytes);
    sent.push(new URL(signed.url).pathname);
    onBytes(bytes.length);
    return outcomeOf(status, "");
  };
  return { put, sent };
}

const inThisThread: Lookers = { count: 2, look: lookAtFile, end: () => undefined };

function memory(): Remembered & { readonly all: Map<string, Unfinished> } {
  const all = new Map<string, Unfinished>();
  return {
    all,
    of: async (owner) => [...all.values()].filter((one) => one.owner === owner),
    keep: async (one) => void all.set(one.id, one),
    forget: async (id) => void all.delete(id),
  };
}

const folder = (
  files: readonly { name: string; bytes: Uint8Array }[],
  closed: Gathered["closed"] = [],
): Gathered => ({
  files: files.map(({ name, bytes }) => ({
    path: ["disc", ...name.split("/")],
    open: async () => new File([bytes.slice()], name.split("/").at(-1) as string),
  })),
  closed,
});

function runOn(
  here: Clinic,
  put: Put,
  remembered = memory(),
  line = new Line(),
  lookers: Lookers = inThisThread,
): UploadRun {
  return new UploadRun({
    api: apiOf(here),
    lookers,
    put,
    line,
    remembered,
    owner: "me",
    terms,
  });
}

const disc = () => [
  ...ctSeries(5, { studyUid: newUid() }),
  { name: "readme.txt", bytes: new TextEncoder().encode("open viewer.exe".repeat(30)) },
  { name: "empty.dcm", bytes: new Uint8Array() },
];

describe("an upload from the browser", () => {
  it("announces, sends and completes what is DICOM, and says of the rest why it stays", async () => {
    const here = await clinic();
    const remembered = memory();
    const run = runOn(here, putTo(here).put, remembered);
    await run.run(folder(disc()));
    expect(run.phase).toBe("sent");
    expect(run.files.map(({ name }) => name)).not.toContain("locked");
    const { upload, files } = await here.ledger(run.uploadIds[0] as string);
    expect(upload).toMatchObject({ encounterClass: "outpatient", expected: [{ instances: 5 }] });
    expect(upload.completedAt).toBeDefined();
    expect(files.map(({ name }) => name)).toEqual([1, 2, 3, 4, 5].map((n) => `series/000${n}.dcm`));
    expect(Object.fromEntries(run.files.map(({ name, why }) => [name, why]))).toMatchObject({
      "readme.txt": "not-dicom",
      "empty.dcm": "empty",
      "series/0001.dcm": undefined,
    });
    expect([...remembered.all]).toEqual([]);
  });

  it("announces images and not files: a copy beside an image, or another one under its UID, is no second one", async () => {
    const here = await clinic();
    const studyUid = newUid();
    const images = ctSeries(3, { studyUid });
    const first = images[0] as { readonly bytes: Uint8Array };
    const other = { name: "edited.dcm", bytes: Uint8Array.from(first.bytes) };
    other.bytes.set([1], other.bytes.length - 1);
    const run = runOn(here, putTo(here).put);
    await run.run(folder([...images, { name: "copy.dcm", bytes: first.bytes }, other]));
    const { upload } = await here.ledger(run.uploadIds[0] as string);
    expect(upload).toMatchObject({ fileCount: 5, expected: [{ studyUid, instances: 3 }] });
  });

  it("says of an archive that it must be unpacked, and does not call the disc done", async () => {
    const here = await clinic();
    const zip = { name: "disc.zip", bytes: Buffer.from("504b0304140000000800", "hex") };
    const iso = { name: "disc.iso", bytes: new Uint8Array(40_000) };
    iso.bytes.set(Buffer.from("\u0001CD001"), 32_768);
    const run = runOn(here, putTo(here).put);
    await run.run(folder([...disc(), zip, iso]));
    expect(run.phase).toBe("partly");
    const unopened = run.files.filter(({ why }) => why === "unreadable-unopened");
    expect(unopened.map(({ name }) => name).sort()).toEqual(["disc.iso", "disc.zip"]);
  });

  it("does not call a disc done of which something could not be read", async () => {
    const here = await clinic();
    const run = runOn(here, putTo(here).put);
    await run.run(folder(disc(), [{ path: ["disc", "locked"] }]));
    expect(run.phase).toBe("partly");
    expect(run.files.find(({ name }) => name === "locked")).toMatchObject({ why: "unreadable-folder" });
    expect((await here.ledger(run.uploadIds[0] as string)).upload.completedAt).toBeDefined();
  });

  it("sends again what the line changed on its way", async () => {
    const here = await clinic();
    const { put, sent } = putTo(here);
    let changed = 0;
    const noisy: Put = async (...given) => (changed++ < 2 ? "changed" : put(...given));
    const run = runOn(here, noisy);
    await run.run(folder(disc().slice(0, 1)));
    expect({ phase: run.phase, sent: sent.length }).toEqual({ phase: "sent", sent: 1 });
  });

  it("leaves out a file its reader stumbles over, and sends the others", async () => {
    const here = await clinic();
    const look: Lookers["look"] = (file, onBytes) =>
      file.name === "0002.dcm"
        ? Promise.reject(new Error("the reading worker ended"))
        : lookAtFile(file, onBytes);
    const run = runOn(here, putTo(here).put, memory(), new Line(), { ...inThisThread, look });
    await run.run(folder(disc()));
    expect(run.phase).toBe("partly");
    expect((await here.ledger(run.uploadIds[0] as string)).files).toHaveLength(4);
  });

  it("that is stopped ends, and lets its readers go", async () => {
    const here = await clinic();
    const line = new Line();
    let ended = false;
    const end = (): void => {
      ended = true;
    };
    const lookers = { ...inThisThread, end };
    const stuck: Put = (_, __, ___, signal) =>
      new Promise((___, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
    const run = runOn(here, stuck, memory(), line, lookers);
    const running = run.run(folder(disc()));
    while (run.phase !== "sending") await new Promise((resolve) => setTimeout(resolve, 5));
    run.stop();
    await running;
    expect({ phase: run.phase, ended }).toEqual({ phase: "stopped", ended: true });
  });

  it("goes on over a line that breaks every second time, and sends nothing twice that arrived", async () => {
    const here = await clinic();
    const { put, sent } = putTo(here, (attempt) => (attempt % 2 === 1 ? "broken" : "through"));
    const run = runOn(here, put);
    await run.run(folder(disc()));
    expect(run.phase).toBe("sent");
    expect(sent).toHaveLength(5);
    expect(new Set(sent).size).toBe(5);
  });

  it("that a closed page ended goes on in the same upload, with what had not arrived", async () => {
    const here = await clinic();
    const files = disc();
    const remembered = memory();
    let through = 0;
    const first = putTo(here);
    const dying = runOn(
      here,
      async (...given) => {
        if (++through > 2) throw new Error("the page was closed");
        return first.put(...given);
      },
      remembered,
    );
    await dying.run(folder(files));
    expect(dying.phase).toBe("failed");
    const second = putTo(here);
    const again = runOn(here, second.put, remembered);
    await again.run(folder(files));
    expect(again).toMatchObject({ phase: "sent", resumed: true, uploadIds: dying.uploadIds });
    const { files: rows } = await here.ledger(again.uploadIds[0] as string);
    expect(rows).toHaveLength(5);
    expect(new Set([...first.sent, ...second.sent]).size).toBe(5);
    expect([...remembered.all]).toEqual([]);
  });

  it("does not go on with an upload on other terms, or of somebody else", async () => {
    const here = await clinic();
    const files = disc();
    const remembered = memory();
    const broken: Put = async () => {
      throw new Error("closed");
    };
    await runOn(here, broken, remembered).run(folder(files));
    const stat = new UploadRun({
      ...{ api: apiOf(here), lookers: inThisThread, put: putTo(here).put, line: new Line(), remembered },
      ...{ owner: "me", terms: { ...terms, priority: "stat" } },
    });
    await stat.run(folder(files));
    expect(stat).toMatchObject({ phase: "sent", resumed: false });
  });

  it("sends a large file in parts, and after a pause only those that had not arrived", async () => {
    const here = await clinic();
    const [{ bytes: small } = { bytes: new Uint8Array() }] = ctSeries(1, { studyUid: newUid() });
    const large = new Uint8Array(20 * 1024 ** 2);
    large.set(small);
    const line = new Line();
    const { put, sent } = putTo(here);
    let parts = 0;
    const pausing: Put = async (...given) => {
      if (++parts === 2) {
        line.pause();
        setTimeout(() => line.resume(), 20);
        throw new Paused();
      }
      return put(...given);
    };
    const run = runOn(here, pausing, memory(), line);
    await run.run(folder([{ name: "large.dcm", bytes: large }]));
    expect(run.phase).toBe("sent");
    expect(sent.length).toBe(Math.ceil(large.length / (8 * 1024 ** 2)));
    const stored = here.objects.versions({
      bucket: "landing",
      key: `routine/${here.hospital.hospital}/${run.uploadIds[0]}/0`,
    });
    expect(stored).toHaveLength(1);
  });

  it("leaves out a large file whose parts the storage loses time and again, and sends the others", async () => {
    const here = await clinic();
    const api = apiOf(here);
    const lost: Api["post"] = (path, body) =>
      path.endsWith("/assemble") ? Promise.reject(new Refused(409, {})) : api.post(path, body);
    const losing = { get: api.get, post: lost, patient: () => losing } as unknown as Api;
    const large = new Uint8Array(9 * 1024 ** 2);
    const [first, ...others] = ctSeries(4, { studyUid: newUid() });
    large.set(first?.bytes as Uint8Array);
    const run = new UploadRun({
      ...{ api: losing, lookers: inThisThread, put: putTo(here).put, line: new Line() },
      ...{ remembered: memory(), owner: "me", terms },
    });
    await run.run(folder([{ name: "large.dcm", bytes: large }, ...others]));
    expect(run.phase).toBe("incomplete");
    const [failed, ...sent] = run.files;
    expect(failed).toMatchObject({ name: "large.dcm", state: "failed", why: "refused" });
    expect(sent.map(({ state }) => state)).toEqual(["sent", "sent", "sent"]);
  });

  it("asks for a fresh URL where one has expired", async () => {
    const here = await clinic();
    let late = true;
    const { put, sent } = putTo(here, () => {
      if (late) here.clock.advance(3_600_000);
      late = false;
      return "through";
    });
    const run = runOn(here, put);
    await run.run(folder(disc().slice(0, 1)));
    expect(run.phase).toBe("sent");
    expect(sent).toHaveLength(2);
  });

  it("says of a file that was changed after it was read that it was not sent, and leaves the upload open for it", async () => {
    const here = await clinic();
    const remembered = memory();
    const [file] = disc();
    const run = runOn(here, async () => "changed", remembered);
    await run.run(folder([file as NonNullable<typeof file>]));
    expect(run.phase).toBe("incomplete");
    expect(run.files.find(({ name }) => name.endsWith("0001.dcm"))).toMatchObject({
      state: "failed",
      why: "changed",
    });
    expect((await here.ledger(run.uploadIds[0] as string)).upload.completedAt).toBeUndefined();
    expect(remembered.all.size).toBe(1);
  });

  it("of a folder without one DICOM file announces nothing", async () => {
    const here = await clinic();
    const run = runOn(here, putTo(here).put);
    await run.run(folder([{ name: "a.txt", bytes: new TextEncoder().encode("text".repeat(100)) }]));
    expect(run).toMatchObject({ phase: "nothing", uploadIds: [] });
  });

  it("leaves out what is larger than the server takes", async () => {
    const look = await lookAtFile({ size: uploadLimits.fileBytes + 1 } as Blob, () => undefined);
    expect(look).toEqual({ skip: "unreadable-too-large" });
  });
});
