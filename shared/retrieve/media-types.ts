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
export function requireAcceptable(header: string | null, stored: Stored): void {
  if (parseAccept(header).some((range) => satisfies(range, stored))) return;
  const inner = stored.transferSyntaxUid
    ? `${stored.type}; transfer-syntax=${stored.transferSyntaxUid}`
    : stored.type;
  const available = stored.multipart
    ? `multipart/related; type="${stored.type}"; transfer-syntax=${stored.transferSyntaxUid}`
    : inner;
  throw new Problem("not-acceptable", `Available is: ${available}`, {
    extensions: { available: [available] },
  });
}

function satisfies(range: MediaRange, stored: Stored): boolean {
  const syntax = range.parameters.get("transfer-syntax");
  if (syntax !== undefined && syntax !== "*" && syntax !== stored.transferSyntaxUid) return false;
  if (range.type === "*/*") return true;
  if (!stored.multipart) return matchesType(range.type, stored.type);
  if (range.type !== "multipart/related" && range.type !== "multipart/*") return false;
  // Viewers ask so for frames of any kind, and read the part's own header: `*` leaves the encoding to the server.
  const type = range.parameters.get("type") ?? "*/*";
  return (type === "application/octet-stream" && syntax === "*") || matchesType(type, stored.type);
}

function matchesType(wanted: string, type: string): boolean {
  return (
    wanted === "*/*" || wanted === type || (wanted.endsWith("/*") && type.startsWith(wanted.slice(0, -1)))
  );
}
