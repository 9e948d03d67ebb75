/** A frame as it is stored: already in the multipart/related envelope that PS3.18 §10.4.4 answers with, so that a redirect is enough. */

import type { FrameMedia } from "../pixels/frame-media.ts";

export interface Envelope {
  readonly contentType: string;
  readonly body: Uint8Array;
}

/**
 * @param sha256 of the original: the boundary is made of it, since no file holds its own hash
 */
export function wrapFrame(media: FrameMedia, frame: Uint8Array, sha256: string): Envelope {
  const { contentType, head, tail } = envelopeOf(media, frameBoundary(sha256));
  return { contentType, body: Buffer.concat([head, frame, tail]) };
}

export const frameBoundary = (sha256: string): string => `frame-${sha256.slice(0, 32)}`;

/** What stands before and behind the one part of a multipart/related (RFC 2387). */
export function envelopeOf({ type, transferSyntaxUid }: Omit<FrameMedia, "asItCame">, boundary: string) {
  const head = `--${boundary}\r\nContent-Type: ${type}; transfer-syntax=${transferSyntaxUid}\r\n\r\n`;
  return {
    contentType: `multipart/related; type="${type}"; boundary=${boundary}; transfer-syntax=${transferSyntaxUid}`,
    head: Buffer.from(head),
    tail: Buffer.from(`\r\n--${boundary}--\r\n`),
  };
}
