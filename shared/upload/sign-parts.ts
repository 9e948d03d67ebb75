/** Parts of a large file: signed when they are about to be sent, listed so that an interrupted upload goes on. */
import type { Grant } from "../access/grant.ts";
import type { ArrivedReply, PartRequest, PartsReply } from "../contract/schemas/upload.ts";
import { Problem } from "../errors.ts";
import { requireWithin } from "./check-limits.ts";
import type { UploadDependencies } from "./dependencies.ts";
import { partLength, uploadUrlSeconds } from "./limits.ts";
import { hospitalOf } from "./load-upload.ts";
import { beginMultipart, forgetMultipart, type LargeFile, loadLargeFile } from "./multipart.ts";

/** Throws Problem("conflict") when the file has arrived already, Problem("invalid-request") for a part it does not have. */
export async function signParts(
  deps: UploadDependencies,
  grant: Grant,
  { uploadId, fileId }: { readonly uploadId: string; readonly fileId: string },
  parts: readonly PartRequest[],
): Promise<PartsReply> {
  requireWithin(deps.limits, "partsPerRequest", parts.length);
  const large = await loadLargeFile(deps, grant, uploadId, fileId);
  const { file, signer, landingKey } = large;
  if (file.state !== "awaiting")
    throw new Problem("conflict", `This file has arrived already; it is ${file.state}.`);
  for (const { number } of parts) {
    if (number <= large.parts) continue;
    throw new Problem("invalid-request", `This file has parts 1 to ${large.parts}.`);
  }
  const multipartId = await beginMultipart(grant, large);
  const signed = parts.map(async ({ number, sha256 }) => {
    const size = partLength(file.size, number);
    const put = await signer.signPart(landingKey, multipartId, { number, size, sha256 }, uploadUrlSeconds);
    return { number, size, put: { ...put, headers: { ...put.headers } } };
  });
  await grant.audit({ hospital: hospitalOf(grant), uploadId, detail: `parts of file ${fileId}` });
  return { parts: await Promise.all(signed) };
}

/** What has arrived, so that an interrupted upload goes on where it stopped. */
export async function listParts(
  deps: UploadDependencies,
  grant: Grant,
  { uploadId, fileId }: { readonly uploadId: string; readonly fileId: string },
): Promise<ArrivedReply> {
  const large = await loadLargeFile(deps, grant, uploadId, fileId);
  const arrived = await arrivedParts(grant, large);
  await grant.audit({ hospital: hospitalOf(grant), uploadId });
  const { partSize, parts } = large;
  return {
    partSize,
    parts,
    arrived: arrived.map(({ number, size, sha256 }) => ({ number, size, ...(sha256 && { sha256 }) })),
  };
}

type Parts = Awaited<ReturnType<LargeFile["signer"]["listParts"]>>;

async function arrivedParts(grant: Grant, large: LargeFile): Promise<Parts> {
  const { file, signer, landingKey } = large;
  if (file.state !== "awaiting" || file.multipartId === undefined) return [];
  try {
    return await signer.listParts(landingKey, file.multipartId);
  } catch (error) {
    if (!(error instanceof Problem && error.type === "not-found")) throw error;
    // Expired unfinished: the next signature begins anew.
    await forgetMultipart(grant, file, file.multipartId);
    return [];
  }
}
