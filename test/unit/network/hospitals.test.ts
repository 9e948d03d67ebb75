import { describe, expect, it } from "@jest/globals";
import type { HospitalItem } from "../../../shared/catalog/items.ts";
import { keys } from "../../../shared/catalog/keys.ts";
import { createHospital } from "../../../shared/network/create-hospital.ts";
import { selfView } from "../../../shared/network/get-self.ts";
import { getHospital, listHospitals } from "../../../shared/network/read-hospitals.ts";
import { testGrant } from "../../support/grant.ts";
import { fixedClock } from "../../support/memory/clock.ts";
import { memoryKeys } from "../../support/memory/keys.ts";
import { memoryTable } from "../../support/memory/table.ts";
import { testRegion, user } from "../../support/principals.ts";

const id = (n: number) => `01J0000000000000000000000${n}`;

function network() {
  const table = memoryTable();
  const keyService = memoryKeys();
  const clock = fixedClock();
  const deps = { keyService, clock, region: testRegion };
  const grant = testGrant({ principal: user("network-operator"), action: "createHospital", table, clock });
  const village = (hospital: string, keyGroup?: string, request = 1) =>
    createHospital(deps, grant, id(request), {
      hospital,
      name: `${hospital} clinic`,
      tier: "village",
      ...(keyGroup !== undefined && { keyGroup }),
    });
  return { table, keyService, grant, village, clock };
}

describe("a network operator", () => {
  it("onboards a hospital with a key of its own", async () => {
    const { village, keyService, table } = network();
    expect(await village("liujia-village")).toMatchObject({ tier: "village", keyGroup: "liujia-village" });
    const stored = await table.get(keys.hospital({ region: testRegion, hospital: "liujia-village" }));
    expect((stored as HospitalItem).keyArn).toBe(keyService.groups().get("liujia-village"));
    expect(table.items("audit")).toMatchObject([{ action: "createHospital", hospital: "liujia-village" }]);
  });

  it("lets the villages of a county share its key", async () => {
    const { village, keyService } = network();
    await village("liujia-village", "qinghe", 1);
    await village("wangjia-village", "qinghe", 2);
    expect(keyService.groups().size).toBe(1);
  });

  it("makes one key when two hospitals of a group come at once, and the one turned away comes again", async () => {
    const { village, keyService } = network();
    let made = 0;
    const create = keyService.createGroupKey;
    keyService.createGroupKey = (group) => {
      made++;
      return create(group);
    };
    const settled = await Promise.allSettled([
      village("liujia-village", "qinghe", 1),
      village("wangjia-village", "qinghe", 2),
    ]);
    expect(made).toBe(1);
    const refused = settled.filter(({ status }) => status === "rejected");
    expect(refused).toMatchObject([{ reason: { name: "Transient" } }]);
    await village("liujia-village", "qinghe", 1);
    await village("wangjia-village", "qinghe", 2);
    expect(made).toBe(1);
  });

  it("can go on after two minutes where a run died while it made the key", async () => {
    const { village, keyService, clock } = network();
    const create = keyService.createGroupKey;
    keyService.createGroupKey = () => Promise.reject(new Error("killed"));
    await expect(village("liujia-village", "qinghe", 1)).rejects.toThrow("killed");
    keyService.createGroupKey = create;
    await expect(village("wangjia-village", "qinghe", 2)).rejects.toMatchObject({ name: "Transient" });
    clock.advance(121_000);
    expect(await village("wangjia-village", "qinghe", 2)).toMatchObject({ keyGroup: "qinghe" });
  });

  it("cannot give an id out twice, but may repeat a request whose answer was lost", async () => {
    const { village } = network();
    const first = await village("liujia-village", undefined, 1);
    expect(await village("liujia-village", undefined, 1)).toEqual(first);
    await expect(village("liujia-village", undefined, 2)).rejects.toMatchObject({ type: "conflict" });
  });

  it("lists the hospitals without their keys", async () => {
    const { village, grant } = network();
    await village("liujia-village", undefined, 1);
    await village("anle-village", undefined, 2);
    const { hospitals } = await listHospitals(grant, testRegion);
    expect(hospitals.map(({ hospital }) => hospital)).toEqual(["anle-village", "liujia-village"]);
    expect(JSON.stringify(hospitals)).not.toContain("arn:");
    await expect(getHospital(grant, testRegion, "nowhere")).rejects.toMatchObject({ type: "not-found" });
  });
});

describe("a person who asks who they are", () => {
  it("sees what the token says", () => {
    expect(selfView(user("radiologist", "city-1"))).toMatchObject({
      roles: ["radiologist"],
      hospital: "city-1",
    });
  });
});
