import { describe, expect, it } from "@jest/globals";
import { keys } from "../../../shared/catalog/keys.ts";
import { parseSearch } from "../../../shared/query/parse-search.ts";
import { readStudyView } from "../../../shared/query/read-study-view.ts";
import { searchElements } from "../../../shared/query/search-elements.ts";
import { searchStudies } from "../../../shared/query/search-studies.ts";
import { clinic } from "../../support/clinic.ts";
import { mortal } from "../../support/mortal-worker.ts";
import { sliceFile } from "../../support/slices.ts";

const sopUid = "1.2.826.5.1.1";

/** A worker dies once study and series items are there; then other bytes, of another study, take the SOP Instance UID. */
async function leftBehind() {
  const here = await clinic();
  const lost = await here.send([sliceFile({ studyUid: "1.2.826.5", sopUid })]);
  const key = { ...here.hospital, studyUid: "1.2.826.5" };
  for (let dieAt = 1; (await here.table.get(keys.study(key))) === undefined; dieAt++)
    await here
      .ingest(lost.landed[0], mortal(here, { dieAt, done: true }))
      .catch(() => here.clock.advance(60_001));
  const other = await here.send([sliceFile({ studyUid: "1.2.826.6", seriesUid: "1.2.826.6.1", sopUid })]);
  expect(await here.ingest(other.landed[0])).toBe("indexed");
  expect(await here.ingest(lost.landed[0])).toBe("conflict");
  return { here, key };
}

describe("a study whose only image turned out to be another one's conflict", () => {
  it("is found by nobody", async () => {
    const { here, key } = await leftBehind();
    const everything = parseSearch(new URLSearchParams(), "study");
    const { studies } = await searchStudies(here.grant("searchStudies"), everything);
    expect(studies.map(({ studyUid }) => studyUid)).toEqual(["1.2.826.6"]);
    await expect(readStudyView(here.grant("getStudy"), key)).rejects.toMatchObject({ type: "not-found" });
    const search = parseSearch(new URLSearchParams(), "series");
    const asked = { level: "series", search, weigh: () => 0 } as const;
    await expect(
      searchElements(here.grant("searchStudySeries"), { ...asked, study: key }),
    ).rejects.toMatchObject({ type: "not-found" });
    const everywhere = await searchElements(here.grant("searchSeries"), asked);
    expect(everywhere.found.map(({ study }) => study.studyUid)).toEqual(["1.2.826.6"]);
  });
});
