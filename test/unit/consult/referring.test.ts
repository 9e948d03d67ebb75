import { describe, expect, it } from "@jest/globals";
import { authorise } from "../../../shared/access/authorise.ts";
import type { Principal } from "../../../shared/access/principal.ts";
import type { Asked } from "../../../shared/access/resolve.ts";
import { keys } from "../../../shared/catalog/keys.ts";
import { createConsult } from "../../../shared/consult/create-consult.ts";
import { getConsult } from "../../../shared/consult/get-consult.ts";
import { consultLimits } from "../../../shared/consult/limits.ts";
import { listWorklist } from "../../../shared/consult/list-worklist.ts";
import { routes } from "../../../shared/contract/routes.ts";
import type { Priority } from "../../../shared/object-keys.ts";
import { parseSearch } from "../../../shared/query/parse-search.ts";
import { searchStudies } from "../../../shared/query/search-studies.ts";
import { draftReport } from "../../../shared/report/draft-report.ts";
import { quoted } from "../../../shared/report/if-match.ts";
import { signReport } from "../../../shared/report/sign-report.ts";
import { memoryDownloadSigner } from "../../support/memory/download-signer.ts";
import { callerFor } from "../../support/principals.ts";
import { content, people, type ReadingRoom, readingRoom, study } from "../../support/reading-room.ts";

const idOf = (number: number): string => `01JNQZ3K000000000000000C${String(number).padStart(2, "0")}`;
const deps = ({ clock }: ReadingRoom) => ({ clock, limits: consultLimits });
const refer = (room: ReadingRoom, number = 1, priority: Priority = "routine", toHospital = "county") =>
  createConsult(room.atHospital(people.townPhysician, "createConsult"), deps(room), {
    consultId: idOf(number),
    studyUid: study.studyUid,
    toHospital,
    priority,
    question: "出血量？是否转诊？",
  });
const worklist = (room: ReadingRoom, status: "requested" | "answered" = "requested", more = {}) =>
  listWorklist(room.atHospital(people.countyRadiologist, "listWorklist"), { status, ...more });
async function report(room: ReadingRoom, principal: Principal): Promise<void> {
  const doctor = room.reading(principal, "signReport");
  const reportId = "01JNQZ3K00000000000000000A";
  const { etag } = await draftReport(doctor, room, { reportId, content });
  await signReport(doctor, room, { reportId, ifMatch: quoted(etag) });
}

describe("A township that has no radiologist", () => {
  it("refers its study to the county, which from then on may view it and report on it", async () => {
    const room = await readingRoom();
    const consult = await refer(room);
    expect(consult).toMatchObject({ fromHospital: "town", toHospital: "county", status: "requested" });
    for (const grantee of ["hospital-county", consult.scope]) {
      expect(await room.table.get(keys.studyAccess(grantee, study))).toMatchObject({
        permissions: ["view", "report"],
        because: consult.scope,
      });
    }
  });

  it("writes everything at once or nothing", async () => {
    const room = await readingRoom();
    const before = room.table.items().length;
    room.table.before((call) => {
      if (call.operation === "write") throw new Error("the function died here");
    });
    await expect(refer(room)).rejects.toThrow("died");
    expect(room.table.items()).toHaveLength(before);
  });

  it("gets one consult for a request that was sent twice", async () => {
    const room = await readingRoom();
    expect(await refer(room)).toEqual(await refer(room));
    expect((await worklist(room)).consults).toHaveLength(1);
  });

  it.each([
    ["a hospital nobody knows", "nowhere", "invalid-request"],
    ["itself", "town", "invalid-request"],
  ])("cannot refer to %s", async (_, toHospital, type) => {
    const room = await readingRoom();
    await expect(refer(room, 1, "routine", toHospital)).rejects.toMatchObject({ type });
  });

  it("cannot refer a study it does not hold", async () => {
    const room = await readingRoom();
    const asking = createConsult(room.atHospital(people.countyRadiologist), deps(room), {
      consultId: idOf(1),
      studyUid: study.studyUid,
      toHospital: "town",
      priority: "routine",
    });
    await expect(asking).rejects.toMatchObject({ type: "not-found" });
  });
});

