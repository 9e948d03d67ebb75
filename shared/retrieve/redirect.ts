/** WADO-RS by redirect (PS3.18 §10.4): the bytes go from S3 to the client, never through a function. */
import type { Grant } from "../access/grant.ts";
import type { KeyState } from "../access/key-state.ts";
import type { InstanceItem } from "../catalog/items.ts";
import { originalOf } from "../catalog/original-of.ts";
import { bestMediaType, requireAcceptable } from "../contract/media-types.ts";
import { revocation } from "../contract/revocation.ts";
import { Problem } from "../errors.ts";
import { objectKeys } from "../object-keys.ts";
import { frameMedia } from "../pixels/frame-media.ts";
import type { Clock, ObjectRef } from "../ports.ts";
import { hasPicture, type InstancePath, locateInstance, locateRepresentative } from "./locate.ts";
import { wrappedFrames } from "./wrap-frames.ts";
import { wrapLimit, wrappedInstance } from "./wrap-instance.ts";

export interface Retrieval {
  readonly grant: Grant;
  readonly keyState: KeyState;
  readonly accept: string | null;
}

/**
 * The stored original, bit for bit, by itself or in an envelope. Each answers a URL that works for seconds, and throws
 * KeyUnavailable as `sign` does.
 */
export async function retrieveInstance(
  retrieval: Retrieval & { readonly clock: Clock },
  path: InstancePath,
): Promise<string> {
  const { grant, accept, keyState, clock } = retrieval;
  const instance = await locateInstance(grant, path);
  const { transferSyntaxUid, size, keyArn } = instance;
  const single = { type: "application/dicom", transferSyntaxUid, multipart: false };
  const chosen = bestMediaType(
    accept,
    size <= wrapLimit ? [single, { ...single, multipart: true }] : [single],
  );
  if (!chosen.multipart) {
    const contentType = `application/dicom; transfer-syntax=${transferSyntaxUid}`;
    return sign(retrieval, instance, originalOf(instance), contentType);
  }
  await keyState.requireEnabled(keyArn);
  return sign(retrieval, instance, await wrappedInstance(grant, clock, instance));
}

/** Frames, in the order asked for: one as it is stored, in its multipart envelope, several in one. They count from 1. */
export async function retrieveFrames(
  retrieval: Retrieval & { readonly clock: Clock },
  path: InstancePath,
  frames: readonly number[],
): Promise<string> {
  const { grant, accept, clock, keyState } = retrieval;
  const instance = await locateInstance(grant, path);
  const stored = instance.frames ?? 0;
  if (stored === 0) throw framesMissing(instance);
  if (frames.some((frame) => frame > stored))
    throw new Problem("not-found", `The instance has ${stored} frame(s).`, {
      extensions: { frames: stored },
    });
  requireAcceptable(accept, { ...frameMedia(instance.transferSyntaxUid), multipart: true });
  const [only = 0, ...others] = frames;
  if (others.length === 0) {
    const key = objectKeys.frame(instance, instance.sha256, only);
    return sign(retrieval, instance, { bucket: "derived", key });
  }
  await keyState.requireEnabled(instance.keyArn);
  return sign(retrieval, instance, await wrappedFrames(grant, clock, instance, frames));
}

function framesMissing({ thumbnail, transferSyntaxUid }: InstanceItem): Problem {
  if (thumbnail === undefined)
    return new Problem("unavailable", "The frames are being prepared. Ask again in a moment.");
  if (thumbnail === "none")
    return new Problem("not-found", "The instance has no pixels.", { extensions: { frames: 0 } });
  return new Problem("not-acceptable", "Its frames are not stored one by one; retrieve the whole instance.", {
    extensions: { available: [`application/dicom; transfer-syntax=${transferSyntaxUid}`] },
  });
}

/** The stored thumbnail or icon of an instance, or of the instance that stands for a series or the study. */
export async function retrieveThumbnail(retrieval: Retrieval, path: Partial<InstancePath>): Promise<string> {
  const { grant, accept } = retrieval;
  requireAcceptable(accept, { type: "image/jpeg", multipart: false });
  const { seriesUid, sopUid } = path;
  const instance =
    seriesUid !== undefined && sopUid !== undefined
      ? await locateInstance(grant, { seriesUid, sopUid })
      : await locateRepresentative(grant, seriesUid);
  if (!hasPicture(instance)) {
    throw new Problem("not-found", "There is no thumbnail of this instance yet.", {
      extensions: { thumbnail: instance.thumbnail ?? "being made" },
    });
  }
  const key = objectKeys.thumbnail(instance, instance.sha256);
  return sign(retrieval, instance, { bucket: "derived", key });
}

/** S3 goes on serving for a while under a key that was just disabled, so the key is asked for first. */
async function sign(
  { grant, keyState }: Retrieval,
  instance: InstanceItem,
  ref: ObjectRef,
  contentType?: string,
): Promise<string> {
  await keyState.requireEnabled(instance.keyArn);
  await grant.audit(audited(instance));
  const seconds = revocation.signedUrlSeconds;
  const options = contentType === undefined ? { seconds } : { seconds, contentType };
  return (await grant.downloads.signGet(ref, options)).url;
}

const audited = ({ region, hospital, studyUid, seriesUid, sopUid }: InstanceItem) => ({
  hospital: { region, hospital },
  studyUid,
  seriesUid,
  sopUid,
});
