/** One frame out of a stored multipart/related body (PS3.18 §8.6.1.2). */

export interface Frame {
  /** `application/octet-stream` (native little endian) or `image/jpeg`. */
  readonly mediaType: string;
  readonly bytes: Uint8Array;
}

/** The first part of the body. Throws when the envelope is not closed: a broken download must not look like an image. */
export function firstPart(contentType: string, body: Uint8Array): Frame {
  const boundary = /boundary="?([^";]+)"?/i.exec(contentType)?.[1];
  if (boundary === undefined) throw new Error("no boundary in the content type");
  const headerEnd = indexOf(body, "\r\n\r\n", 0);
  const end = lastIndexOf(body, `\r\n--${boundary}`);
  if (headerEnd < 0 || end <= headerEnd) throw new Error("the multipart body is not complete");
  const header = new TextDecoder("latin1").decode(body.subarray(0, headerEnd));
  const mediaType = /^content-type:\s*([^;\r\n]+)/im.exec(header)?.[1]?.trim() ?? "application/octet-stream";
  return { mediaType: mediaType.toLowerCase(), bytes: body.subarray(headerEnd + 4, end) };
}

function indexOf(body: Uint8Array, text: string, from: number): number {
  const wanted = new TextEncoder().encode(text);
  for (let at = from; at <= body.length - wanted.length; at++) if (equalsAt(body, wanted, at)) return at;
  return -1;
}

function lastIndexOf(body: Uint8Array, text: string): number {
  const wanted = new TextEncoder().encode(text);
  for (let at = body.length - wanted.length; at >= 0; at--) if (equalsAt(body, wanted, at)) return at;
  return -1;
}

function equalsAt(body: Uint8Array, wanted: Uint8Array, at: number): boolean {
  for (let index = 0; index < wanted.length; index++) if (body[at + index] !== wanted[index]) return false;
  return true;
}
