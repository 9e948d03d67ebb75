/** How a folder's files become requests: what an uploader, whichever it is, tells the server of them. */
import type { CreateUploadRequest, ManifestFile } from "../contract/schemas/upload.ts";
import { uploadLimits } from "./limits.ts";

/** A file as it was read. */
export interface ReadFile extends ManifestFile {
  /** Absent where the header could not be read. */
  readonly studyUid?: string;
  readonly sopUid?: string;
}

/** What makes a file the same one as a ledger's row: going on with an upload needs no more. */
export const identityOf = ({ name, sha256 }: Pick<ManifestFile, "name" | "sha256">): string =>
  `${sha256} ${name}`;

/** The API reads 1 MiB of a request, and long names of deep folders may need it for fewer files than it counts. */
const requestBytes = 900 * 1024;
const utf8 = new TextEncoder();

/** The manifests of an upload, a request at a time. */
export function inRequests(files: readonly ManifestFile[]): readonly (readonly ManifestFile[])[] {
  const requests: ManifestFile[][] = [];
  let [request, bytes]: [ManifestFile[], number] = [[], 0];
  for (const manifest of files) {
    const length = utf8.encode(JSON.stringify(manifest)).length + 1;
    const full = request.length === uploadLimits.filesPerRequest || bytes + length > requestBytes;
    if (requests.length === 0 || full) {
      [request, bytes] = [[], 0];
      requests.push(request);
    }
    request.push(manifest);
    bytes += length;
  }
  return requests;
}

/** The API takes as many a request. */
const mostExpectations = 50;

type Counted = Pick<ReadFile, "studyUid" | "sopUid" | "sha256">;

/**
 * What readers compare arrived instances with, "217 of 300": those of the whole folder, whichever upload has them. A copy
 * beside an image, or another one under its UID, is no second instance.
 */
export function expectedStudies(
  files: readonly Pick<Counted, "studyUid">[],
  folder: readonly Counted[],
): CreateUploadRequest["expected"] {
  const images = new Map<string, Set<string>>();
  for (const { studyUid, sopUid, sha256 } of folder)
    if (studyUid) images.set(studyUid, (images.get(studyUid) ?? new Set()).add(sopUid ?? sha256));
  const here = new Set(files.flatMap(({ studyUid }) => studyUid ?? []));
  return [...here]
    .slice(0, mostExpectations)
    .map((studyUid) => ({ studyUid, instances: images.get(studyUid)?.size ?? 0 }));
}

export function inParts<T>(all: readonly T[], size: number): readonly (readonly T[])[] {
  return Array.from({ length: Math.ceil(all.length / size) }, (_, index) =>
    all.slice(index * size, (index + 1) * size),
  );
}
