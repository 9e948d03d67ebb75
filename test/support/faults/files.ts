/** A handful of images, so that duplicates, conflicts and shared series happen all the time; and what must become of them. */
import type { FileState, InstanceItem, UploadFileItem } from "../../../shared/catalog/items.ts";
import type { Item } from "../../../shared/ports.ts";
import { sha256Hex, sliceFile } from "../slices.ts";

export interface FileSpec {
  readonly series: number;
  readonly instance: number;
  readonly variant: "as scanned" | "edited";
  /** No image at all. */
  readonly broken: boolean;
}

export const studyUid = "1.2.826.9";

export function bytesOf({ series, instance, variant, broken }: FileSpec): Uint8Array {
  if (broken) return new TextEncoder().encode(`no image ${series} ${instance} ${variant} `.repeat(20));
  const seriesUid = `${studyUid}.${series}`;
  return sliceFile({ studyUid, seriesUid, sopUid: sopUidOf({ series, instance }), comment: variant });
}

const sopUidOf = ({ series, instance }: Pick<FileSpec, "series" | "instance">): string =>
  `${studyUid}.${series}.${instance}`;

/**
 * Of the files sent under one SOP Instance UID, one is the instance, those with its bytes are duplicates, the others are
 * conflicts; what is no image is quarantined. Which bytes came first is for the order of events to say.
 */
export function expectOutcome(sent: readonly FileSpec[], items: readonly Item[]): void {
  const lines = items.filter(({ type }) => type === "upload-file") as unknown as readonly UploadFileItem[];
  const instances = items.filter(({ type }) => type === "instance") as unknown as readonly InstanceItem[];
  const held = new Map(instances.map(({ sopUid, sha256 }) => [sopUid, sha256]));
  const images = Map.groupBy(
    sent.filter(({ broken }) => !broken),
    sopUidOf,
  );
  const expected: Record<string, number> = { quarantined: sent.filter(({ broken }) => broken).length };
  const add = (state: FileState, count: number): void => {
    expected[state] = (expected[state] ?? 0) + count;
  };
  for (const [sopUid, files] of images) {
    const same = files.filter((file) => sha256Hex(bytesOf(file)) === held.get(sopUid)).length;
    if (same === 0) throw new Error(`${sopUid}: none of the files sent is the instance`);
    add("indexed", 1);
    add("duplicate", same - 1);
    add("conflict", files.length - same);
  }
  if (held.size !== images.size) throw new Error(`${held.size} instances, ${images.size} were sent`);
  // Of an announcement that failed half-way, lines may be left that nobody was given a URL for.
  const landed = lines.filter(({ state }) => state !== "awaiting");
  const found = Object.fromEntries(
    Object.keys(expected).map((state) => [state, landed.filter((line) => line.state === state).length]),
  );
  const wanted = JSON.stringify(expected);
  if (landed.length !== sent.length || JSON.stringify(found) !== wanted)
    throw new Error(
      `Of ${sent.length} files ${landed.length} are final: ${JSON.stringify(found)}, not ${wanted}`,
    );
}
