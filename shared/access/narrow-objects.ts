/** An object store, and a signer of downloads, that know only the objects a request may reach. */
import type { DownloadSigner, ObjectRef, ObjectStore } from "../ports.ts";
import type { Reach } from "./grant.ts";
import { OutOfReach, reachesHospital, reachesStudy } from "./reach.ts";

export function narrowObjects(objects: ObjectStore, reach: Reach): ObjectStore {
  const within = (ref: ObjectRef): ObjectRef => {
    if (!reachesObject(reach, ref.bucket, ref.key)) throw outOfReach(ref.bucket);
    return ref;
  };
  return {
    head: async (ref) => objects.head(within(ref)),
    read: async (ref, range) => objects.read(within(ref), range),
    stream: async (ref, range) => objects.stream(within(ref), range),
    put: async (ref, body, options) => objects.put(within(ref), body, options),
    copy: async (from, to, options) => objects.copy(within(from), within(to), options),
    tag: async (ref, tags) => objects.tag(within(ref), tags),
    tagsOf: async (ref) => objects.tagsOf(within(ref)),
    delete: async (ref) => objects.delete(within(ref)),
    list: async (bucket, prefix, after) => {
      if (!reachesObject(reach, bucket, prefix)) throw outOfReach(bucket);
      return objects.list(bucket, prefix, after);
    },
    listVersions: async (bucket, prefix, after) => {
      if (!reachesObject(reach, bucket, prefix)) throw outOfReach(bucket);
      return objects.listVersions(bucket, prefix, after);
    },
    extendRetention: async (ref, until) => objects.extendRetention(within(ref), until),
    setLegalHold: async (ref, on) => objects.setLegalHold(within(ref), on),
  };
}

export function narrowDownloads(signer: DownloadSigner, reach: Reach): DownloadSigner {
  return {
    signGet: async (ref, options) => {
      if (!reachesObject(reach, ref.bucket, ref.key)) throw outOfReach(ref.bucket);
      return signer.signGet(ref, options);
    },
  };
}

const outOfReach = (bucket: string) => new OutOfReach(`Out of reach: an object of the ${bucket} bucket`);

/** Words a key may begin with; what follows them is region, hospital and study. See `shared/object-keys.ts`. */
const firstWords = new Set([
  "report",
  "characters",
  "uncorrected",
  "conflict",
  "quarantine",
  "corrected",
  "wrapped",
]);

/** Under these an upload's id stands where the study would. */
const ofUploads = new Set(["quarantine", "corrected"]);

/** A segment counts only when it is whole: the part after the last slash is a file name, or half of one. */
function reachesObject(reach: Reach, bucket: ObjectRef["bucket"], key: string): boolean {
  const segments = key.split("/").slice(0, -1);
  const [first = ""] = segments;
  if (bucket === "landing") return reach.hospitals.some((known) => known.hospital === segments[1]);
  const [region, hospital, studyUid] = firstWords.has(first) ? segments.slice(1) : segments;
  if (region === undefined || hospital === undefined) return false;
  if (reachesHospital(reach, { region, hospital })) return true;
  if (ofUploads.has(first)) return false;
  return studyUid !== undefined && reachesStudy(reach, { region, hospital, studyUid });
}