describe("Ninety days after a study was referred", () => {
  const days = (count: number): number => count * 24 * 60 * 60 * 1000;
  const study404 = { type: "not-found" };

  /** The county's radiologist asks for the study by a route of this id. */
  async function ask(room: ReadingRoom, id: string, params: Readonly<Record<string, string>>) {
    const route = routes.find((candidate) => candidate.id === id) as Asked["route"];
    const downloads = memoryDownloadSigner(room.objects, room.clock);
    const caller = callerFor(people.countyRadiologist);
    return authorise({ ...room, downloads, region: study.region }, { route, caller, params });
  }
  const opens = (room: ReadingRoom, scope: string) =>
    ask(room, "retrieveStudyMetadata", { scope, studyUid: study.studyUid });

  it("the other hospital's access has ended, by whichever way it asks", async () => {
    const room = await readingRoom();
    const { scope, accessUntil } = await refer(room);
    expect(accessUntil).toBe("2027-05-30T08:00:00.000Z");
    const ways = [scope, "mine", `hospital-${study.hospital}`];
    room.clock.advance(days(90) - 1000);
    for (const way of ways) await expect(opens(room, way)).resolves.toBeDefined();
    room.clock.advance(1000);
    for (const way of ways) await expect(opens(room, way)).rejects.toMatchObject(study404);
    await expect(ask(room, "listStudyReports", { studyUid: study.studyUid })).rejects.toMatchObject(study404);
    const { grant } = await ask(room, "searchStudies", { scope: "mine" });
    expect(await searchStudies(grant, parseSearch(new URLSearchParams(), "study"))).toMatchObject({
      studies: [],
    });
  });

  it("its worklist shows the patient no more; the consult itself stays, without the study", async () => {
    const room = await readingRoom();
    const { consultId } = await refer(room);
    expect((await worklist(room)).consults).toMatchObject([{ accessUntil: "2027-05-30T08:00:00.000Z" }]);
    room.clock.advance(days(90));
    expect((await worklist(room)).consults).toEqual([]);
    const { grant } = await ask(room, "getConsult", { consultId });
    expect(await getConsult(grant, { consultId })).toMatchObject({ consultId, status: "requested" });
    await expect(grant.table.get(keys.study(study))).rejects.toThrow("Out of reach");
  });

  it("another consult has renewed it", async () => {
    const room = await readingRoom();
    const first = await refer(room, 1);
    room.clock.advance(days(60));
    const second = await refer(room, 2);
    room.clock.advance(days(60));
    for (const way of [first.scope, second.scope, "mine"])
      await expect(opens(room, way)).resolves.toBeDefined();
  });
});

describe("The county's worklist", () => {
  it("shows emergencies first, then who has waited longest, with enough of the study to choose from", async () => {
    const room = await readingRoom();
    await refer(room, 1);
    await refer(room, 2);
    await refer(room, 3, "stat");
    const { consults } = await worklist(room);
    expect(consults.map(({ consultId }) => consultId)).toEqual([idOf(3), idOf(1), idOf(2)]);
    expect(consults[0]).toMatchObject({
      fromHospital: "town",
      studyUid: study.studyUid,
      scope: `consult-${idOf(3)}`,
      question: "出血量？是否转诊？",
      study: { "00100010": { Value: [{ Ideographic: "单^雄" }] }, "00081030": { Value: ["头颅CT平扫"] } },
    });
  });

  it("is on record with the township whose patients it shows, and as a copy with the county", async () => {
    const room = await readingRoom();
    await refer(room, 1);
    await refer(room, 2);
    await worklist(room);
    const looked = room.table.items("audit").filter(({ action }) => action === "listWorklist");
    const entity = { studyUids: [study.studyUid] };
    expect(looked).toHaveLength(2);
    expect(looked.find(({ copy }) => !copy)).toMatchObject({ hospital: "town", entity });
    expect(looked.find(({ copy }) => copy)).toMatchObject({ agent: { hospital: "county" }, entity });
  });

  it("comes in pages", async () => {
    const room = await readingRoom();
    for (let number = 1; number <= 5; number += 1) await refer(room, number);
    const first = await worklist(room, "requested", { limit: 3 });
    const rest = await worklist(room, "requested", { limit: 3, cursor: first.next });
    expect([...first.consults, ...rest.consults].map(({ consultId }) => consultId)).toEqual(
      [1, 2, 3, 4, 5].map(idOf),
    );
    await expect(worklist(room, "answered", { cursor: first.next })).rejects.toMatchObject({
      type: "invalid-request",
    });
  });

  it("is not the township's", async () => {
    const room = await readingRoom();
    await refer(room);
    const own = await listWorklist(room.atHospital(people.townPhysician), { status: "requested" });
    expect(own.consults).toEqual([]);
  });

  it("moves a consult to the answered ones when the county signs a report on the study", async () => {
    const room = await readingRoom();
    await refer(room, 1);
    await refer(room, 2, "stat");
    await report(room, people.countyRadiologist);
    expect((await worklist(room)).consults).toEqual([]);
    const answered = (await worklist(room, "answered")).consults;
    expect(answered).toMatchObject([
      { consultId: idOf(2), status: "answered", answeredAt: "2027-03-01T08:00:00.000Z" },
      { consultId: idOf(1), status: "answered" },
    ]);
    const consult = await getConsult(room.reading(people.townPhysician), { consultId: idOf(1) });
    expect(consult).toMatchObject({ status: "answered", answeredAt: "2027-03-01T08:00:00.000Z" });
  });

  it("keeps the consult open when the township itself signs something", async () => {
    const room = await readingRoom();
    await refer(room);
    await report(room, people.townRadiologist);
    expect((await worklist(room)).consults).toHaveLength(1);
  });
});
