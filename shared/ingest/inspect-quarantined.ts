import type { Grant } from "../access/grant.ts";
import type { KeyState } from "../access/key-state.ts";
import type { UploadFileItem } from "../catalog/items.ts";
import { revocation } from "../contract/revocation.ts";
import type { Inspected } from "../contract/schemas/ingest.ts";
import { checkPixels } from "../dicom/check-pixels.ts";
import { textOf } from "../dicom/json-model.ts";
import { type ReadableAttributes, readAttributesAnyway } from "../dicom/read-anyway.ts";
import { DicomRejected } from "../dicom/rejected.ts";
import { Problem } from "../errors.ts";
import type { ObjectHead, ObjectRef } from "../ports.ts";
import { dicomMediaType } from "../upload/limits.ts";
import { hospitalOf, loadFile, loadHospital } from "../upload/load-upload.ts";
import { type DeskPath, decidedView, mayBeReleased, ownObject, staysForGood } from "./desk-file.ts";
import { waitingOf } from "./list-quarantine.ts";
import { withLandedHeader } from "./read-landed-header.ts";
import { shownAttributes } from "./shown-attributes.ts";

/** Holds every header a person would look through; the first read of nearly all files is enough. */
const inspectedBytes = 4 * 1024 * 1024;
/** A request has seconds: damage in larger pixels is only told as ingest found it. */
const inspectedPixelBytes = 256 * 1024 * 1024;
const deflatedSyntax = "1.2.840.10008.1.2.1.99";
const firstRead = 256 * 1024;
/** Of the excerpt, before and after the fault. */
const excerptBytes = 64;

/**
 * Why a file was quarantined, and what of it can be read now. The answer holds the patient's data, as an image would: it is
 * for those who may see the hospital's images, and on record.
 */
export async function inspectQuarantined(grant: Grant, path: DeskPath): Promise<Inspected> {
  const hospital = hospitalOf(grant);
  const file = await loadFile(grant, path.uploadId, path.fileId);
  if (file.quarantinedAt === undefined && file.state !== "quarantined")
    throw new Problem("not-found", "This file was never quarantined.");
  await grant.audit({ hospital, uploadId: path.uploadId, detail: `file ${path.fileId}` });
  const head = file.discarded ? undefined : await grant.objects.head(ownObject(file));
  const read = head ? await readable(grant, ownObject(file), head) : undefined;
  return {
    ...waitingOf(file),
    ...decidedView(file),
    bytes: whereaboutsOf(file, head),
    attributes: read?.attributes ?? {},
    ...(read?.fault && { fault: { ...read.fault } }),
    ...(read?.excerpt && { excerpt: read.excerpt }),
    actions: actionsFor(file, head !== undefined),
  };
}

function whereaboutsOf(file: UploadFileItem, head: ObjectHead | undefined): Inspected["bytes"] {
  if (file.discarded) return "discarded";
  if (head) return "kept";
  return staysForGood(file) ? "foreign-key" : "expired";
}

const identityCodes: ReadonlySet<string> = new Set(["missing-uid", "invalid-uid"]);

function actionsFor(file: UploadFileItem, kept: boolean): Inspected["actions"] {
  const { state, discarded, reason } = file;
  if (state !== "quarantined" || discarded) return [];
  const code = reason?.code ?? "";
  return [
    ...(mayBeReleased(code) && (kept || staysForGood(file)) ? (["release"] as const) : []),
    ...(identityCodes.has(code) && kept ? (["correct"] as const) : []),
    "discard",
  ];
}

interface Readable {
  readonly attributes: ReadableAttributes["dataset"];
  readonly fault: ReadableAttributes["fault"];
  readonly excerpt: Inspected["excerpt"];
}

async function readable(grant: Grant, ref: ObjectRef, { size }: ObjectHead): Promise<Readable> {
  let bytes: Uint8Array = new Uint8Array(0);
  let read: ReadableAttributes;
  let wanted = Math.min(firstRead, size);
  do {
    bytes = await grant.objects.read(ref, { offset: 0, length: wanted });
    read = readAttributesAnyway(bytes, { totalSize: size });
    wanted *= 4;
  } while (!read.complete && bytes.length < Math.min(size, inspectedBytes));
  const { meta, dataset } = read;
  const fault = read.fault ?? (await pixelFault(grant, ref, size));
  // Offsets are of the inflated data set then: bytes of the file at that place say nothing.
  const excerpted = textOf(meta, "00020010") === deflatedSyntax ? undefined : fault;
  return {
    attributes: shownAttributes({ ...meta, ...dataset }),
    fault,
    excerpt: await excerptOf(grant, ref, size, excerpted),
  };
}

/** The header is sound: whether the pixels are. */
function pixelFault(grant: Grant, ref: ObjectRef, size: number): Promise<ReadableAttributes["fault"]> {
  if (size > inspectedPixelBytes) return Promise.resolve(undefined);
  return withLandedHeader(grant.objects, ref, size, async (read) => {
    if (read instanceof DicomRejected) return faultOf(read);
    try {
      await checkPixels(read.header, read.source);
      return undefined;
    } catch (error) {
      if (!(error instanceof DicomRejected)) throw error;
      return faultOf(error);
    }
  });
}

const faultOf = ({ code, offset, attribute }: DicomRejected): ReadableAttributes["fault"] => ({
  code,
  offset,
  ...(attribute !== undefined && { attribute }),
});

async function excerptOf(
  grant: Grant,
  ref: ObjectRef,
  size: number,
  fault: ReadableAttributes["fault"],
): Promise<Inspected["excerpt"]> {
  if (!fault || size === 0) return undefined;
  const middle = Math.min(fault.offset, size);
  const offset = Math.max(0, middle - excerptBytes);
  const bytes = await grant.objects.read(ref, {
    offset,
    length: Math.min(size, middle + excerptBytes) - offset,
  });
  return { offset, hex: Buffer.from(bytes).toString("hex") };
}

/** A URL of the bytes as they came, good for seconds. Throws KeyUnavailable while the hospital's key is disabled. */
export async function retrieveQuarantined(grant: Grant, keyState: KeyState, path: DeskPath): Promise<string> {
  const file = await loadFile(grant, path.uploadId, path.fileId);
  const ref = ownObject(file);
  const gone = file.discarded
    ? "This file was discarded."
    : "Its bytes have expired, or lie under another key.";
  if (file.discarded || !(await grant.objects.head(ref))) throw new Problem("not-found", gone);
  return signedDownload(grant, keyState, ref, { uploadId: path.uploadId, detail: `file ${path.fileId}` });
}

/** S3 goes on serving for a while under a key that was just disabled, so the key is asked for first. */
export async function signedDownload(
  grant: Grant,
  keyState: KeyState,
  ref: ObjectRef,
  audited: Omit<Parameters<Grant["audit"]>[0], "hospital">,
): Promise<string> {
  const { keyArn } = await loadHospital(grant);
  await keyState.requireEnabled(keyArn);
  await grant.audit({ hospital: hospitalOf(grant), ...audited });
  const options = { seconds: revocation.signedUrlSeconds, contentType: dicomMediaType };
  return (await grant.downloads.signGet(ref, options)).url;
}
