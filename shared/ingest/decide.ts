/** What becomes of a sound file: its SOP Instance UID is free, or taken by the same bytes, or by others. */
import type { ClaimItem } from "../catalog/claim-item.ts";
import type { InstanceKey } from "../catalog/keys.ts";
import type { Header } from "../dicom/read.ts";
import { ConditionFailed, Transient } from "../errors.ts";
import { acquireClaim, releaseClaim } from "./claim.ts";
import type { IngestDependencies } from "./dependencies.ts";
import { finishIndexed } from "./finish-indexed.ts";
import { indexInstance } from "./index-instance.ts";
import type { LandedFile } from "./landed-file.ts";
import type { IngestOutcome } from "./outcome.ts";
import { recordConflict } from "./record-conflict.ts";
import { recordDuplicate } from "./record-duplicate.ts";
import { replaceInstance } from "./replace-instance.ts";

export async function decide(
  deps: IngestDependencies,
  landed: LandedFile,
  header: Header,
): Promise<IngestOutcome> {
  const key: InstanceKey = {
    region: deps.region,
    hospital: landed.hospital.hospital,
    studyUid: header.studyInstanceUid,
    seriesUid: header.seriesInstanceUid,
    sopUid: header.sopInstanceUid,
  };
  try {
    const claimed = await acquireClaim(deps, key, landed);
    if (!claimed.held) return await again(deps, landed, header, key, claimed.committed);
    return await index(deps, landed, header, key, claimed.claim);
  } catch (error) {
    // Somebody else's transaction was faster: the next delivery sees what it did.
    if (error instanceof ConditionFailed) throw new Transient("Lost a race", { cause: error });
    throw error;
  }
}

async function index(
  deps: IngestDependencies,
  landed: LandedFile,
  header: Header,
  key: InstanceKey,
  claim: ClaimItem,
): Promise<IngestOutcome> {
  try {
    await indexInstance(deps, landed, header, key, claim);
    return "indexed";
  } catch (error) {
    await releaseClaim(deps, claim);
    throw error;
  }
}

/** The SOP Instance UID is taken for good. */
async function again(
  deps: IngestDependencies,
  landed: LandedFile,
  header: Header,
  key: InstanceKey,
  committed: ClaimItem,
): Promise<IngestOutcome> {
  const { uploadId, fileId, sha256, release } = landed.file;
  const isOwn = committed.uploadId === uploadId && committed.fileId === fileId;
  if (isOwn && (committed.sha256 === sha256 || landed.source)) {
    await finishIndexed(deps, landed, committed);
    return "indexed";
  }
  if (release?.replaces !== undefined && committed.sha256 !== sha256) {
    await replaceInstance(deps, landed, header, key, committed);
    return "indexed";
  }
  const known = committed.sha256 === sha256 || committed.superseded?.includes(sha256);
  // The UID of what is made from a source holds the source's hash: made twice at the same moment, it is the same photograph.
  if (known || landed.source) {
    await recordDuplicate(deps, landed, committed);
    return "duplicate";
  }
  await recordConflict(deps, landed, key, committed);
  return "conflict";
}
