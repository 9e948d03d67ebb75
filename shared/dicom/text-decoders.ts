/** The platform's decoders (Node 24 with full ICU), one of each. */

/** Text of bytes. `label`: `latin1`, or a label of the WHATWG Encoding Standard; bytes that fit nothing become U+FFFD. */
export function decodeLabel(label: string, bytes: Uint8Array): string {
  // WHATWG's iso-8859-1 is windows-1252, which differs in 0x80-0x9F.
  if (label === "latin1")
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
  return decoderOf(label).decode(bytes);
}

const decoders = new Map<string, InstanceType<typeof TextDecoder>>();
function decoderOf(label: string): InstanceType<typeof TextDecoder> {
  let decoder = decoders.get(label);
  if (!decoder) {
    decoder = new TextDecoder(label, { ignoreBOM: true });
    decoders.set(label, decoder);
  }
  return decoder;
}
