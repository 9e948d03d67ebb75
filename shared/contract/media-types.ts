/** Content negotiation for retrieve (PS3.18 §8.7): which media ranges of an Accept header a stored object satisfies. */
import { Problem } from "../errors.ts";

export interface MediaRange {
  /** Lower case, such as `multipart/related` or `image/*`. */
  readonly type: string;
  readonly parameters: ReadonlyMap<string, string>;
  readonly q: number;
}

/** An Accept header, best first. PS3.18 §8.3.3.1: an `accept` query parameter stands in for the header. */
export function parseAccept(header: string | null): readonly MediaRange[] {
  if (header === null || header.trim() === "") return [{ type: "*/*", parameters: new Map(), q: 1 }];
  return splitOutsideQuotes(header, ",")
    .map(parseRange)
    .filter((range) => range.q > 0)
    .toSorted((a, b) => b.q - a.q);
}

function parseRange(text: string): MediaRange {
  const [type = "", ...rest] = splitOutsideQuotes(text, ";");
  const parameters = new Map<string, string>();
  for (const parameter of rest) {
    const [name = "", value = ""] = parameter.split(/=(.*)/s);
    parameters.set(name.trim().toLowerCase(), value.trim().replace(/^"(.*)"$/, "$1"));
  }
  const q = Number(parameters.get("q") ?? 1);
  return { type: type.trim().toLowerCase(), parameters, q: Number.isNaN(q) ? 1 : q };
}

function splitOutsideQuotes(text: string, separator: string): string[] {
  return text.match(new RegExp(`(?:"[^"]*"|[^"${separator}])+`, "g")) ?? [];
}

export interface Stored {
  /** `application/dicom`, `application/octet-stream`, `image/jpeg`, `application/dicom+json` … */
  readonly type: string;
  readonly transferSyntaxUid?: string;
  /** Stored inside a multipart/related envelope. */
  readonly multipart: boolean;
}

/** Throws Problem("not-acceptable") naming what there is. */
export const requireAcceptable = (header: string | null, stored: Stored): void =>
  void bestMediaType(header, [stored]);

/** Of what there is, the first the best media range is satisfied by; throws Problem("not-acceptable") naming all. */
export function bestMediaType<T extends Stored>(header: string | null, stored: readonly T[]): T {
  for (const range of parseAccept(header)) {
    const best = stored.find((one) => satisfies(range, one));
    if (best !== undefined) return best;
  }
  const available = stored.map(mediaTypeOf);
  throw new Problem("not-acceptable", `Available is: ${available.join(", ")}`, { extensions: { available } });
}

const dataSets = [
  { type: "application/dicom+json", multipart: false },
  { type: "application/json", multipart: false },
  { type: "application/dicom+xml", multipart: true },
] as const;

/** How data sets are answered, by search and by retrieve of metadata (PS3.18 §8.7.2). Throws Problem("not-acceptable"). */
export const dataSetType = (header: string | null): (typeof dataSets)[number] =>
  bestMediaType<(typeof dataSets)[number]>(header, dataSets);

function mediaTypeOf({ type, transferSyntaxUid, multipart }: Stored): string {
  const syntax = transferSyntaxUid === undefined ? "" : `; transfer-syntax=${transferSyntaxUid}`;
  return multipart ? `multipart/related; type="${type}"${syntax}` : `${type}${syntax}`;
}

function satisfies(range: MediaRange, stored: Stored): boolean {
  const syntax = range.parameters.get("transfer-syntax");
  if (syntax !== undefined && syntax !== "*" && syntax !== stored.transferSyntaxUid) return false;
  if (range.type === "*/*") return true;
  if (!stored.multipart) return matchesType(range.type, stored.type);
  if (range.type !== "multipart/related" && range.type !== "multipart/*") return false;
  // Viewers ask so for frames of any kind, and read the part's own header: `*` leaves the encoding to the server.
  const type = range.parameters.get("type") ?? "*/*";
  const anyFrame =
    type === "application/octet-stream" && syntax === "*" && !stored.type.startsWith("application/dicom");
  return anyFrame || matchesType(type, stored.type);
}

function matchesType(wanted: string, type: string): boolean {
  return (
    wanted === "*/*" || wanted === type || (wanted.endsWith("/*") && type.startsWith(wanted.slice(0, -1)))
  );
}
