/** Makes a large file out of its parts. Asking twice is safe: a lost answer costs nothing. */
import type { Grant } from "../access/grant.ts";
import type { FileState } from "../catalog/items.ts";
import { ConditionFailed, Problem } from "../errors.ts";
import type { UploadDependencies } from "./dependencies.ts";
import { partLength } from "./limits.ts";
import { hospitalOf, loadFile } from "./load-upload.ts";
import { forgetMultipart, type LargeFile, loadLargeFile } from "./multipart.ts";

export interface Assembled {
  readonly fileId: string;
  readonly state: FileState;
}

/** Throws Problem("conflict") naming the parts that have not arrived. */
export async function assembleFile(
  deps: UploadDependencies,
  grant: Grant,
  { uploadId, fileId }: { readonly uploadId: string; readonly fileId: string },
): Promise<Assembled> {
  const large = await loadLargeFile(deps, grant, uploadId, fileId);
  const { file, signer, landingKey } = large;
  if (file.state !== "awaiting") return { fileId, state: file.state };
  const { multipartId } = file;
  if (multipartId === undefined) throw allMissing(large);
  await grant.audit({ hospital: hospitalOf(grant), uploadId, detail: `assemble file ${fileId}` });
  try {
    const missing = missingOf(large, await signer.listParts(landingKey, multipartId));
    if (missing.length > 0) throw missingParts(missing);
    await signer.completeMultipart(landingKey, multipartId);
  } catch (error) {
    if (!mayBeAssembled(error)) throw error;
    if (!(await hasLanded(grant, landingKey))) {
      await forgetMultipart(grant, file, multipartId);
      throw allMissing(large);
    }
    return { fileId, state: (await loadFile(grant, uploadId, fileId)).state };
  }
  return { fileId, state: file.state };
}

/** An object is there already, or S3 knows the parts no more: an earlier call assembled them, or they expired unfinished. */
const mayBeAssembled = (error: unknown): boolean =>
  error instanceof ConditionFailed || (error instanceof Problem && error.type === "not-found");

/** By name, since this function may not read what clinics send. */
async function hasLanded({ objects }: Grant, landingKey: string): Promise<boolean> {
  const { keys } = await objects.list("landing", landingKey);
  return keys.some(({ key }) => key === landingKey);
}

const allMissing = ({ parts }: LargeFile): Problem =>
  missingParts(Array.from({ length: parts }, (_, index) => index + 1));

function missingOf(
  { file, parts }: LargeFile,
  arrived: readonly { readonly number: number; readonly size: number }[],
): readonly number[] {
  const sizes = new Map(arrived.map(({ number, size }) => [number, size]));
  return Array.from({ length: parts }, (_, index) => index + 1).filter(
    (number) => sizes.get(number) !== partLength(file.size, number),
  );
}

function missingParts(missing: readonly number[]): Problem {
  return new Problem("conflict", "Some parts have not arrived. Sign and send them, then assemble again.", {
    extensions: { missing },
  });
}
