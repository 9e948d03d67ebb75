/**
 * What opens and proves a signed document, kept beside it in the archive as object metadata: the data key as the hospital's
 * KMS key wrapped it, and the signature. With these, a report outlives the table it was written in.
 */
export interface SealNote {
  readonly wrappedKey: Uint8Array;
  /** ECDSA P-256 over the SHA-256 of the canonical signed body, DER. */
  readonly signature: Uint8Array;
  readonly signingKeyArn: string;
}

const names = { wrappedKey: "mic-wrapped-key", signature: "mic-signature", signingKeyArn: "mic-signing-key" };

export const sealNote = ({ wrappedKey, signature, signingKeyArn }: SealNote) => ({
  [names.wrappedKey]: Buffer.from(wrappedKey).toString("base64"),
  [names.signature]: Buffer.from(signature).toString("base64"),
  [names.signingKeyArn]: signingKeyArn,
});

/** Undefined where something is missing. */
export function sealNoteFrom(metadata: Readonly<Record<string, string>> = {}): SealNote | undefined {
  const [wrappedKey, signature, signingKeyArn] = [
    metadata[names.wrappedKey],
    metadata[names.signature],
    metadata[names.signingKeyArn],
  ];
  if (!wrappedKey || !signature || !signingKeyArn) return undefined;
  const bytes = (base64: string): Uint8Array => new Uint8Array(Buffer.from(base64, "base64"));
  return { wrappedKey: bytes(wrappedKey), signature: bytes(signature), signingKeyArn };
}
