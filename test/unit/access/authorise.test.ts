import { beforeEach, describe, expect, it } from "@jest/globals";
import { authorise, type WholeStores } from "../../../shared/access/authorise.ts";
import type { Grant } from "../../../shared/access/grant.ts";
import type { Principal } from "../../../shared/access/principal.ts";
import type { Asked } from "../../../shared/access/resolve.ts";
import { keys } from "../../../shared/catalog/keys.ts";
import { type RouteId, routes } from "../../../shared/contract/routes.ts";
import { Problem } from "../../../shared/errors.ts";
import { type FixedClock, fixedClock } from "../../support/memory/clock.ts";
import { memoryDownloadSigner } from "../../support/memory/download-signer.ts";
import { memoryObjects } from "../../support/memory/objects.ts";
import type { MemoryTable } from "../../support/memory/table.ts";
import { city, county, ids, networkTable, study, village } from "../../support/network.ts";
import { callerFor, testRegion, user, visitor } from "../../support/principals.ts";

let clock: FixedClock;
let table: MemoryTable;
let stores: WholeStores;
beforeEach(async () => {
  clock = fixedClock();
  table = await networkTable();
  const objects = memoryObjects({ clock });
  stores = { table, objects, downloads: memoryDownloadSigner(objects, clock), clock, region: testRegion };
});

async function ask(
  principal: Principal,
  routeId: RouteId,
  params: Readonly<Record<string, string>> = {},
  hospital?: string,
): Promise<Grant> {
  const route = routes.find(({ id }) => id === routeId) as Asked["route"];
  const named = hospital === undefined ? {} : { hospital };
  const access = await authorise(stores, { route, caller: callerFor(principal), params, ...named });
  return access.grant;
}

const refused = (asked: Promise<unknown>) =>
  asked.then(
    () => "permitted",
    (error: unknown) => (error instanceof Problem ? error.type : String(error)),
  );

const countyDoctor = user("radiologist", county.hospital);
const villageDoctor = user("physician", village.hospital);
const cityDoctor = user("radiologist", city.hospital);
const { studyUid, seriesUid, sopUid } = ids;

describe("the root `mine`", () => {
  it("finds the own study and narrows to it", async () => {
    const grant = await ask(villageDoctor, "retrieveStudyMetadata", { scope: "mine", studyUid });
    expect(grant.reach).toEqual({ hospitals: [], studies: [study], grantees: ["hospital-village-1"] });
    expect(grant).toMatchObject({ study, policies: ["physician-own-hospital"] });
  });

  it("finds a study the own hospital was given", async () => {
    const grant = await ask(countyDoctor, "retrieveStudyMetadata", { scope: "mine", studyUid });
    expect(grant).toMatchObject({ study, hospital: county, policies: ["clinician-granted-study"] });
  });

  it("finds nothing for a stranger", async () => {
    const asked = ask(cityDoctor, "retrieveStudyMetadata", { scope: "mine", studyUid });
    expect(await refused(asked)).toBe("not-found");
  });

  it("names the roots when two hospitals hold the study", async () => {
    const own = { ...county, studyUid };
    await table.write([{ op: "put", item: { ...keys.study(own), type: "study", ...own } }]);
    const asked = ask(countyDoctor, "retrieveStudyMetadata", { scope: "mine", studyUid });
    await expect(asked).rejects.toMatchObject({
      type: "ambiguous-study",
      extensions: { roots: ["hospital-county-1", "hospital-village-1"] },
    });
    for (const hospital of ["county-1", "village-1"]) {
      const grant = await ask(countyDoctor, "retrieveFrame", { scope: `hospital-${hospital}`, studyUid });
      expect(grant.study).toEqual({ region: testRegion, hospital, studyUid });
      expect((await ask(countyDoctor, "getStudy", { studyUid }, hospital)).study?.hospital).toBe(hospital);
    }
  });

  it("searches the own hospital and what it was given", async () => {
    const grant = await ask(countyDoctor, "searchStudies", { scope: "mine" });
    expect(grant.reach).toEqual({ hospitals: [county], studies: [], grantees: ["hospital-county-1"] });
  });

  it("is nothing to those without a hospital", async () => {
    const asked = ask(user("physician"), "searchStudies", { scope: "mine" });
    expect(await refused(asked)).toBe("forbidden");
  });
});

describe("another hospital's root", () => {
  it("shows the study that was given, and cannot be searched", async () => {
    const scope = `hospital-${village.hospital}`;
    const grant = await ask(countyDoctor, "retrieveInstance", { scope, studyUid, seriesUid, sopUid });
    expect(grant.reach.studies).toEqual([study]);
    expect(await refused(ask(countyDoctor, "searchStudies", { scope }))).toBe("not-found");
  });

  it("shows nothing once the access has expired", async () => {
    const key = keys.studyAccess("hospital-county-1", study);
    const expiresAt = Math.floor(clock.now().getTime() / 1000) + 60;
    await table.write([{ op: "update", key, set: { expiresAt } }]);
    const asked = () => ask(countyDoctor, "getStudy", { studyUid });
    expect(await refused(asked())).toBe("permitted");
    clock.advance(60_000);
    expect(await refused(asked())).toBe("not-found");
  });
});

