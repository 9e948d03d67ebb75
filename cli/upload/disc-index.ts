/**
 * DICOMDIR, a disc's index (PS3.10 §8.6, PS3.3 Annex F), is not uploaded; but a disc that lacks files which its index lists is
 * scratched or was not copied whole, and the one who holds it can still do something about it.
 */
import { posix } from "node:path";
import { readFileMeta } from "../../shared/dicom/file-meta.ts";
import { itemsOf } from "../../shared/dicom/json-model.ts";
import { DicomRejected } from "../../shared/dicom/read.ts";
import { walkDataset } from "../../shared/dicom/walk.ts";
import { type Content, ContentChanged, ContentUnreadable, readRange } from "../content/content.ts";

export interface DiscWarning {
  /** The index. */
  readonly name: string;
  readonly code: "disc-incomplete" | "disc-index-damaged";
  readonly listed: number;
  /** Names as the index spells them; at most a hundred. */
  readonly missing: readonly string[];
  readonly en: string;
  readonly zh: string;
}

/** An index of the largest discs has some ten megabytes. */
const indexLimit = 64 * 1024 ** 2;
const shown = 100;

export class DiscIndexes {
  readonly #found: { readonly name: string; readonly content: Content }[] = [];

  add(name: string, content: Content): void {
    this.#found.push({ name, content });
  }

  addAll(others: DiscIndexes): void {
    for (const index of others.#found) this.#found.push(index);
  }

  /** `names`: of everything that was found, whatever it is. */
  async compare(names: readonly string[]): Promise<readonly DiscWarning[]> {
    const there = new Set(names.map(comparable));
    const warnings = await Promise.all(this.#found.map(({ name, content }) => check(name, content, there)));
    return warnings.flatMap((warning) => warning ?? []);
  }
}

async function check(
  name: string,
  content: Content,
  there: ReadonlySet<string>,
): Promise<DiscWarning | undefined> {
  const listed = await listedFiles(content);
  if (listed === undefined) return damaged(name);
  const folder = posix.dirname(name);
  const missing = listed.filter((file) => !there.has(comparable(posix.join(folder, file))));
  if (missing.length === 0) return undefined;
  const here = listed.length - missing.length;
  return {
    name,
    code: "disc-incomplete",
    listed: listed.length,
    missing: missing.slice(0, shown),
    en: `The disc's index lists ${listed.length} files, ${here} are here. Copy the disc again; if it is scratched, ask for another.`,
    zh: `光盘索引列出 ${listed.length} 个文件，实际只有 ${here} 个。请重新复制光盘；如光盘有划痕，请索取新的光盘。`,
  };
}

const damaged = (name: string): DiscWarning => ({
  name,
  code: "disc-index-damaged",
  listed: 0,
  missing: [],
  en: "The disc's index cannot be read, so that nobody can tell whether the disc is complete.",
  zh: "光盘索引无法读取，无法判断光盘内容是否完整。",
});

/** Referenced File IDs of all records, as paths; undefined where the index cannot be read. */
async function listedFiles(content: Content): Promise<readonly string[] | undefined> {
  if (content.size > indexLimit) return undefined;
  try {
    const buffer = await readRange(content, 0, content.size);
    const bytes = { buffer, view: new DataView(buffer.buffer, buffer.byteOffset, buffer.byteLength) };
    const { datasetOffset } = readFileMeta(bytes, buffer.length);
    // PS3.10 §8.6: always Explicit VR Little Endian.
    const { dataset } = walkDataset(bytes, buffer.length, datasetOffset, { explicit: true, little: true });
    const paths = itemsOf(dataset, "00041220").map((record) => (record["00041500"]?.Value ?? []).join("/"));
    return [...new Set(paths.filter((path) => path !== ""))];
  } catch (error) {
    const unreadable =
      error instanceof DicomRejected ||
      error instanceof ContentUnreadable ||
      error instanceof ContentChanged ||
      (error as NodeJS.ErrnoException).code !== undefined;
    if (unreadable) return undefined;
    throw error;
  }
}

/** Systems show a disc's `IM1.;1` as IM1, im1 or IM1. */
const comparable = (name: string): string => name.toUpperCase().replace(/;\d+$/, "").replace(/\.$/, "");
