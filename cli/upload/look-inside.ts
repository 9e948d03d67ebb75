/**
 * What a file is. What is plainly not an image stays here; anything that may be DICOM goes up, broken or not, so that the
 * server's quarantine tells the technician what is wrong with it.
 */
import { DicomRejected, readHeader } from "../../shared/dicom/read.ts";
import { describe } from "../../shared/dicom/summary.ts";
import { sourceTypeOf } from "../../shared/sources/recognise.ts";
import type { LeftOut } from "../../shared/upload/left-out.ts";
import { uploadLimits } from "../../shared/upload/limits.ts";
import { type Content, readRange } from "../content/content.ts";
import { discImageOf, isoProbe } from "../content/iso-image.ts";
import { isZip } from "../content/zip-archive.ts";
import { sha256Of } from "./digest.ts";

export type Look =
  | { readonly skip: LeftOut }
  | { readonly open: "zip" | "iso" }
  | {
      readonly sha256: string;
      readonly studyUid?: string;
      readonly sopUid?: string;
      readonly orderId?: string;
    };

const headBytes = 64 * 1024;

/**
 * `orderId`: what is a photograph or a document is taken for this order. `name` decides only whether a zip is opened: programs
 * and documents are zips too. Throws ContentChanged, ContentUnreadable and the file system's errors.
 */
export async function lookInside(content: Content, name: string, orderId?: string): Promise<Look> {
  if (content.size === 0) return { skip: "empty" };
  const head = await readRange(content, 0, headBytes);
  const part10 = head.toString("latin1", 128, 132) === "DICM";
  if (!part10) {
    const archive = await archiveOf(content, head, name);
    if (archive) return archive;
  }
  const source = part10 ? undefined : sourceTypeOf(head);
  if (source && orderId === undefined) return { skip: "of-an-order" };
  const found = source && orderId !== undefined ? { orderId } : dicomIn(head, content.size);
  if ("skip" in found) return found;
  if (content.size > uploadLimits.fileBytes) return { skip: "unreadable-too-large" };
  const sha256 = await sha256Of(content);
  await content.requireUnchanged();
  return { sha256, ...found };
}

async function archiveOf(content: Content, head: Buffer, name: string): Promise<Look | undefined> {
  if (isZip(head)) return /\.zip$/i.test(name) ? { open: "zip" } : undefined;
  const image = discImageOf(head, await readRange(content, isoProbe.start, isoProbe.end - isoProbe.start));
  if (image === "iso") return { open: "iso" };
  return image && { skip: "unreadable-disc-image" };
}

type Identified = { readonly studyUid?: string; readonly sopUid?: string };

function dicomIn(head: Buffer, totalSize: number): { skip: LeftOut } | Identified {
  try {
    const header = readHeader(head, { totalSize });
    if ("needBytes" in header) return {};
    const { studyUid, sopUid } = describe(header.dataset);
    return { ...(studyUid !== "" && { studyUid }), ...(sopUid !== "" && { sopUid }) };
  } catch (error) {
    if (!(error instanceof DicomRejected)) throw error;
    return error.code === "dicomdir" || error.code === "not-dicom" ? { skip: error.code } : {};
  }
}
