/** The four UIDs an object is filed under. */
import type { FileMeta } from "./file-meta.ts";
import { textOf } from "./json-model.ts";
import { DicomRejected } from "./rejected.ts";
import { isUid } from "./uid.ts";
import type { Walked } from "./walked.ts";

const mediaDirectory = "1.2.840.10008.1.3.10";

export interface Identity {
  readonly sopClassUid: string;
  readonly sopInstanceUid: string;
  readonly studyInstanceUid: string;
  readonly seriesInstanceUid: string;
}

/** @throws DicomRejected("dicomdir") by the file meta information, before the directory is read */
export function refuseMediaDirectory({ meta, offsets }: FileMeta): void {
  if (textOf(meta, "00020002") === mediaDirectory)
    throw new DicomRejected("dicomdir", offsets.get("00020002") ?? 0, "00020002");
}

/** @throws DicomRejected dicomdir, missing-uid, invalid-uid */
export function identify(walked: Walked, datasetOffset: number): Identity {
  const { dataset, offsets } = walked;
  if (dataset["00041220"] || textOf(dataset, "00080016") === mediaDirectory)
    throw new DicomRejected("dicomdir", offsets.get("00041220") ?? datasetOffset, "00041220");
  return {
    sopClassUid: uidOf(walked, "00080016", datasetOffset),
    sopInstanceUid: uidOf(walked, "00080018", datasetOffset),
    studyInstanceUid: uidOf(walked, "0020000D", datasetOffset),
    seriesInstanceUid: uidOf(walked, "0020000E", datasetOffset),
  };
}

/** The fault of an attribute that is not there lies where the data set begins. */
function uidOf({ dataset, offsets }: Walked, tag: string, datasetOffset: number): string {
  const uid = textOf(dataset, tag);
  const offset = offsets.get(tag) ?? datasetOffset;
  if (uid === undefined) throw new DicomRejected("missing-uid", offset, tag);
  if (!isUid(uid) || (dataset[tag]?.Value?.length ?? 0) > 1)
    throw new DicomRejected("invalid-uid", offset, tag);
  return uid;
}
