import { beforeEach, describe, expect, it } from "@jest/globals";
import { findingKinds } from "../../../shared/contract/findings.ts";
import { type OrderDesk, orderDesk } from "../../support/order-desk.ts";
import type { Slice } from "../../support/slices.ts";
import type { Wanted } from "../../support/wanted-order.ts";

let desk: OrderDesk;
beforeEach(async () => {
  desk = await orderDesk();
});

const snomed = "http://snomed.info/sct";
const bodySite = (...codes: readonly string[]) => [
  { coding: codes.map((code) => ({ system: snomed, code })) },
];
const [left, right, both, knee, chest, head] = [
  "7771000",
  "24028007",
  "51440002",
  "72696002",
  "51185008",
  "69536005",
];

async function compare(wanted: Wanted, image: Slice): Promise<readonly string[]> {
  await desk.order({ accession: "A-1", ...wanted });
  await desk.scan(image);
  await desk.follow();
  expect((await desk.study(image.studyUid)).orderId).toBeDefined();
  return desk.codes(image.studyUid);
}

describe("a technician is told, before the patient leaves, that", () => {
  it.each<[string, Wanted, Slice, string]>([
    ["the name is another's", { name: [{ text: "王晓东" }] }, {}, "order-name-differs"],
    [
      "the name is another's in pinyin",
      { name: [{ text: "李四" }] },
      { patientName: "Wang^Wu" },
      "order-name-differs",
    ],
    ["the patient id is another's", { patientId: "P-2" }, {}, "order-patient-id-differs"],
    [
      "the birth date differs",
      { birthDate: "1980-05-06" },
      { birthDate: "19800605" },
      "order-birth-date-differs",
    ],
    [
      "the year of birth differs",
      { birthDate: "1980" },
      { birthDate: "19810605" },
      "order-birth-date-differs",
    ],
    ["the sex differs", { gender: "female" }, { sex: "M" }, "order-sex-differs"],
    ["the modality differs", { modality: "MR" }, {}, "order-modality-differs"],
    [
      "the body part differs",
      { bodySite: bodySite(chest as string) },
      { bodyPart: "KNEE" },
      "order-body-part-differs",
    ],
    [
      "the side differs",
      { bodySite: bodySite(knee as string, left as string) },
      { bodyPart: "KNEE", laterality: "R" },
      "order-laterality-differs",
    ],
  ])("%s", async (_, wanted, image, code) => {
    expect(await compare(wanted, image)).toEqual([code]);
  });

  it("the side differs, where each X-ray image says its own", async () => {
    const wanted = { modality: "DX", bodySite: bodySite(knee as string, right as string) };
    expect(await compare(wanted, { modality: "DX", imageLaterality: "L" })).toEqual([
      "order-laterality-differs",
    ]);
    expect(await desk.findings()).toMatchObject([
      { severity: "action", values: { ordered: "R", made: "L" } },
    ]);
  });

  it("everything differs, in one finding each, and none of them holds a patient's data", async () => {
    const wanted = { name: [{ text: "李四" }], patientId: "P-2", birthDate: "1980-05-06", gender: "female" };
    await compare(wanted, { birthDate: "19990101", sex: "M" });
    const told = JSON.stringify(await desk.findings());
    expect(await desk.codes()).toHaveLength(4);
    for (const secret of ["李四", "P-2", "P-1", "1980", "1999", "王"]) expect(told).not.toContain(secret);
  });
});

describe("nothing is said where", () => {
  it.each<[string, Wanted, Slice]>([
    [
      "name, birth date and sex agree",
      { birthDate: "1980-05-06", gender: "male" },
      { birthDate: "19800506", sex: "M" },
    ],
    ["the order's hanzi are the image's pinyin", { name: [{ text: "张伟" }] }, { patientName: "ZHANG WEI" }],
    [
      "the order's Latin name is the image's hanzi",
      { name: [{ text: "Zhang Wei" }] },
      { patientName: "=张伟" },
    ],
    ["only the month of birth is known", { birthDate: "1980-05" }, { birthDate: "19800506" }],
    ["the image does not say the sex", { gender: "male" }, {}],
    ["a head was ordered and a brain imaged", { bodySite: bodySite(head as string) }, { bodyPart: "BRAIN" }],
    ["both sides were ordered and one came", { bodySite: bodySite(both as string) }, { laterality: "L" }],
  ])("%s", async (_, wanted, image) => {
    expect(await compare(wanted, image)).toEqual([]);
  });

  it("a structured report lies beside the ordered images", async () => {
    await desk.order({ accession: "A-1" });
    await desk.scan({}, { seriesUid: "1.2.826.1.2", sopUid: "1.2.826.1.2.1", modality: "SR" });
    await desk.follow();
    expect(await desk.codes()).toEqual([]);
  });
});

describe("a finding goes", () => {
  it("when the order is corrected, and comes when it is broken", async () => {
    const order = await desk.order({ accession: "A-1", name: [{ text: "李四" }] });
    await desk.scan({});
    await desk.follow();
    expect(await desk.codes()).toEqual(["order-name-differs"]);
    const change = async (from: string, to: string) => {
      const body = JSON.parse(JSON.stringify(await desk.get(order.id)).replaceAll(from, to));
      const { status } = await desk.ask({ method: "PUT", path: `/v1/orders/${order.id}`, body });
      expect(status).toBe(200);
      await desk.follow();
      return desk.codes();
    };
    expect(await change("李四", "王小东")).toEqual([]);
    expect(await change("王小东", "王五")).toEqual(["order-name-differs"]);
  });

  it("when a series of the right side follows, only of that series' own", async () => {
    await desk.order({ accession: "A-1", bodySite: bodySite(left as string) });
    await desk.scan(
      { laterality: "R" },
      { seriesUid: "1.2.826.1.2", sopUid: "1.2.826.1.2.1", laterality: "L" },
    );
    await desk.follow();
    expect(await desk.findings()).toMatchObject([{ code: "order-laterality-differs", of: "1.2.826.1.1" }]);
  });
});

it("every finding of an order says in both languages what is wrong and what to do", () => {
  const kinds = Object.entries(findingKinds).filter(([, { source }]) => source === "order");
  expect(kinds).toHaveLength(9);
  for (const [, { en, zh }] of kinds) {
    expect([en.what, en.do]).toEqual([
      expect.stringMatching(/^[A-Z{].*\.$/),
      expect.stringMatching(/^[A-Z].*\.$/),
    ]);
    expect([zh.what, zh.do]).toEqual([
      expect.stringMatching(/\p{Script=Han}.*。$/u),
      expect.stringMatching(/\p{Script=Han}.*。$/u),
    ]);
  }
});
