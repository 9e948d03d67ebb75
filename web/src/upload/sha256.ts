/** Digests by the browser itself; in a file of its own, because the page needs no more of what its worker does. */

/** SHA-256 of a blob that fits into memory, in hexadecimal. */
export async function sha256Of(blob: Blob): Promise<string> {
  return hex(new Uint8Array(await crypto.subtle.digest("SHA-256", await blob.arrayBuffer())));
}

export const hex = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
