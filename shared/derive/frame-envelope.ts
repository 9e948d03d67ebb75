/** A frame as it is stored: already in the multipart/related envelope that PS3.18 §10.4.4 answers with, so that a redirect is enough. */

const mediaTypes = {
  /** PS3.18 §8.7.3.3.1: uncompressed frames are Explicit VR Little Endian. */
  native: { type: "application/octet-stream", transferSyntax: "1.2.840.10008.1.2.1" },
  jpeg: { type: "image/jpeg", transferSyntax: "1.2.840.10008.1.2.4.50" },
} as const;

export interface Envelope {
  readonly contentType: string;
  readonly body: Uint8Array;
}

/**
 * @param sha256 of the original: the boundary is made of it, since no file holds its own hash
 */
export function wrapFrame(kind: keyof typeof mediaTypes, frame: Uint8Array, sha256: string): Envelope {
  const { type, transferSyntax } = mediaTypes[kind];
  const boundary = `frame-${sha256.slice(0, 32)}`;
  const head = `--${boundary}\r\nContent-Type: ${type}; transfer-syntax=${transferSyntax}\r\n\r\n`;
  return {
    contentType: `multipart/related; type="${type}"; boundary=${boundary}; transfer-syntax=${transferSyntax}`,
    body: Buffer.concat([Buffer.from(head), frame, Buffer.from(`\r\n--${boundary}--\r\n`)]),
  };
}
