/** The parts of a multipart/related, read by its boundary as RFC 2046 §5.1 says. */

export interface Part {
  /** Its header lines. */
  readonly head: string;
  readonly content: Buffer;
}

/** Throws where there is anything before the first part or behind the last. */
export function partsOf(contentType: string, body: Uint8Array): readonly Part[] {
  const boundary = /boundary="?([^;"]+)/.exec(contentType)?.[1] ?? "";
  const text = `\r\n${Buffer.from(body).toString("latin1")}`;
  const [before, ...parts] = text.split(`\r\n--${boundary}`);
  const behind = parts.pop();
  if (before !== "" || behind !== "--\r\n") throw new Error("This is not a multipart of its boundary");
  return parts.map((part) => {
    const [head = "", ...rest] = part.slice(2).split("\r\n\r\n");
    return { head, content: Buffer.from(rest.join("\r\n\r\n"), "latin1") };
  });
}
