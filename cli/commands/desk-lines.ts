/** A quarantined file and a conflict as a person reads them. Values of files are shown, so they go to no log. */
import type { ConflictSide, ConflictView, Inspected } from "../../shared/contract/schemas/ingest.ts";
import { shortened } from "../print.ts";

const places = 72;

/** The day of an instant; nothing of none. */
export const dayOf = (instant: string | undefined): string => instant?.slice(0, 10) ?? "";

export function linesOfFile(file: Inspected): readonly string[] {
  const { reason, fault, excerpt } = file;
  return [
    `${shortened(file.name, places)}, ${file.size} bytes, ${file.state}${file.discarded ? ", discarded" : ""}`,
    ...(file.state === "quarantined" ? [`${reason.code}: ${reason.en}`, `  ${reason.zh}`] : []),
    ...(fault
      ? [`Reading stops at byte ${fault.offset}${fault.attribute ? `, attribute ${fault.attribute}` : ""}.`]
      : []),
    ...(!fault && file.bytes === "kept" && file.state === "quarantined"
      ? ["It can be read now: release it."]
      : []),
    ...(excerpt ? hexLines(excerpt) : []),
    ...Object.entries(file.attributes).map(([tag, element]) => attributeLine(tag, element)),
    ...(file.release
      ? [`Released ${file.release.at} by ${file.release.by}; it was ${file.release.was}.`]
      : []),
    ...(file.discarded
      ? [
          `Discarded ${file.discarded.at} by ${file.discarded.by}: ${shortened(file.discarded.reason, places)}`,
        ]
      : []),
    `Its bytes: ${file.bytes}.${file.actions.length > 0 ? ` You can: ${file.actions.join(", ")}.` : ""}`,
  ];
}

function hexLines({ offset, hex }: { readonly offset: number; readonly hex: string }): readonly string[] {
  const rows = hex.match(/.{1,32}/g) ?? [];
  return rows.map((row, index) => {
    const bytes = row.match(/../g) ?? [];
    const text = bytes.map((byte) => printable(Number.parseInt(byte, 16))).join("");
    return `  ${String(offset + index * 16).padStart(8)}  ${bytes.join(" ").padEnd(47)}  ${text}`;
  });
}

const printable = (byte: number): string => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : ".");

function attributeLine(tag: string, element: unknown): string {
  const { vr, Value = [] } = element as { readonly vr: string; readonly Value?: readonly unknown[] };
  return `  (${tag.slice(0, 4)},${tag.slice(4)}) ${vr} ${shortened(textOf(Value), places)}`.trimEnd();
}

/** Values as JSON holds them, names by their groups. */
function textOf(values: unknown): string {
  if (values === undefined) return "-";
  if (!Array.isArray(values)) return String(values);
  return values
    .map((value) => (typeof value === "object" ? JSON.stringify(value) : String(value)))
    .join("\\");
}

const pixels = {
  same: "the same",
  differ: "differ",
  "not-compared": "not compared: encoded differently, deflated, too large, or gone",
} as const satisfies Record<ConflictView["pixels"], string>;

export function linesOfConflict(one: ConflictView): readonly string[] {
  const { resolution } = one;
  return [
    one.sopInstanceUid,
    `first: ${sideLine(one.first)}`,
    `new:   ${sideLine(one.new)}`,
    ...one.differences.map(differenceLine),
    `Pixels: ${pixels[one.pixels]}.`,
    resolution
      ? `Decided ${resolution.at} by ${resolution.by}: keep ${resolution.keep}${resolution.done ? "" : ", being done"}.`
      : `You can keep: ${one.choices.join(", ")}.`,
  ];
}

const sideLine = ({ sha256, size, at, uploadId, fileId }: ConflictSide): string =>
  `${sha256.slice(0, 12)}, ${size} bytes, ${at}${uploadId === undefined ? "" : `, upload ${uploadId} file ${fileId}`}`;

function differenceLine({
  tag,
  keyword,
  vr,
  first,
  new: other,
}: ConflictView["differences"][number]): string {
  const name = keyword === undefined ? "" : ` ${keyword}`;
  const [one, two] = [textOf(first), textOf(other)].map((text) => shortened(text, places / 2));
  return `  (${tag.slice(0, 4)},${tag.slice(4)}) ${vr}${name}: ${one} → ${two}`;
}
