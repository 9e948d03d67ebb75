/** Series and instances, of one study and of all that a principal may reach. */
import { beforeEach, describe, expect, it } from "@jest/globals";
import type { Grant } from "../../../shared/access/grant.ts";
import { modalityFindItem } from "../../../shared/catalog/find-items.ts";
import type { DicomJson } from "../../../shared/catalog/items.ts";
import { type InstanceKey, keys } from "../../../shared/catalog/keys.ts";
import { parseSearch } from "../../../shared/query/parse-search.ts";
import { presentFound } from "../../../shared/query/present.ts";
import { searchElements } from "../../../shared/query/search-elements.ts";
import { searchLimits } from "../../../shared/query/search-limits.ts";
import type { ElementLevel, Found } from "../../../shared/query/study-elements.ts";
import { storeStudy, type TestStudy } from "../../support/archive.ts";
import { testGrant } from "../../support/grant.ts";
import { memoryTable } from "../../support/memory/table.ts";
import { testRegion, user } from "../../support/principals.ts";

const hospital = { region: testRegion, hospital: "qinghe-county" };
let table = memoryTable();
let grant: Grant;

interface TestSeries {
  readonly modality: string;
  readonly instances: number;
  readonly attributes?: DicomJson;
}

/** Series `<study>.<n>` of so many instances `<study>.<n>.<m>`. */
async function store(study: TestStudy, series: readonly TestSeries[]): Promise<void> {
  const stored = await storeStudy(table, { ...study, modality: series[0]?.modality ?? "CT" });
  const modalities = new Set(series.map(({ modality }) => modality));
  await table.write([{ op: "put", item: { ...stored, modalities: [...modalities] } }]);
  for (const [n, { modality, instances, attributes = {} }] of series.entries()) {
    const seriesUid = `${study.studyUid}.${n + 1}`;
    const key = { ...hospital, studyUid: study.studyUid, seriesUid };
    const own = { "00080060": { vr: "CS", Value: [modality] }, ...attributes } as DicomJson;
    const item = { ...keys.series(key), ...key, type: "series", modality, instances, attributes: own };
    await table.write([
      { op: "put", item },
      { op: "put", item: modalityFindItem(stored, modality) },
    ]);
    for (let m = 1; m <= instances; m++) await storeInstance({ ...key, sopUid: `${seriesUid}.${m}` }, m);
  }
}

async function storeInstance(key: InstanceKey, number: number): Promise<void> {
  const attributes = { "00200013": { vr: "IS", Value: [number] } };
  const claim = { ...keys.claim(key, key.sopUid), ...key, type: "claim", state: "committed" };
  await table.write([
    { op: "put", item: { ...keys.instance(key), ...key, type: "instance", attributes } },
    { op: "put", item: claim },
  ]);
}

const ask = (level: ElementLevel, query: string, studyUid?: string) =>
  searchElements(grant, {
    level,
    search: parseSearch(new URLSearchParams(query), level, 1000),
    ...(studyUid !== undefined && { study: { ...hospital, studyUid } }),
    weigh: () => 1,
  });
const uid = ({ element }: Found): string => (element.type === "series" ? element.seriesUid : element.sopUid);
const find = async (level: ElementLevel, query: string, studyUid?: string) =>
  (await ask(level, query, studyUid)).found.map(uid);

beforeEach(async () => {
  table = memoryTable();
  grant = testGrant({ principal: user("radiologist", hospital.hospital), action: "searchSeries", table });
  const requested = {
    "00400275": { vr: "SQ", Value: [{ "00401001": { vr: "SH", Value: ["RP-7"] } }, {}] },
  } as DicomJson;
  await store({ studyUid: "1.1", name: "Wang^Xiaoming=王^小明", patientId: "P1", date: "20260102" }, [
    { modality: "CT", instances: 3, attributes: requested },
    { modality: "SR", instances: 1 },
  ]);
  await store({ studyUid: "1.2", name: "Shan^Tianfang=单^田芳", patientId: "P2", date: "20260203" }, [
    { modality: "MR", instances: 2 },
  ]);
});

describe("series of every study", () => {
  it("come study by study, the newest first", async () => {
    expect(await find("series", "")).toEqual(["1.2.1", "1.1.1", "1.1.2"]);
  });

  it.each([
    ["their own key", "Modality=SR", ["1.1.2"]],
    ["a key of the study", "PatientID=P2", ["1.2.1"]],
    ["the patient's name in pinyin, and the modality", "PatientName=wang*&Modality=CT", ["1.1.1"]],
    ["a key of a sequence's item", "RequestAttributesSequence.RequestedProcedureID=RP-7", ["1.1.1"]],
    ["the same by tags", "00400275.00401001=RP-*", ["1.1.1"]],
    ["their UID", "SeriesInstanceUID=1.1.2", ["1.1.2"]],
    [
      "no value",
      'RequestAttributesSequence.RequestedProcedureID=""&emptyvaluematching=true',
      ["1.2.1", "1.1.2"],
    ],
  ])("are found by %s", async (_, query, expected) => {
    expect(await find("series", query)).toEqual(expected);
  });
});

