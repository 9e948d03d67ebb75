import { createHash } from "node:crypto";
import type { Grant } from "../access/grant.ts";
import type { InstanceItem } from "../catalog/items.ts";
import { envelopeOf, frameBoundary } from "../derive/frame-envelope.ts";
import { Problem } from "../errors.ts";
import { objectKeys } from "../object-keys.ts";
import { frameMedia } from "../pixels/frame-media.ts";
import type { Clock, ObjectRef } from "../ports.ts";
import { isWrapped, wrapLimit } from "./wrap-instance.ts";

const readAtOnce = 8;

/**
 * Several frames in one multipart/related, a part each, in the order asked for (PS3.18 §10.4.1.1.3): every stored frame is such
 * a part already. Throws Problem("too-large") where together they are more than a function may hold.
 */
export async function wrappedFrames(
  { objects }: Pick<Grant, "objects">,
  clock: Clock,
  instance: InstanceItem,
  frames: readonly number[],
): Promise<ObjectRef> {
  const { sha256, transferSyntaxUid, keyArn } = instance;
  const list = createHash("sha256").update(frames.join()).digest("hex");
  const ref: ObjectRef = { bucket: "derived", key: objectKeys.wrappedFrames(instance, sha256, list) };
  if (await isWrapped({ objects }, clock, ref)) return ref;
  const { contentType, tail } = envelopeOf(frameMedia(transferSyntaxUid), frameBoundary(sha256));
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for (let at = 0; at < frames.length; at += readAtOnce) {
    const keys = frames.slice(at, at + readAtOnce).map((frame) => objectKeys.frame(instance, sha256, frame));
    const read = await Promise.all(keys.map((key) => objects.read({ bucket: "derived", key })));
    for (const stored of read) {
      // What ends an envelope of one begins the next part of several.
      const part = stored.subarray(0, stored.length - tail.length);
      parts.push(parts.length === 0 ? part : Buffer.concat([lineBreak, part]));
      bytes += part.length;
    }
    if (bytes > wrapLimit)
      throw new Problem(
        "too-large",
        "These frames are more than one answer may hold. Ask for fewer at once.",
        {
          extensions: { limit: wrapLimit },
        },
      );
  }
  await objects.put(ref, Buffer.concat([...parts, tail]), { contentType, kmsKeyId: keyArn });
  return ref;
}

const lineBreak = Buffer.from("\r\n");
