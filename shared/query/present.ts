/** QIDO-RS answers: the attributes of PS3.18 Tables 10.6.3-3 to 10.6.3-5, plus those named by `includefield`. */
import type { DicomJson, InstanceItem, SeriesItem, StudyItem } from "../catalog/items.ts";
import type { Search } from "./parse-search.ts";

const required = {
  study: [
    "00080005",
    "00080020",
    "00080030",
    "00080050",
    "00080090",
    "00100010",
    "00100020",
    "00100030",
    "00100040",
    "0020000D",
    "00200010",
  ],
  series: ["00080005", "00080060", "0008103E", "0020000E", "00200011", "00400244", "00400245"],
  instance: ["00080005", "00080016", "00080018", "00200013", "00280008", "00280010", "00280011", "00280100"],
} as const;

/** `root`: the image root clients see, such as `https://host/api/dicomweb/mine`. */
export function presentStudy(study: StudyItem, search: Search, root: string): DicomJson {
  return {
    ...pick(study.attributes, required.study, search.include),
    "00080056": { vr: "CS", Value: ["ONLINE"] },
    "00080061": valued("CS", study.modalities ?? []),
    "00081190": { vr: "UR", Value: [`${root}/studies/${study.studyUid}`] },
    "00201206": { vr: "IS", Value: [study.seriesCount ?? 0] },
    "00201208": { vr: "IS", Value: [study.instances ?? 0] },
  };
}

/** Series of a study; `study` adds its attributes when the search was not already below one study. */
export function presentSeries(series: SeriesItem, study: StudyItem, search: Search, root: string): DicomJson {
  return {
    ...pick(study.attributes, [], search.include),
    ...pick(series.attributes, required.series, search.include),
    "0020000D": { vr: "UI", Value: [series.studyUid] },
    "00081190": { vr: "UR", Value: [`${root}/studies/${series.studyUid}/series/${series.seriesUid}`] },
    "00201209": { vr: "IS", Value: [series.instances ?? 0] },
  };
}

export function presentInstance(
  instance: InstanceItem,
  study: StudyItem,
  search: Search,
  root: string,
): DicomJson {
  const { studyUid, seriesUid, sopUid } = instance;
  return {
    ...pick(study.attributes, [], search.include),
    ...pick(instance.attributes, required.instance, search.include),
    "00080056": { vr: "CS", Value: ["ONLINE"] },
    "0020000D": { vr: "UI", Value: [studyUid] },
    "0020000E": { vr: "UI", Value: [seriesUid] },
    "00081190": { vr: "UR", Value: [`${root}/studies/${studyUid}/series/${seriesUid}/instances/${sopUid}`] },
  };
}

/** PS3.18 §F.2.5: an attribute without values has no `Value`. */
const valued = (vr: string, values: readonly unknown[]) =>
  values.length === 0 ? { vr } : { vr, Value: [...values] };

function pick(from: DicomJson, tags: readonly string[], include: Search["include"]): DicomJson {
  if (include === "all") return from;
  return Object.fromEntries(Object.entries(from).filter(([tag]) => tags.includes(tag) || include.has(tag)));
}
