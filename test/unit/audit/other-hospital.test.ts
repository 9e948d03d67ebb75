import { beforeEach, describe, expect, it } from "@jest/globals";
import { auditApi } from "../../../functions/audit/api.ts";
import { consultApi } from "../../../functions/consult/api.ts";
import { reportApi } from "../../../functions/report/api.ts";
import type { AuditView } from "../../../shared/audit/list-records.ts";
import { ConditionFailed } from "../../../shared/errors.ts";
import { type Call, callApi, testKernel } from "../../support/api.ts";
import { user } from "../../support/principals.ts";
import { content, people, type ReadingRoom, readingRoom, study } from "../../support/reading-room.ts";

const reports = `/v1/studies/${study.studyUid}/reports`;
const { townPhysician, townRadiologist, countyRadiologist } = people;

let room: ReadingRoom;
let ask: (call: Call) => ReturnType<typeof callApi>;

beforeEach(async () => {
  room = await readingRoom();
  const { table, objects, clock } = room;
  const kernel = () => ({ ...testKernel(clock), table, objects });
  const report = reportApi(() => room, kernel);
  const consult = consultApi(() => clock, kernel);
  const audit = auditApi(kernel);
  ask = (call) => {
    if (call.path.startsWith("/v1/audit")) return callApi(audit, call);
    return callApi(call.path.startsWith("/v1/consults") ? consult : report, call);
  };
  await ask({
    method: "POST",
    path: "/v1/consults",
    principal: townPhysician,
    body: { studyUid: study.studyUid, toHospital: "county" },
  });
});

const draft = (principal = countyRadiologist) =>
  ask({ method: "POST", path: reports, principal, body: content });

async function recordsFor(hospital: string, action: string): Promise<readonly AuditView[]> {
  const principal = user("auditor", hospital);
  const { json } = await ask({ method: "GET", path: "/v1/audit?day=2027-03-01", principal });
  return (json.records as AuditView[]).filter((record) => record.action === action);
}

describe("a doctor who works on another hospital's study", () => {
  it.each([
    ["writes", "createReport", draft],
    ["reads", "listStudyReports", () => ask({ method: "GET", path: reports, principal: countyRadiologist })],
  ])("and %s is on record for both hospitals", async (_, action, act) => {
    expect((await act()).status).toBeLessThan(300);
    const [owners, own] = [await recordsFor("town", action), await recordsFor("county", action)];
    expect(owners).toMatchObject([
      {
        hospital: "town",
        agent: { id: countyRadiologist.id, hospital: "county" },
        entity: { studyUid: study.studyUid },
      },
    ]);
    expect(owners[0]).not.toHaveProperty("copy");
    expect(own).toEqual([{ ...owners[0], copy: true }]);
  });

  it("leaves neither record when the write does not happen", async () => {
    room.table.before((call) => {
      if (call.operation === "write" && call.writes.length > 2) throw new ConditionFailed([0]);
    });
    await draft();
    room.table.before(undefined);
    expect(await recordsFor("town", "createReport")).toEqual(await recordsFor("county", "createReport"));
  });
});

describe("a doctor who works on a study of the own hospital", () => {
  it("is on record once", async () => {
    expect((await draft(townRadiologist)).status).toBe(201);
    expect(await recordsFor("town", "createReport")).toHaveLength(1);
    expect(room.table.items("audit").filter(({ action }) => action === "createReport")).toHaveLength(1);
  });
});