describe("a consult's root", () => {
  const scope = `consult-${ids.consultId}`;

  it("shows its study to both ends", async () => {
    for (const doctor of [villageDoctor, countyDoctor]) {
      const grant = await ask(doctor, "retrieveSeriesMetadata", { scope, studyUid, seriesUid });
      expect(grant.study).toEqual(study);
    }
  });

  it("shows no other study, and nothing to a third hospital", async () => {
    const other = ask(countyDoctor, "retrieveStudyMetadata", { scope, studyUid: "4.5.6" });
    expect(await refused(other)).toBe("not-found");
    expect(await refused(ask(cityDoctor, "retrieveStudyMetadata", { scope, studyUid }))).toBe("not-found");
  });

  it("closes when its access is taken back", async () => {
    await table.write(
      [`consult-${ids.consultId}`, "hospital-county-1"].map((grantee) => ({
        op: "delete",
        key: keys.studyAccess(grantee, study),
      })),
    );
    const asked = ask(countyDoctor, "retrieveStudyMetadata", { scope, studyUid });
    expect(await refused(asked)).toBe("not-found");
  });
});

describe("a link's root", () => {
  const scope = `share-${ids.shareId}`;
  const guest = visitor(ids.shareId);

  it("shows its study to the link's visitor", async () => {
    const grant = await ask(guest, "retrieveFrame", { scope, studyUid, seriesUid, sopUid, frame: "1" });
    expect(grant.reach).toEqual({ hospitals: [], studies: [study], grantees: [scope] });
    expect(grant.policies).toEqual(["visitor-shared-study"]);
  });

  it("gives whole files only when the link allows downloads", async () => {
    const asked = () => ask(guest, "retrieveInstance", { scope, studyUid, seriesUid, sopUid });
    expect(await refused(asked())).toBe("not-found");
    const key = keys.studyAccess(scope, study);
    await table.write([{ op: "update", key, set: { permissions: ["view", "download"] } }]);
    expect(await refused(asked())).toBe("permitted");
  });

  it("shows no images when the link is to a report only", async () => {
    await table.write([{ op: "update", key: keys.studyAccess(scope, study), set: { permissions: [] } }]);
    expect(await refused(ask(guest, "retrieveStudyMetadata", { scope, studyUid }))).toBe("not-found");
    expect((await ask(guest, "getOpenedShare")).study).toEqual(study);
  });

  it.each<[string, Readonly<Record<string, string>>]>([
    ["another study", { scope, studyUid: "4.5.6" }],
    ["another link's root", { scope: "share-ANOTHER", studyUid }],
    ["the hospital's root", { scope: "hospital-village-1", studyUid }],
    ["everything", { scope: "mine", studyUid }],
  ])("does not show %s", async (_, params) => {
    expect(await refused(ask(guest, "retrieveStudyMetadata", params))).toBe("not-found");
  });

  it("is not a door for the hospital's own staff", async () => {
    expect(await refused(ask(villageDoctor, "retrieveStudyMetadata", { scope, studyUid }))).toBe("not-found");
  });

  it.each([
    ["revoked", { revokedAt: "2027-03-01T08:00:00.000Z" }],
    ["expired", { expiresAt: "2027-03-01T08:00:00.000Z" }],
  ])("closes the moment the link is %s", async (_, set) => {
    await table.write([{ op: "update", key: keys.share(ids.shareId), set }]);
    expect(await refused(ask(guest, "retrieveStudyMetadata", { scope, studyUid }))).toBe("not-found");
    expect(await refused(ask(guest, "getOpenedShare"))).toBe("not-found");
  });
});

describe("a refusal", () => {
  it("is on record under the caller's own hospital, with what was asked for", async () => {
    await refused(ask(cityDoctor, "getReport", { reportId: ids.reportId }));
    expect(table.items("audit")).toMatchObject([
      {
        action: "getReport",
        outcome: "denied",
        hospital: city.hospital,
        entity: { reportId: ids.reportId },
        agent: { id: cityDoctor.id },
      },
    ]);
  });

  it("looks the same for what is another's and what is not there", async () => {
    const about = (reportId: string) =>
      ask(cityDoctor, "getReport", { reportId }).catch(({ type, detail, extensions }: Problem) => ({
        type,
        detail,
        extensions,
      }));
    expect(await about(ids.reportId)).toEqual(await about("01JNOSVCHREPORT00000000000"));
  });

  it("of those without a hospital is on record under the network", async () => {
    await refused(ask(user("network-operator"), "getStudy", { studyUid }));
    expect(table.items("audit")).toMatchObject([{ hospital: "_network", outcome: "denied" }]);
  });
});

describe("the audit", () => {
  it("of a referred study belongs to the hospital that owns it, with a copy for the reader's own", async () => {
    const grant = await ask(countyDoctor, "getStudy", { studyUid });
    await grant.audit({});
    const record = {
      hospital: village.hospital,
      agent: { hospital: county.hospital },
      entity: { studyUid },
      policies: ["clinician-granted-study"],
    };
    const partition = ({ hospital }: typeof village) =>
      expect.stringContaining(`AUDIT#${testRegion}#${hospital}#`);
    expect(table.items("audit")).toMatchObject([
      { ...record, pk: partition(county), copy: true },
      { ...record, pk: partition(village) },
    ]);
  });

  it("can be written in the use case's own transaction", async () => {
    const grant = await ask(countyDoctor, "createReport", { studyUid });
    const report = { ...keys.report("NEW"), type: "report", ...study };
    await grant.table.write([{ op: "put", item: report }, ...grant.auditWrites({ reportId: "NEW" })]);
    const record = { entity: { studyUid, reportId: "NEW" } };
    expect(table.items("audit")).toMatchObject([record, record]);
  });

  it("never says the name of who asked, since a patient may", async () => {
    const grant = await ask(villageDoctor, "getStudy", { studyUid });
    await grant.audit({});
    expect(JSON.stringify(table.items("audit"))).not.toContain(villageDoctor.name);
  });
});
