/** Under which KMS key a landed object lies. */
import { KeyUnavailable } from "../errors.ts";
import type { ObjectHead, ObjectRef } from "../ports.ts";
import type { IngestDependencies } from "./dependencies.ts";

/** An object under a key that is neither the hospital's nor ours to use shows that key's name and nothing else. */
export async function headOf(
  { objects }: IngestDependencies,
  ref: ObjectRef,
  keyArn: string | undefined,
): Promise<ObjectHead | { readonly unusableKey: string } | undefined> {
  try {
    return await objects.head(ref);
  } catch (error) {
    if (!(error instanceof KeyUnavailable) || error.kmsKeyId === undefined) throw error;
    // The hospital's own key is disabled: the file waits until it is back.
    if (keyArn !== undefined && sameKey(error, keyArn)) throw error;
    return { unusableKey: error.kmsKeyId };
  }
}

/** Answers by ARN and by bare id both name the key; the id alone is the same in every region of a multi-Region key. */
export function sameKey({ kmsKeyId }: { readonly kmsKeyId?: string }, keyArn: string): boolean {
  const idOf = (name: string): string => name.slice(name.lastIndexOf("/") + 1);
  return kmsKeyId !== undefined && idOf(kmsKeyId) === idOf(keyArn);
}