describe("instances", () => {
  it("of every study come in the order of their series", async () => {
    expect(await find("instance", "")).toEqual([
      "1.2.1.1",
      "1.2.1.2",
      "1.1.1.1",
      "1.1.1.2",
      "1.1.1.3",
      "1.1.2.1",
    ]);
  });

  it.each([
    ["a key of their series", "Modality=SR", ["1.1.2.1"]],
    ["their number, in every study", "InstanceNumber=2", ["1.2.1.2", "1.1.1.2"]],
    ["the UID of a series", "SeriesInstanceUID=1.1.1", ["1.1.1.1", "1.1.1.2", "1.1.1.3"]],
  ])("are found by %s", async (_, query, expected) => {
    expect(await find("instance", query)).toEqual(expected);
  });

  it("of one study are found by a key of their series", async () => {
    expect(await find("instance", "Modality=CT&InstanceNumber=1", "1.1")).toEqual(["1.1.1.1"]);
    expect(await find("instance", "SeriesInstanceUID=1.1.2", "1.1")).toEqual(["1.1.2.1"]);
  });

  it("are found by their UIDs in whichever study, without looking through others", async () => {
    let studies = 0;
    const { batchGet } = table;
    table.batchGet = (wanted, options) => {
      studies += wanted.filter(({ sk }) => sk === "STUDY").length;
      return batchGet.call(table, wanted, options);
    };
    expect(await find("instance", "SOPInstanceUID=1.1.1.2,1.1.2.1,9.9")).toEqual(["1.1.1.2", "1.1.2.1"]);
    expect(studies).toBe(1);
  });
});

describe("pages of a search below the studies", () => {
  it.each(["series", "instance"] as const)("hold each %s once, whatever their size", async (level) => {
    const all = await find(level, "");
    for (let limit = 1; limit <= all.length; limit++) {
      const seen: string[] = [];
      for (let cursor = ""; ; ) {
        const page = await ask(level, `limit=${limit}${cursor}`);
        expect(page.found.length).toBeLessThanOrEqual(limit);
        seen.push(...page.found.map(uid));
        if (page.next === undefined) break;
        cursor = `&cursor=${page.next}`;
      }
      expect(seen).toEqual(all);
    }
  });

  it("go on in the study they stopped in, although newer ones arrived", async () => {
    const first = await ask("instance", "limit=4");
    await store({ studyUid: "1.9", date: "20260301" }, [{ modality: "CT", instances: 1 }]);
    const rest = await ask("instance", `limit=9&cursor=${first.next}`);
    expect(rest.found.map(uid)).toEqual(["1.1.1.3", "1.1.2.1"]);
  });

  it("skip what the offset says", async () => {
    expect(await find("instance", "offset=4")).toEqual(["1.1.1.3", "1.1.2.1"]);
  });

  it("end, and say so, after as many elements as a request may look at", async () => {
    const many = searchLimits.elementsExamined + 5;
    await store({ studyUid: "1.3", date: "20260401" }, [{ modality: "CT", instances: many }]);
    const first = await ask("instance", "InstanceNumber=1");
    expect([first.found.map(uid), first.capped]).toEqual([["1.3.1.1"], true]);
    const rest = await ask("instance", `InstanceNumber=1&cursor=${first.next}`);
    expect([rest.found.map(uid), rest.capped]).toEqual([["1.2.1.1", "1.1.1.1", "1.1.2.1"], false]);
  });
});

describe("what is answered", () => {
  const presented = async (searched: readonly ("study" | "series" | "instance")[]) => {
    const search = parseSearch(new URLSearchParams("SOPInstanceUID=1.1.1.2"), "instance", 10);
    const [found] = (await searchElements(grant, { level: "instance", search, weigh: () => 1 })).found;
    return presentFound(found as Found, { search, root: "https://film.example/dicomweb/mine", searched });
  };

  it("has the attributes of the levels above where the search was above them", async () => {
    expect(await presented(["study", "series", "instance"])).toMatchObject({
      "00100020": { Value: ["P1"] },
      "00080060": { Value: ["CT"] },
      "00200013": { Value: [2] },
      "00201209": { Value: [3] },
      "0020000D": { Value: ["1.1"] },
      "0020000E": { Value: ["1.1.1"] },
      "00081190": {
        Value: ["https://film.example/dicomweb/mine/studies/1.1/series/1.1.1/instances/1.1.1.2"],
      },
    });
    const below = await presented(["instance"]);
    expect(below["00100020"]).toBeUndefined();
    expect(below["00080060"]).toBeUndefined();
    expect(below["0020000E"]).toEqual({ vr: "UI", Value: ["1.1.1"] });
  });
});
