import { beforeEach, describe, expect, it } from "@jest/globals";
import { orderSchemas } from "../../../shared/contract/schemas/order.ts";
import { type OrderDesk, orderDesk, staff } from "../../support/order-desk.ts";
import { wantedOrder } from "../../support/wanted-order.ts";

let desk: OrderDesk;
beforeEach(async () => {
  desk = await orderDesk();
});
const post = (body: object, headers = {}) => desk.ask({ method: "POST", path: "/v1/orders", body, headers });
const list = async (query: string) => (await desk.ask({ method: "GET", path: `/v1/orders?${query}` })).json;
const ids = ({ orders }: { readonly orders: readonly { readonly id: string }[] }) =>
  orders.map(({ id }) => id);

const complete = {
  resourceType: "ServiceRequest",
  status: "active",
  intent: "order",
  priority: "stat",
  identifier: [
    { type: { coding: [{ code: "ACSN" }] }, system: "urn:oid:1.2.3", value: "A-77" },
    { type: { coding: [{ code: "PLAC" }] }, value: "HIS-4711" },
  ],
  contained: [
    {
      resourceType: "Patient",
      id: "p1",
      identifier: [{ system: "urn:oid:1.2.156.1", value: "P-77" }],
      name: [
        { family: "欧阳", given: ["雪"] },
        { family: "Ouyang", given: ["Xue"] },
      ],
      gender: "female",
      birthDate: "1961-11-02",
    },
    { resourceType: "Practitioner", id: "d1", identifier: [{ value: "110105" }], name: [{ text: "王医生" }] },
    {
      resourceType: "PractitionerRole",
      id: "r1",
      practitioner: { reference: "#d1" },
      organization: { display: "急诊科" },
    },
    { resourceType: "Encounter", id: "e1", status: "in-progress", class: { code: "IMP" } },
  ],
  code: { coding: [{ system: "http://loinc.org", code: "30799-1" }], text: "颅脑CT平扫" },
  orderDetail: [{ coding: [{ system: "http://dicom.nema.org/resources/ontology/DCM", code: "CT" }] }],
  bodySite: [{ coding: [{ system: "http://snomed.info/sct", code: "69536005", display: "Head" }] }],
  subject: { reference: "#p1" },
  encounter: { reference: "#e1" },
  requester: { reference: "#r1" },
  occurrenceDateTime: "2027-03-01T09:30:00+08:00",
  authoredOn: "2027-03-01T09:12:00+08:00",
  reasonCode: [{ text: "突发头痛" }],
};

