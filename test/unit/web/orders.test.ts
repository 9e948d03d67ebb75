import { describe, expect, it } from "@jest/globals";
import type { ServiceRequest } from "../../../shared/contract/schemas/order.ts";
import { readOrder } from "../../../web/src/order/read-order.ts";

const order = {
  resourceType: "ServiceRequest",
  id: "01KAMTV8W3C2QJ6J4V4D9Y8F5N",
  meta: { versionId: "2", lastUpdated: "2026-03-01T08:00:00.000Z" },
  contained: [
    {
      resourceType: "Patient",
      id: "patient",
      identifier: [{ value: "P0042" }],
      name: [{ text: "欧阳雪" }, { family: "Ouyang", given: ["Xue"] }],
      gender: "female",
      birthDate: "1961-04-05",
    },
  ],
  identifier: [{ value: "other" }, { type: { coding: [{ code: "ACSN" }] }, value: "A2026-118" }],
  status: "completed",
  intent: "order",
  priority: "stat",
  code: { text: "头颅 CT 平扫" },
  orderDetail: [{ coding: [{ code: "CT" }] }],
  subject: { reference: "#patient" },
  occurrenceDateTime: "2026-03-01T10:00:00Z",
  supportingInfo: [
    {
      extension: [
        {
          extension: [
            { url: "by", valueCode: "hand" },
            { url: "identity", valueCode: "order" },
          ],
        },
      ],
      identifier: { system: "urn:dicom:uid", value: "urn:oid:1.2.3" },
    },
    { identifier: { value: "no study" } },
  ],
} as unknown as ServiceRequest;

describe("an order in a list", () => {
  it("says for whom, what, when, and which studies it has", () => {
    expect(readOrder(order)).toEqual({
      orderId: order.id,
      status: "completed",
      priority: "stat",
      patientName: "欧阳雪 · Ouyang Xue",
      patientId: "P0042",
      birthDate: "1961-04-05",
      gender: "female",
      accession: "A2026-118",
      procedure: "CT · 头颅 CT 平扫",
      date: "2026-03-01",
      studies: [{ studyUid: "1.2.3", corrected: true }],
    });
  });

  it("of a bare one is empty where it says nothing", () => {
    const { contained, identifier, code, orderDetail, supportingInfo, ...bare } = order;
    expect(readOrder({ ...bare, subject: { display: "Li Si" } } as ServiceRequest)).toMatchObject({
      patientName: "Li Si",
      accession: "",
      procedure: "",
      studies: [],
    });
  });
});
