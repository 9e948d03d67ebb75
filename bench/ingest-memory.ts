/**
 * `npm run bench:memory [-- <file> <count>]`: the memory ingest takes for the largest files it accepts, one and a batch of ten
 * side by side, each in a process of its own. The landing bucket is made up as it is read, so that a file of gigabytes needs no
 * disk, and what ingest writes is dropped.
 */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { ingestObject } from "../shared/ingest/ingest-object.ts";
import { objectKeys } from "../shared/object-keys.ts";
import type { ByteRange, ObjectHead, ObjectRef, ObjectStore } from "../shared/ports.ts";
import { clinic } from "../test/support/clinic.ts";
import { largeFiles, type MadeUpFile } from "./large-files.ts";

const chunkBytes = 256 * 1024;
const batches = [1, 10];

function bytesOf({ size, head, tail }: MadeUpFile, offset: number, length: number): Uint8Array {
  const bytes = Buffer.alloc(Math.min(length, size - offset), 7);
  if (offset < head.length) bytes.set(head.subarray(offset, offset + bytes.length));
  const tailStart = size - tail.length - offset;
  if (tailStart < bytes.length) bytes.set(tail.subarray(Math.max(0, -tailStart)), Math.max(0, tailStart));
  return bytes;
}

async function* streamOf(file: MadeUpFile, { offset, length }: ByteRange): AsyncGenerator<Uint8Array> {
  const end = Math.min(file.size, offset + length);
  for (let at = offset; at < end; at += chunkBytes) yield bytesOf(file, at, Math.min(chunkBytes, end - at));
}

async function sha256Of(file: MadeUpFile): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of streamOf(file, { offset: 0, length: file.size })) hash.update(chunk);
  return hash.digest("hex");
}

/** Landed in parts, so that ingest has to hash the whole; the archive is a claim that the copy is there. */
function bucketsOf(kept: ObjectStore, file: MadeUpFile, keyArn: string): ObjectStore {
  const all = { offset: 0, length: file.size };
  const head = { size: file.size, kmsKeyId: keyArn } as ObjectHead;
  const copied = new Set<string>();
  const made = ({ bucket }: ObjectRef): boolean => bucket === "landing";
  return {
    ...kept,
    head: async (ref) => (made(ref) || copied.has(ref.key) ? head : undefined),
    read: async (ref, range = all) =>
      made(ref) ? bytesOf(file, range.offset, range.length) : kept.read(ref, range),
    stream: async (ref, range = all) => (made(ref) ? streamOf(file, range) : kept.stream(ref, range)),
    copy: async (_, to) => void copied.add(to.key),
    put: async () => undefined,
    tag: async () => undefined,
    setLegalHold: async () => undefined,
  };
}

async function ingestSideBySide(name: string, count: number): Promise<void> {
  const make = largeFiles[name];
  if (!make) throw new Error(`There is no file ${name}`);
  const here = await clinic();
  const files = Array.from({ length: count }, make);
  const manifest = [];
  for (const [index, file] of files.entries())
    manifest.push({ name: `${index}.dcm`, size: file.size, sha256: await sha256Of(file) });
  const { uploadId, files: announced } = await here.announce([], { files: manifest });
  const before = process.memoryUsage.rss();
  const started = performance.now();
  const outcomes = await Promise.all(
    announced.map(({ fileId }, index) => {
      const { hospital } = here.hospital;
      const objects = bucketsOf(here.objects, files[index] as MadeUpFile, here.keyArn);
      const key = objectKeys.landing({ priority: "routine", hospital, uploadId, fileId });
      return ingestObject(here.ingestDependencies({ objects }), { key });
    }),
  );
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  const mebibytes = (bytes: number): number => Math.round(bytes / 1024 / 1024);
  const peak = mebibytes(process.resourceUsage().maxRSS * 1024);
  const size = mebibytes(files[0]?.size ?? 0);
  const unique = [...new Set(outcomes)].join(", ");
  console.log(
    `| ${name} | ${size} MiB | ${count} | ${unique} | ${seconds} s | ${mebibytes(before)} MiB | ${peak} MiB |`,
  );
}

const [name, count] = process.argv.slice(2);
if (name !== undefined) await ingestSideBySide(name, Number(count ?? 1));
else {
  console.log(
    "| file | size | at once | outcome | time | memory before | peak |\n|---|---|---|---|---|---|---|",
  );
  for (const each of Object.keys(largeFiles))
    for (const batch of batches)
      spawnSync(process.execPath, [import.meta.filename, each, String(batch)], { stdio: "inherit" });
}
