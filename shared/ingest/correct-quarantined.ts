import type { Grant } from "../access/grant.ts";
import type { UploadFileItem } from "../catalog/items.ts";
import type { CorrectRequest, Decided } from "../contract/schemas/ingest.ts";
import { isCharacterSetTerm } from "../dicom/character-sets.ts";
import type { Assignment } from "../dicom/correct.ts";
import { derivedUid } from "../dicom/derived-uid.ts";
import { type Dataset, textOf } from "../dicom/json-model.ts";
import { readAttributesAnyway } from "../dicom/read-anyway.ts";
import { Problem } from "../errors.ts";
import type { Clock } from "../ports.ts";
import { loadFile } from "../upload/load-upload.ts";
import { makeCorrectedCopy, readOriginal } from "./corrected-copy.ts";
import { type DeskPath, decidedView, ownObject, requireReleasable } from "./desk-file.ts";
import { expired, isTheirs, release } from "./release-quarantined.ts";

const tagOf = {
  characterSet: "00080005",
  sopClassUid: "00080016",
  sopInstanceUid: "00080018",
  studyInstanceUid: "0020000D",
  seriesInstanceUid: "0020000E",
} as const satisfies Record<keyof CorrectRequest, string>;

/**
 * Takes in a copy whose identifiers or character set are as asked. The bytes that came are never altered: they are archived
 * beside the copy, which says in itself what they held. Throws Problem("conflict") as a release does, and where the copy
 * could not be taken in either.
 */
export async function correctQuarantined(
  grant: Grant,
  clock: Clock,
  path: DeskPath,
  request: CorrectRequest,
): Promise<Decided> {
  const file = await loadFile(grant, path.uploadId, path.fileId);
  const asked = assignedIn(request);
  if (isTheirs(grant, file, asked)) return decidedView(file);
  requireReleasable(file);
  requireCharacterSet(request.characterSet);
  const ref = ownObject(file);
  const head = await grant.objects.head(ref);
  if (!head) throw expired();
  const original = await readOriginal(grant, ref, head.size);
  const { dataset } = readAttributesAnyway(original.bytes, { totalSize: original.bytes.length });
  const assignments = assignmentsOf(file, original.sha256, dataset, request);
  const copy = await makeCorrectedCopy(grant, file, original, assignments, {
    at: clock.now(),
    reason: "CORRECT",
  });
  return release(grant, clock, file, { ...copy, asked });
}

const assignedIn = (request: CorrectRequest): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.keys(tagOf).flatMap((name) => {
      const value = request[name as keyof typeof tagOf];
      return value === undefined ? [] : [[name, value]];
    }),
  );

function requireCharacterSet(terms: string | undefined): void {
  const unknown = terms?.split("\\").find((term) => term !== "" && !isCharacterSetTerm(term));
  if (unknown === undefined) return;
  throw new Problem(
    "invalid-request",
    "body/characterSet: is no Defined Term of PS3.3 §C.12.1.1.2, such as GB18030",
  );
}

function assignmentsOf(
  file: UploadFileItem,
  sha256: string,
  dataset: Dataset,
  request: CorrectRequest,
): readonly Assignment[] {
  const made = madeUids(file, sha256, dataset, request);
  const uids = (["sopClassUid", "sopInstanceUid", "studyInstanceUid", "seriesInstanceUid"] as const).flatMap(
    (name): readonly Assignment[] => {
      const value = request[name];
      if (value === undefined) return [];
      const assigned = value === "new" && name !== "sopClassUid" ? made[name] : value;
      return [{ tag: tagOf[name], vr: "UI", value: assigned }];
    },
  );
  const { characterSet } = request;
  return characterSet === undefined
    ? uids
    : [...uids, { tag: tagOf.characterSet, vr: "CS", value: characterSet }];
}

/**
 * UIDs made here are derived from what files that belong together have in common: three hundred slices that lack a study's
 * UID become one study. Only within an upload: elsewhere the same number may mean another patient. A file without a number
 * of the patient or of the request stands alone: names, dates and dummy ids are shared by people who have nothing in common.
 */
function madeUids(
  { hospital, uploadId }: UploadFileItem,
  sha256: string,
  dataset: Dataset,
  request: CorrectRequest,
): Readonly<Record<"studyInstanceUid" | "seriesInstanceUid" | "sopInstanceUid", string>> {
  const texts = (tags: readonly string[]): string[] => tags.map((tag) => textOf(dataset, tag) ?? "");
  const numbered = texts(numberTags).some((text) => text.trim() !== "");
  const name = JSON.stringify(dataset[patientName]?.Value ?? []);
  const study = derivedUid(
    "study",
    hospital,
    uploadId,
    ...(numbered ? [...texts(numberTags), name, ...texts(studyTags)] : [sha256]),
  );
  const { studyInstanceUid: given } = request;
  const [present = ""] = texts([tagOf.studyInstanceUid]);
  const studyUid = given === "new" ? study : (given ?? present);
  return {
    studyInstanceUid: study,
    seriesInstanceUid: derivedUid("series", hospital, uploadId, studyUid, ...texts(seriesTags)),
    sopInstanceUid: derivedUid("instance", hospital, sha256),
  };
}

/** Patient ID, Accession Number. */
const numberTags = ["00100020", "00080050"] as const;
const patientName = "00100010";
/** Patient's Birth Date, Patient's Sex, Study Date, Study ID. */
const studyTags = ["00100030", "00100040", "00080020", "00200010"] as const;
/** Modality, Series Number, Series Description. */
const seriesTags = ["00080060", "00200011", "0008103E"] as const;
