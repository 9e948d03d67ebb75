import { beforeEach, describe, expect, it } from "@jest/globals";
import { searchPartitions } from "../../../shared/catalog/keys.ts";
import { parseSearch } from "../../../shared/query/parse-search.ts";
import { searchStudies } from "../../../shared/query/search-studies.ts";
import { defaultStudy, type OrderDesk, orderDesk, staff } from "../../support/order-desk.ts";

let desk: OrderDesk;
let orderId: string;
beforeEach(async () => {
  desk = await orderDesk();
  const name = [{ text: "李四" }, { text: "Li Si" }];
  const order = await desk.order({ accession: "A-1", patientId: "P-2", name, gender: "female" });
  orderId = order.id;
  await desk.scan({ sex: "M" });
  await desk.follow();
});

const identity = (method: "POST" | "DELETE", principal = staff.admin) =>
  desk.ask({ method, path: `/v1/orders/${orderId}/studies/${defaultStudy}/identity`, principal });
const found = async (query: string): Promise<number> => {
  const grant = desk.here.grant("searchStudies");
  return (await searchStudies(grant, parseSearch(new URLSearchParams(query), "study"))).studies.length;
};
const archived = () => desk.here.objects.keys("archive");

describe("a study that was made under the wrong patient on the scanner", () => {
  it("is shown and found under the order's patient, and its findings are settled", async () => {
    const before = await archived();
    const answer = await identity("POST");
    expect(answer.json.supportingInfo[0].extension[0].extension).toContainEqual({
      url: "identity",
      valueCode: "order",
    });
    await desk.follow();
    const { attributes, patientId } = await desk.study();
    expect(patientId).toBe("P-2");
    expect(attributes).toMatchObject({
      "00100010": { Value: [{ Ideographic: "李四", Alphabetic: "Li Si" }] },
      "00100020": { Value: ["P-2"] },
      "00100040": { Value: ["F"] },
      "00080050": { Value: ["A-1"] },
    });
    expect([await found("PatientID=P-2"), await found("PatientName=lisi")]).toEqual([1, 1]);
    expect([await found("PatientID=P-1"), await found("PatientName=wang*")]).toEqual([0, 0]);
    expect(await desk.codes()).toEqual([]);
    expect(await archived()).toEqual(before);
  });

  it("is shown as its images say again, with everything as it was", async () => {
    const before = await desk.study();
    const items = desk.here.table.items().filter(({ type }) => type === "find");
    await identity("POST");
    await desk.follow();
    await identity("DELETE");
    await desk.follow();
    const { attributes, patientId, nameKeys, correctedIdentity } = await desk.study();
    expect({ attributes, patientId, nameKeys }).toEqual({
      attributes: before.attributes,
      patientId: before.patientId,
      nameKeys: before.nameKeys,
    });
    expect(correctedIdentity).toBeUndefined();
    expect(desk.here.table.items().filter(({ type }) => type === "find")).toEqual(items);
    expect(await desk.codes()).toEqual([
      "order-name-differs",
      "order-patient-id-differs",
      "order-sex-differs",
    ]);
  });

  it("keeps no search item of the wrong patient", async () => {
    await identity("POST");
    await desk.follow();
    const wrong = searchPartitions.patientId(desk.hospital, "P-1");
    expect(desk.here.table.items().filter(({ pk }) => pk === wrong)).toEqual([]);
  });

  it("is corrected by an administrator only, and on record", async () => {
    expect((await identity("POST", staff.technician)).status).toBe(403);
    await identity("POST");
    const records = desk.here.table.items("audit").filter(({ action }) => action === "correctIdentity");
    expect(records.map(({ outcome }) => outcome).sort()).toEqual(["denied", "permitted"]);
    expect(records.find(({ outcome }) => outcome === "permitted")).toMatchObject({
      agent: { id: staff.admin.id },
      entity: { orderId, studyUid: defaultStudy },
    });
  });

  it("is corrected once, however often it is asked for", async () => {
    await identity("POST");
    const first = await desk.study();
    await identity("POST");
    expect(await desk.study()).toEqual(first);
  });

  it("must be restored before it is taken from its order, or the order gets another patient", async () => {
    await identity("POST");
    const path = `/v1/orders/${orderId}`;
    const taken = await desk.ask({ method: "DELETE", path: `${path}/studies/${defaultStudy}` });
    expect(taken).toMatchObject({ status: 409, json: { detail: expect.stringContaining("restore") } });
    const body = JSON.parse(JSON.stringify(await desk.get(orderId)).replaceAll("P-2", "P-3"));
    expect((await desk.ask({ method: "PUT", path, body })).status).toBe(409);
  });

  it("cannot be shown under a patient whose name the order does not say", async () => {
    const nameless = await desk.order({ patientId: "P-5", name: [] });
    await desk.ask({ method: "DELETE", path: `/v1/orders/${orderId}/studies/${defaultStudy}` });
    const studyUid = defaultStudy;
    await desk.ask({ method: "POST", path: `/v1/orders/${nameless.id}/studies`, body: { studyUid } });
    orderId = nameless.id;
    expect(await identity("POST")).toMatchObject({ status: 409 });
  });
});
