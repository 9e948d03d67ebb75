/**
 * QIDO-RS answers (PS3.18 §10.6.3.3): the attributes of Tables 10.6.3-3 to 10.6.3-5, plus those named by `includefield`. An
 * answer has those of a level above where the resource searched is above it.
 */
import type { DicomJson, InstanceItem, SeriesItem, StudyItem } from "../catalog/items.ts";
import type { Level } from "./attribute-dictionary.ts";
import type { Search } from "./parse-search.ts";
import type { Found } from "./study-elements.ts";

const required = {
  study: [
    "00080005",
    "00080020",
    "00080030",
    "00080050",
    "00080090",
    "00080201",
    "00100010",
    "00100020",
    "00100030",
    "00100040",
    "0020000D",
    "00200010",
  ],
  series: [
    "00080005",
    "00080060",
    "00080201",
    "0008103E",
    "0020000E",
    "00200011",
    "00400244",
    "00400245",
    "00400275",
  ],
  instance: [
    "00080005",
    "00080016",
    "00080018",
    "00080201",
    "00200013",
    "00280008",
    "00280010",
    "00280011",
    "00280100",
  ],
} as const;

/** `root`: the image root clients see, such as `https://host/api/dicomweb/mine`. */
export function presentStudy(study: StudyItem, search: Search, root: string): DicomJson {
  return { ...studyLevel(study, search), ...retrieveUrl(studyUrl(root, study)) };
}

/** `searched`: the levels whose attributes the answer has, by the resource: all of them at the root. */
export interface Presenting {
  readonly search: Search;
  readonly root: string;
  readonly searched: readonly Level[];
}

/** A series, or an instance with `searched` levels above it. */
export function presentFound({ study, series, element }: Found, presenting: Presenting): DicomJson {
  const { search, root, searched } = presenting;
  const above = {
    ...(searched.includes("study") ? studyLevel(study, search) : included(study.attributes, search)),
    ...(series &&
      (searched.includes("series") ? seriesLevel(series, search) : included(series.attributes, search))),
  };
  const uids = {
    "0020000D": { vr: "UI", Value: [study.studyUid] },
    "0020000E": { vr: "UI", Value: [element.seriesUid] },
  };
  const url = `${studyUrl(root, study)}/series/${element.seriesUid}`;
  if (element.type === "series") return { ...above, ...uids, ...retrieveUrl(url) };
  return {
    ...above,
    ...instanceLevel(element, search),
    ...uids,
    ...retrieveUrl(`${url}/instances/${element.sopUid}`),
  };
}

const studyUrl = (root: string, { studyUid }: StudyItem): string => `${root}/studies/${studyUid}`;
const retrieveUrl = (url: string): DicomJson => ({ "00081190": { vr: "UR", Value: [url] } });

const studyLevel = (study: StudyItem, search: Search): DicomJson => ({
  ...pick(study.attributes, required.study, search.include),
  "00080056": { vr: "CS", Value: ["ONLINE"] },
  "00080061": valued("CS", study.modalities ?? []),
  "00201206": { vr: "IS", Value: [study.seriesCount ?? 0] },
  "00201208": { vr: "IS", Value: [study.instances ?? 0] },
});

const seriesLevel = (series: SeriesItem, search: Search): DicomJson => ({
  ...pick(series.attributes, required.series, search.include),
  "00201209": { vr: "IS", Value: [series.instances ?? 0] },
});

const instanceLevel = (instance: InstanceItem, search: Search): DicomJson => ({
  ...pick(instance.attributes, required.instance, search.include),
  "00080056": { vr: "CS", Value: ["ONLINE"] },
});

const included = (from: DicomJson, search: Search): DicomJson => pick(from, [], search.include);

/** PS3.18 §F.2.5: an attribute without values has no `Value`. */
const valued = (vr: string, values: readonly unknown[]) =>
  values.length === 0 ? { vr } : { vr, Value: [...values] };

function pick(from: DicomJson, tags: readonly string[], include: Search["include"]): DicomJson {
  if (include === "all") return from;
  return Object.fromEntries(Object.entries(from).filter(([tag]) => tags.includes(tag) || include.has(tag)));
}