describe("a hospital's information system", () => {
  it("that sends an order again under another key is told which one it is, and makes no second", async () => {
    const first = await post(complete, { "idempotency-key": "attempt-number-one" });
    const again = await post(complete, { "idempotency-key": "attempt-number-two" });
    expect([again.status, again.json.orderId]).toEqual([409, first.json.id]);
    expect(ids(await list("accession=A-77"))).toEqual([first.json.id]);
    const cancelled = { ...complete, status: "revoked" };
    const path = `/v1/orders/${first.json.id}`;
    await desk.ask({
      method: "PUT",
      path,
      body: cancelled,
      headers: { "if-match": first.headers.etag as string },
    });
    expect((await post(complete)).status).toBe(201);
  });

  it("places an order and gets back the resource, its id, version and address", async () => {
    const answer = await post(complete);
    const { id } = answer.json;
    expect(answer.status).toBe(201);
    expect(answer.headers).toMatchObject({
      "content-type": "application/fhir+json",
      location: `https://images.example/api/v1/orders/${id}`,
      etag: 'W/"1"',
    });
    expect(answer.json).toEqual({
      resourceType: "ServiceRequest",
      id,
      meta: { versionId: "1", lastUpdated: "2027-03-01T08:00:00.000Z" },
      contained: [
        {
          resourceType: "Patient",
          id: "patient",
          identifier: [
            {
              type: {
                coding: [{ system: "http://terminology.hl7.org/CodeSystem/v2-0203", code: "MR" }],
              },
              system: "urn:oid:1.2.156.1",
              value: "P-77",
            },
          ],
          name: [
            { text: "欧阳雪", family: "欧阳", given: ["雪"] },
            { text: "Ouyang Xue", family: "Ouyang", given: ["Xue"] },
          ],
          gender: "female",
          birthDate: "1961-11-02",
        },
        {
          resourceType: "PractitionerRole",
          id: "requester",
          identifier: [{ value: "110105" }],
          practitioner: { display: "王医生" },
          organization: { display: "急诊科" },
        },
        {
          resourceType: "Encounter",
          id: "encounter",
          status: "unknown",
          class: { system: "http://terminology.hl7.org/CodeSystem/v3-ActCode", code: "IMP" },
        },
      ],
      identifier: [
        {
          type: { coding: [{ system: "http://terminology.hl7.org/CodeSystem/v2-0203", code: "ACSN" }] },
          system: "urn:oid:1.2.3",
          value: "A-77",
        },
        complete.identifier[1],
      ],
      status: "active",
      intent: "order",
      priority: "stat",
      code: complete.code,
      orderDetail: complete.orderDetail,
      bodySite: complete.bodySite,
      subject: { reference: "#patient", type: "Patient", display: "欧阳雪" },
      encounter: { reference: "#encounter", type: "Encounter" },
      occurrenceDateTime: complete.occurrenceDateTime,
      authoredOn: complete.authoredOn,
      requester: { reference: "#requester", type: "PractitionerRole", display: "王医生" },
      reasonCode: complete.reasonCode,
    });
  });

  it("reads it back by both addresses, as the contract says, and may send it again as it is", async () => {
    const { json } = await post(complete);
    for (const path of [`/v1/orders/${json.id}`, `/fhir/ServiceRequest/${json.id}`]) {
      const answer = await desk.ask({ method: "GET", path });
      expect(answer.json).toEqual(json);
      expect(orderSchemas.getOrder.reply.safeParse(answer.json).error?.issues ?? []).toEqual([]);
    }
    const again = await desk.ask({ method: "PUT", path: `/v1/orders/${json.id}`, body: json });
    expect(again.json).toEqual({ ...json, meta: { ...json.meta, versionId: "2" } });
  });

  it("places one order with a request that was sent twice under one key", async () => {
    const headers = { "Idempotency-Key": "b8f7a5c1-6a55-4e0e-9d55-0a8f63b1c1aa" };
    const first = await post(complete, headers);
    expect((await post(complete, headers)).json).toEqual(first.json);
    expect((await list("status=active")).orders).toHaveLength(1);
  });

  it("needs no more than a patient's id", async () => {
    const { status, json } = await post({
      resourceType: "ServiceRequest",
      subject: { identifier: { value: "P-1" } },
    });
    expect(status).toBe(201);
    expect(json).toMatchObject({
      priority: "routine",
      intent: "order",
      authoredOn: "2027-03-01T08:00:00.000Z",
    });
  });

  it("cannot change an order that somebody else changed meanwhile, when it says what it read", async () => {
    const { id } = await desk.order();
    const change = (version: string) =>
      desk.ask({
        method: "PUT",
        path: `/v1/orders/${id}`,
        body: wantedOrder({ modality: "MR" }),
        headers: { "If-Match": version },
      });
    expect((await change('W/"1"')).status).toBe(200);
    expect((await change('W/"1"')).status).toBe(412);
  });

  it.each<[string, object, string, RegExp]>([
    ["no subject", { subject: undefined }, "body/subject", /is missing/],
    ["a subject without an id", { subject: { display: "王" } }, "body/subject", /identifier of the patient/],
    [
      "a reference that leads nowhere",
      { subject: { reference: "#nobody" } },
      "body/subject/reference",
      /no contained/,
    ],
    [
      "a priority FHIR does not know",
      { priority: "now" },
      "body/priority",
      /one of routine, urgent, asap, stat/,
    ],
    ["another resource", { resourceType: "Task" }, "body/resourceType", /must be one of ServiceRequest/],
    ["a date that is none", { occurrenceDateTime: "tomorrow" }, "body/occurrenceDateTime", /FHIR dateTime/],
    ["an end before its beginning", { status: "completed" }, "body/status", /must be active/],
  ])("is told which member is wrong when it sends %s", async (_, wrong, pointer, detail) => {
    const { status, json } = await post({ ...wantedOrder(), ...wrong });
    expect(status).toBe(400);
    expect(json.errors).toMatchObject([{ pointer, detail: expect.stringMatching(detail) }]);
  });

  it("is never quoted a patient's name in an error", async () => {
    const { json } = await post(wantedOrder({ name: [{ text: "王^小=东" }] }));
    expect(JSON.stringify(json)).not.toContain("王");
    expect(json.errors[0].pointer).toBe("body/contained/0/name/0/text");
  });
});

describe("the list of orders", () => {
  it("is of those without a study, newest first, in pages", async () => {
    const placed: string[] = [];
    for (let number = 0; number < 5; number++) {
      desk.here.clock.advance(1000);
      placed.unshift((await desk.order({ patientId: `P-${number}` })).id);
    }
    const first = await list("limit=3");
    const rest = await list(`limit=3&cursor=${first.next}`);
    expect([...ids(first), ...ids(rest)]).toEqual(placed);
  });

  it("finds an order by accession number and by patient id, whatever its status", async () => {
    const { id } = await desk.order({ accession: "A-1" });
    await desk.order({ patientId: "P-9" });
    await desk.scan({});
    await desk.follow();
    expect(ids(await list("accession=A-1"))).toEqual([id]);
    expect(ids(await list("patient=P-1"))).toEqual([id]);
    expect(ids(await list("status=completed"))).toEqual([id]);
    expect(ids(await list("status=active&patient=P-1"))).toEqual([]);
  });

  it("forgets the old number when an order gets another one", async () => {
    const { id } = await desk.order({ accession: "A-1" });
    const body = wantedOrder({ accession: "A-2" });
    await desk.ask({ method: "PUT", path: `/v1/orders/${id}`, body });
    expect([ids(await list("accession=A-1")), ids(await list("accession=A-2"))]).toEqual([[], [id]]);
  });

  it("is another for every hospital", async () => {
    const { id } = await desk.order();
    const path = "/v1/orders";
    const other = await desk.ask({ method: "GET", path, principal: staff.stranger });
    expect(other.json.orders).toEqual([]);
    expect((await desk.ask({ method: "GET", path: `${path}/${id}`, principal: staff.stranger })).status).toBe(
      404,
    );
  });
});
