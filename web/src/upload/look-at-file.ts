/** One file as a worker reads it: whether it may be an image, its study, its SHA-256. Runs in a Web Worker, and in Node. */
import { sha256 as streamed } from "@noble/hashes/sha2.js";
import { textOf } from "../../../shared/dicom/json-model.ts";
import { DicomRejected, readHeader } from "../../../shared/dicom/read.ts";
import type { LeftOut } from "../../../shared/upload/left-out.ts";
import { uploadLimits } from "../../../shared/upload/limits.ts";
import { hex, sha256Of } from "./sha256.ts";

export type Look =
  | { readonly skip: LeftOut }
  | { readonly size: number; readonly sha256: string; readonly studyUid?: string; readonly sopUid?: string };

const headBytes = 64 * 1024;
/** Up to here the browser's own SHA-256 hashes the whole at once; beyond, memory would hold it. */
const atOnceBytes = 64 * 1024 ** 2;
const chunkBytes = 4 * 1024 ** 2;

/** `onBytes`: bytes read since the last call. Never rejects: what cannot be read is `unreadable`. */
export async function lookAtFile(file: Blob, onBytes: (bytes: number) => void): Promise<Look> {
  if (file.size === 0) return { skip: "empty" };
  if (file.size > uploadLimits.fileBytes) return { skip: "unreadable-too-large" };
  try {
    const look = lookInside(new Uint8Array(await file.slice(0, headBytes).arrayBuffer()), file.size);
    if ("skip" in look) return look;
    return { size: file.size, sha256: await hash(file, onBytes), ...look };
  } catch (error) {
    // What the browser cannot read fails with a DOMException; anything else is a fault of ours.
    if (error instanceof DOMException) return { skip: "unreadable" };
    throw error;
  }
}

/**
 * What is plainly not an image stays here; anything that may be DICOM goes up, broken or not, so that the server's
 * quarantine tells the technician what is wrong with it.
 */
function lookInside(
  head: Uint8Array,
  size: number,
): { readonly skip: LeftOut } | { readonly studyUid?: string; readonly sopUid?: string } {
  if (isArchive(head)) return { skip: "unreadable-unopened" };
  try {
    const header = readHeader(head, { totalSize: size });
    if ("needBytes" in header) return {};
    const [studyUid, sopUid] = [textOf(header.dataset, "0020000D"), textOf(header.dataset, "00080018")];
    return { ...(studyUid !== undefined && { studyUid }), ...(sopUid !== undefined && { sopUid }) };
  } catch (error) {
    if (!(error instanceof DicomRejected)) throw error;
    return error.code === "dicomdir" || error.code === "not-dicom" ? { skip: error.code } : {};
  }
}

/** A zip archive (APPNOTE 4.3.7), or an image of a disc (ECMA-119 §8.1.2): the page opens neither. */
function isArchive(head: Uint8Array): boolean {
  const text = (at: number, length: number): string => String.fromCharCode(...head.subarray(at, at + length));
  return text(128, 4) !== "DICM" && (text(0, 4) === "PK\u0003\u0004" || text(32769, 5) === "CD001");
}

async function hash(file: Blob, onBytes: (bytes: number) => void): Promise<string> {
  if (file.size <= atOnceBytes) {
    const digest = await sha256Of(file);
    onBytes(file.size);
    return digest;
  }
  const state = streamed.create();
  for (let at = 0; at < file.size; at += chunkBytes) {
    const chunk = new Uint8Array(await file.slice(at, at + chunkBytes).arrayBuffer());
    state.update(chunk);
    onBytes(chunk.length);
  }
  return hex(state.digest());
}
