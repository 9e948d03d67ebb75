/**
 * `npm run bench:ingest-memory`: the most that ingest keeps resident for the largest files it accepts, one and a batch of ten
 * side by side, and derive for those that are large for their headers, a batch of five. Each is made in one process and taken
 * in by another, whose landing bucket reads it from disk or makes it up; what ingest writes is dropped.
 */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { fstatSync, mkdtempSync, openSync, readSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ulid } from "ulid";
import type { OrderRequest } from "../shared/contract/schemas/order.ts";
import { ingestObject } from "../shared/ingest/ingest-object.ts";
import { objectKeys } from "../shared/object-keys.ts";
import { createOrder } from "../shared/order/create-order.ts";
import type { ByteRange, ObjectHead, ObjectRef, ObjectStore } from "../shared/ports.ts";
import { clinic } from "../test/support/clinic.ts";
import { wantedOrder } from "../test/support/wanted-order.ts";
import { deriveSideBySide } from "./derive-headers.ts";
import { chunkBytes, Landed } from "./landed-file.ts";
import { largeFiles } from "./large-files.ts";
import { table } from "./measure.ts";

const sideBySide = [1, 10];
/** Derived from too. What derive keeps of the others is in `npm run bench:memory`. */
const largeHeaders: ReadonlySet<string> = new Set([
  "structureSet",
  "functionalGroups",
  "notNumbers",
  "deflatedHeader",
]);
const deriveBatch = 5;
const mebibytes = (bytes: number): string => (bytes / 2 ** 20).toFixed(0);

async function make(name: string, folder: string): Promise<void> {
  const made = largeFiles[name];
  if (!made) throw new Error(`There is no file ${name}`);
  const { size, head, tail } = await made();
  writeFileSync(join(folder, "head"), head);
  const stored = { size, headBytes: head.length, tail: Buffer.from(tail).toString("base64"), sha256: "" };
  writeFileSync(join(folder, "stored.json"), JSON.stringify(stored));
  const hash = createHash("sha256");
  for await (const chunk of new Landed(folder).stream({ offset: 0, length: size })) hash.update(chunk);
  writeFileSync(join(folder, "stored.json"), JSON.stringify({ ...stored, sha256: hash.digest("hex") }));
}

/** What ingest made of a photograph, on disk. */
function staged(path: string): Pick<Landed, "bytes" | "stream"> & { readonly size: number } {
  const file = openSync(path, "r");
  const { size } = fstatSync(file);
  const bytes = ({ offset, length }: ByteRange): Uint8Array => {
    const read = Buffer.alloc(Math.min(length, size - offset));
    readSync(file, read, 0, read.length, offset);
    return read;
  };
  return {
    size,
    bytes,
    async *stream({ offset, length }) {
      const end = Math.min(size, offset + length);
      for (let at = offset; at < end; at += chunkBytes)
        yield bytes({ offset: at, length: Math.min(chunkBytes, end - at) });
    },
  };
}

/** Landed in parts, so that ingest hashes the whole; the archive holds what was copied there. */
function bucketsOf(kept: ObjectStore, landed: Landed, keyArn: string, folder: string): ObjectStore {
  const made = new Map<string, ReturnType<typeof staged>>();
  const of = ({ key }: ObjectRef) =>
    made.get(key) ?? {
      ...landed.stored,
      bytes: landed.bytes.bind(landed),
      stream: landed.stream.bind(landed),
    };
  const all = (ref: ObjectRef) => ({ offset: 0, length: of(ref).size });
  return {
    ...kept,
    head: async (ref) =>
      made.has(ref.key) || isLanded(ref)
        ? ({ size: of(ref).size, kmsKeyId: keyArn } as ObjectHead)
        : undefined,
    read: async (ref, range = all(ref)) => of(ref).bytes(range),
    stream: async (ref, range = all(ref)) => of(ref).stream(range),
    copy: async (from, to) => void made.set(to.key, of(from)),
    put: async ({ key }, body) => {
      if (!key.startsWith("converted/")) return;
      const path = join(folder, createHash("sha256").update(key).digest("hex"));
      writeFileSync(path, body);
      made.set(key, staged(path));
    },
    tag: async () => undefined,
  };
}

const isLanded = ({ bucket, key }: ObjectRef): boolean =>
  bucket === "landing" && !key.startsWith("converted/");

/** Each for a hospital of its own: the same file twice would be a duplicate. */
async function ingestOne(landed: Landed, folder: string): Promise<string> {
  const here = await clinic();
  const { size, sha256 } = landed.stored;
  const orderId = ulid();
  const order = { orderId, request: wantedOrder() as OrderRequest, baseUrl: "https://localhost" };
  await createOrder(here.grant("createOrder"), here.clock, order);
  const { uploadId } = await here.announce([], { files: [{ name: "large.dcm", size, sha256, orderId }] });
  const { hospital } = here.hospital;
  const key = objectKeys.landing({ priority: "routine", hospital, uploadId, fileId: "0" });
  const objects = bucketsOf(here.objects, landed, here.keyArn, folder);
  return ingestObject(here.ingestDependencies({ objects }), { key });
}

async function measured(
  count: number,
  folder: string,
  one: (landed: Landed) => Promise<string>,
): Promise<void> {
  const landed = new Landed(folder);
  const started = performance.now();
  const outcomes = await Promise.all(Array.from({ length: count }, () => one(landed)));
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  const peak = mebibytes(process.resourceUsage().maxRSS * 1024);
  const outcome = [...new Set(outcomes)].join(", ");
  process.stdout.write(
    JSON.stringify([mebibytes(landed.stored.size), String(count), outcome, seconds, peak]),
  );
}

const steps: Readonly<Record<string, (of: string, folder: string) => Promise<void>>> = {
  make,
  ingest: (of, folder) => measured(Number(of), folder, (landed) => ingestOne(landed, folder)),
  derive: (of, folder) => measured(Number(of), folder, deriveSideBySide),
};

/** The heap a Lambda function of 1,024 MB gets: V8 collects when it must, and would take more where there is more. */
const heap = "--max-old-space-size=920";

function run(args: readonly string[]): string {
  const { stdout, status } = spawnSync(process.execPath, [heap, import.meta.filename, ...args], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
  });
  if (status !== 0) throw new Error(`${args.join(" ")} ended with ${status}`);
  return stdout;
}

function report(only: string | undefined): void {
  const rows: string[][] = [];
  for (const name of Object.keys(largeFiles).filter((each) => only === undefined || each === only)) {
    const folder = mkdtempSync(join(tmpdir(), "ingest-memory-"));
    try {
      run(["make", name, folder]);
      for (const count of sideBySide)
        rows.push([name, "ingest", ...JSON.parse(run(["ingest", String(count), folder]))]);
      if (largeHeaders.has(name))
        rows.push([name, "derive", ...JSON.parse(run(["derive", String(deriveBatch), folder]))]);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
  const head = ["file", "by", "MiB", "side by side", "outcome", "s", "peak RSS MiB"];
  process.stdout.write(`${table(head, rows)}\n`);
}

const [step, of = "", folder = ""] = process.argv.slice(2);
const chosen = steps[step ?? ""];
if (chosen) await chosen(of, folder);
else report(step);
