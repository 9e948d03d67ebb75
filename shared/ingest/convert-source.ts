/**
 * A photograph or document that was sent for an order: made a DICOM object, which is then taken in like any other. The object
 * is staged in the landing bucket first, so that a run that died and the one after it archive the same bytes.
 */
import type { ClaimItem } from "../catalog/claim-item.ts";
import type { StudyItem } from "../catalog/items.ts";
import { type HospitalKey, keys } from "../catalog/keys.ts";
import type { Identity } from "../dicom/identify.ts";
import { DicomRejected } from "../dicom/rejected.ts";
import { ConditionFailed, Transient } from "../errors.ts";
import { type LandingKey, objectKeys } from "../object-keys.ts";
import { metadataOf } from "../object-notes.ts";
import type { OrderItem } from "../order/items.ts";
import { readOrder, readStudiesOf } from "../order/load-order.ts";
import { sourceSeriesUid, sourceSopUid, sourceStudyUid } from "../order/source-uids.ts";
import type { ObjectHead, ObjectRef, ObjectStore } from "../ports.ts";
import { identityHash, type SourceIdentity } from "../sources/identity.ts";
import { makeObject, type SourceObject } from "../sources/make-object.ts";
import {
  largestSource,
  SourceDamaged,
  type SourceType,
  signatureBytes,
  sourceTypeOf,
} from "../sources/recognise.ts";
import { dicomMediaType } from "../upload/limits.ts";
import { abandonFor } from "./abandoned.ts";
import { sha256Of } from "./checksum.ts";
import type { IngestDependencies } from "./dependencies.ts";
import { type LandedFile, noteOf } from "./landed-file.ts";
import { oneAtATime } from "./one-at-a-time.ts";
import type { QuarantineReason } from "./quarantine-reasons.ts";

export type Converted =
  /** Why it cannot be made DICOM. */
  | { readonly refused: QuarantineReason }
  /** This very source was taken in for this order before. */
  | { readonly known: ClaimItem; readonly landed: LandedFile }
  /** The staged object, as if it had landed, and what it must be of. */
  | { readonly landed: LandedFile; readonly of: SourceIdentity };

export const isOf = (header: Identity, { studyUid, seriesUid, sopUid }: SourceIdentity): boolean =>
  header.studyInstanceUid === studyUid &&
  header.seriesInstanceUid === seriesUid &&
  header.sopInstanceUid === sopUid;

/**
 * Undefined: it is DICOM, refused or not, or no photograph or document either. Only what is no DICOM at all is looked at again:
 * the others cost no further request.
 */
export async function recogniseSource(
  read: unknown,
  objects: ObjectStore,
  ref: ObjectRef,
): Promise<SourceType | undefined> {
  if (!(read instanceof DicomRejected) || read.code !== "not-dicom") return undefined;
  return sourceTypeOf(await objects.read(ref, { offset: 0, length: signatureBytes }));
}

/** `landed`: the source, its size and SHA-256 already checked. */
export async function convertSource(
  deps: IngestDependencies,
  landing: LandingKey,
  landed: LandedFile,
  type: SourceType,
): Promise<Converted> {
  const { file, head } = landed;
  if (file.orderId === undefined) return { refused: "needs-order" };
  if (head.size > largestSource) return { refused: "source-too-large" };
  const owner: HospitalKey = { region: deps.region, hospital: landing.hospital };
  const source = { sha256: file.sha256, mediaType: type, ref: landed.ref };
  const order = await readOrder(deps.table, owner, file.orderId);
  if (!order || order.status === "revoked") {
    await abandonFor(deps, owner, landed, source, file.orderId);
    return { refused: "needs-order" };
  }
  const known = await committed(deps, owner, sourceSopUid(owner, order.orderId, file.sha256));
  if (known) return { known, landed: { ...landed, source } };
  try {
    const about = await aboutSource(deps, landed, order, type);
    const staged = await stage(deps, landing, landed, type, about);
    const sha256 = await sha256Of(deps.objects, staged.ref, staged.head);
    const { size } = staged.head;
    const upload = withEncounterOf(landed.upload, order);
    return { landed: { ...landed, ...staged, upload, file: { ...file, sha256, size }, source }, of: about };
  } catch (error) {
    if (error instanceof SourceDamaged) return { refused: "source-damaged" };
    throw error;
  }
}

/** What the uploader did not say, the order may. */
function withEncounterOf(upload: LandedFile["upload"], { content }: OrderItem): LandedFile["upload"] {
  if (upload.encounterClass !== "unknown") return upload;
  return { ...upload, encounterClass: content.encounterClass ?? "unknown" };
}

async function committed(
  { table }: IngestDependencies,
  owner: HospitalKey,
  sopUid: string,
): Promise<ClaimItem | undefined> {
  const claim = (await table.get(keys.claim(owner, sopUid), { consistent: true })) as ClaimItem | undefined;
  return claim?.state === "committed" ? claim : undefined;
}

interface Staged {
  readonly ref: ObjectRef;
  readonly head: ObjectHead;
}

async function stage(
  deps: IngestDependencies,
  landing: LandingKey,
  landed: LandedFile,
  type: SourceType,
  about: SourceObject,
): Promise<Staged> {
  const { objects } = deps;
  const ref: ObjectRef = { bucket: "landing", key: objectKeys.converted(landing, identityHash(about)) };
  const there = await objects.head(ref);
  if (there) return { ref, head: there };
  const { keyArn: kmsKeyId } = landed.hospital;
  const metadata = metadataOf(noteOf(landed));
  try {
    // Until it is put: a photograph is then in memory as an object.
    await oneAtATime(async () => {
      const bytes = await makeObject(type, await objects.read(landed.ref), about);
      await objects.put(ref, bytes, { contentType: dicomMediaType, kmsKeyId, metadata, ifAbsent: true });
    });
  } catch (error) {
    // Another worker was faster: its bytes count.
    if (!(error instanceof ConditionFailed)) throw error;
  }
  const head = await objects.head(ref);
  if (!head) throw new Transient("The landing bucket does not show the staged object yet");
  return { ref, head };
}

/** Into the study that was made for the order, so that film and report lie beside its images; else a study of its own. */
async function aboutSource(
  { table }: IngestDependencies,
  { file, upload }: LandedFile,
  order: OrderItem,
  type: SourceType,
): Promise<SourceObject> {
  const { region, hospital, orderId } = order;
  const owner: HospitalKey = { region, hospital };
  const [first] = (await readStudiesOf(table, order)).toSorted((a, b) => (a.at < b.at ? -1 : 1));
  const studyUid = first?.studyUid ?? sourceStudyUid(owner, orderId);
  const study = (await table.get(keys.study({ ...owner, studyUid }))) as StudyItem | undefined;
  const kind = type === "application/pdf" ? "document" : "image";
  return {
    order,
    ...(study && { study }),
    studyUid,
    seriesUid: sourceSeriesUid(owner, orderId, studyUid, kind),
    sopUid: sourceSopUid(owner, orderId, file.sha256),
    instanceNumber: Number(file.fileId) + 1,
    sha256: file.sha256,
    at: new Date(upload.createdAt),
  };
}
