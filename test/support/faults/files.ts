/** A handful of images, so that duplicates, conflicts and shared series happen all the time; and what must become of them. */
import type { FileState, InstanceItem, UploadFileItem } from "../../../shared/catalog/items.ts";
import type { Item } from "../../../shared/ports.ts";
import { sha256Hex, sliceFile } from "../slices.ts";

export interface FileSpec {
  readonly series: number;
  readonly instance: number;
  readonly variant: "as scanned" | "edited";
  /** What makes it wait in quarantine: it is no image at all, or names no study, which a person can assign. */
  readonly broken: false | "no image" | "no study";
}

export const studyUid = "1.2.826.9";

export function bytesOf({ series, instance, variant, broken }: FileSpec): Uint8Array {
  if (broken === "no image")
    return new TextEncoder().encode(`no image ${series} ${instance} ${variant} `.repeat(20));
  const seriesUid = `${studyUid}.${series}`;
  const of = { seriesUid, sopUid: sopUidOf({ series, instance }), comment: variant };
  return sliceFile({ ...of, studyUid: broken === "no study" ? "" : studyUid });
}

const sopUidOf = ({ series, instance }: Pick<FileSpec, "series" | "instance">): string =>
  `${studyUid}.${series}.${instance}`;

/**
 * Of the files sent under one SOP Instance UID, one is the instance, those with its bytes are duplicates, the others are
 * conflicts, unless a person decided otherwise; what is no image is quarantined. Which bytes came first, and who decided
 * what, is for the order of events to say.
 */
export function expectOutcome(sent: readonly FileSpec[], items: readonly Item[]): void {
  const ofType = <T>(wanted: string): readonly T[] =>
    items.filter(({ type }) => type === wanted) as unknown as readonly T[];
  // Of an announcement that failed half-way, lines may be left that nobody was given a URL for.
  const lines = ofType<UploadFileItem>("upload-file").filter(({ state }) => state !== "awaiting");
  const instances = ofType<InstanceItem>("instance");
  const bytes = new Map(sent.map((spec) => [sha256Hex(bytesOf(spec)), spec]));
  const wrong = [
    ...(lines.length === sent.length ? [] : [`${sent.length} files were sent, ${lines.length} are final`]),
    ...lines
      .filter((line) => !mayBe(line, bytes.get(line.sha256), instances))
      .map(({ uploadId, fileId, state }) => `${uploadId}/${fileId} is ${state}`),
    ...unheld(sent, instances),
    ...miscounted(lines, instances),
  ];
  if (wrong.length > 0) throw new Error(`Not what was sent:\n${wrong.join("\n")}`);
}

function mayBe(
  line: UploadFileItem,
  spec: FileSpec | undefined,
  instances: readonly InstanceItem[],
): boolean {
  if (spec === undefined) return false;
  const taken: readonly FileState[] = ["indexed", "duplicate"];
  if (spec.broken === "no image") return line.state === "quarantined";
  if (spec.broken === "no study")
    return line.release?.correctedFrom
      ? taken.includes(line.state) || line.state === "conflict"
      : line.state === "quarantined";
  const held = instances.find(({ sopUid }) => sopUid === sopUidOf(spec));
  const stoodFor = [held?.sha256, ...(held?.superseded ?? []).map(({ sha256 }) => sha256)];
  if (stoodFor.includes(line.sha256)) return taken.includes(line.state) || line.state === "conflict";
  return line.release?.correctedFrom ? line.state === "indexed" : line.state === "conflict";
}

/** Every image sent is there under its UID, in one of the forms it was sent in. */
function unheld(sent: readonly FileSpec[], instances: readonly InstanceItem[]): readonly string[] {
  const images = Map.groupBy(
    sent.filter(({ broken }) => !broken),
    sopUidOf,
  );
  return [...images].flatMap(([sopUid, specs]) => {
    const held = instances.filter((instance) => instance.sopUid === sopUid);
    const known = held.every(
      ({ sha256 }) =>
        specs.some((spec) => sha256Hex(bytesOf(spec)) === sha256) ||
        sent.some(({ broken, ...spec }) => broken === "no study" && sopUidOf(spec) === sopUid),
    );
    return held.length === 1 && known ? [] : [`${sopUid}: ${held.length} instances`];
  });
}

/** A file becomes an instance, or takes the place of one: nothing else is `indexed`. */
function miscounted(lines: readonly UploadFileItem[], instances: readonly InstanceItem[]): readonly string[] {
  const indexed = lines.filter(({ state }) => state === "indexed").length;
  const stood = instances.reduce((sum, { superseded = [] }) => sum + 1 + superseded.length, 0);
  return indexed === stood ? [] : [`${indexed} files are indexed, instances stood for ${stood}`];
}
