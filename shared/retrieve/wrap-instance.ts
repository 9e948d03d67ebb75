import type { Grant } from "../access/grant.ts";
import type { InstanceItem } from "../catalog/items.ts";
import { originalOf } from "../catalog/original-of.ts";
import { envelopeOf } from "../derive/frame-envelope.ts";
import { objectKeys } from "../object-keys.ts";
import type { Clock, ObjectRef } from "../ports.ts";

/** Larger instances are retrieved as a single part: a function holds the whole envelope in memory. */
export const wrapLimit = 256 * 1024 ** 2;
/** The bucket expires what was wrapped by its age. */
export const wrappedDays = 1;
/** What is older may expire before whoever is redirected has read it. */
const freshHours = 20;

/** Whether it was made already, and stays for as long as a redirect to it needs. */
export async function isWrapped(
  { objects }: Pick<Grant, "objects">,
  clock: Clock,
  ref: ObjectRef,
): Promise<boolean> {
  const kept = await objects.head(ref);
  if (kept === undefined) return false;
  return clock.now().getTime() - kept.lastModified.getTime() < freshHours * 3_600_000;
}

/**
 * The original in the envelope of multipart/related, byte for byte (PS3.18 §10.4.4): made when a client first asks for it, and
 * kept for those who ask again. `instance.size` is at most `wrapLimit`.
 */
export async function wrappedInstance(
  { objects }: Pick<Grant, "objects">,
  clock: Clock,
  instance: InstanceItem,
): Promise<ObjectRef> {
  const { sha256, transferSyntaxUid, size, keyArn } = instance;
  const ref: ObjectRef = { bucket: "derived", key: objectKeys.wrapped(instance, sha256) };
  if (await isWrapped({ objects }, clock, ref)) return ref;
  const media = { type: "application/dicom", transferSyntaxUid };
  const { contentType, head, tail } = envelopeOf(media, `instance-${sha256.slice(0, 32)}`);
  const body = Buffer.alloc(head.length + size + tail.length);
  let at = head.copy(body);
  for await (const piece of await objects.stream(originalOf(instance))) {
    body.set(piece, at);
    at += piece.length;
  }
  if (at !== head.length + size)
    throw new Error("The archived original has another size than the catalog says");
  tail.copy(body, at);
  await objects.put(ref, body, { contentType, kmsKeyId: keyArn });
  return ref;
}
