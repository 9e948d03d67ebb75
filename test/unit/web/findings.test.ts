import { expect, it } from "@jest/globals";
import type { UploadFindings } from "../../../shared/contract/schemas/findings.ts";
import { readFindings } from "../../../web/src/study/read-findings.ts";

it("reads the findings of every study of an upload, page after page", async () => {
  const study = (studyUid: string) => ({ studyUid, examined: true, findings: [] });
  const pages: Record<string, unknown> = {
    "/v1/uploads/U/findings": { settled: true, studies: [study("1")], next: "a+b" },
    "/v1/uploads/U/findings?cursor=a%2Bb": { settled: false, studies: [study("2")], next: "c" },
    "/v1/uploads/U/findings?cursor=c": { settled: true, studies: [study("3")] },
  };
  const get = async (path: string) => pages[path] as UploadFindings;
  const { settled, studies } = await readFindings({ get } as never, "U");
  expect({ settled, uids: studies.map(({ studyUid }) => studyUid) }).toEqual({
    settled: false,
    uids: ["1", "2", "3"],
  });
});
