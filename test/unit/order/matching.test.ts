import { beforeEach, describe, expect, it } from "@jest/globals";
import { applyChanges } from "../../../shared/catalog/apply-changes.ts";
import { followStudy } from "../../../shared/order/follow-study.ts";
import type { Item } from "../../../shared/ports.ts";
import { memoryQueue } from "../../support/memory/queue.ts";
import { defaultStudy, type OrderDesk, orderDesk, staff } from "../../support/order-desk.ts";

let desk: OrderDesk;
beforeEach(async () => {
  desk = await orderDesk();
});
const studiesOf = async (orderId: string): Promise<readonly string[]> =>
  ((await desk.get(orderId)).supportingInfo ?? []).map(
    ({ identifier }) => (identifier as { value: string }).value,
  );
const oid = `urn:oid:${defaultStudy}`;

describe("a study that arrives after its order", () => {
  it("is matched by accession number: the order is completed, the study names it, an event and a record say so", async () => {
    const { id } = await desk.order({ accession: "A-1", patientId: "another" });
    await desk.scan({});
    await desk.follow();
    expect(await desk.get(id)).toMatchObject({ status: "completed" });
    expect(await studiesOf(id)).toEqual([oid]);
    expect(await desk.study()).toMatchObject({ orderId: id, orderBy: "accession" });
    expect(desk.events.published()).toContainEqual({
      type: "OrderMatched.v1",
      detail: { ...desk.hospital, orderId: id, studyUid: defaultStudy, by: "accession" },
    });
    const records = desk.here.table.items("audit").filter(({ action }) => action === "matchStudy");
    expect(records).toMatchObject([
      { agent: { id: "machine:order" }, entity: { studyUid: defaultStudy, orderId: id } },
    ]);
  });

  it.each([
    ["the day", "2026-02-14", "completed"],
    ["three days before", "2026-02-11", "completed"],
    ["three days after", "2026-02-17", "completed"],
    ["four days before", "2026-02-10", "active"],
    ["four days after", "2026-02-18", "active"],
  ])(
    "without a number is matched by patient id when it was ordered for %s or is not",
    async (_, day, status) => {
      const { id } = await desk.order({ day });
      await desk.scan({ accession: "" });
      await desk.follow();
      expect(await desk.get(id)).toMatchObject({ status });
    },
  );

  it.each([
    ["another modality", { modality: "DX" }],
    ["another patient", { patientId: "P-2" }],
    ["another accession number, perhaps not entered yet,", { accession: "A-2" }],
  ])("is not matched to an order for %s", async (_, wanted) => {
    const { id } = await desk.order(wanted);
    await desk.scan({});
    await desk.follow();
    expect(await desk.get(id)).toMatchObject({ status: "active" });
    expect((await desk.study()).orderId).toBeUndefined();
  });

  it("is not matched to a cancelled order", async () => {
    const { id } = await desk.order({ accession: "A-1" });
    const cancelled = await desk.ask({
      method: "PUT",
      path: `/v1/orders/${id}`,
      body: { ...(await desk.get(id)), status: "revoked" },
    });
    expect(cancelled.json).toMatchObject({ status: "revoked" });
    await desk.scan({});
    await desk.follow();
    expect((await desk.study()).orderId).toBeUndefined();
  });

  it("never is another hospital's order's", async () => {
    await desk.ask({
      method: "POST",
      path: "/v1/orders",
      principal: staff.stranger,
      body: {
        resourceType: "ServiceRequest",
        subject: { identifier: { value: "P-1" } },
        identifier: [{ type: { coding: [{ code: "ACSN" }] }, value: "A-1" }],
      },
    });
    await desk.scan({});
    await desk.follow();
    expect((await desk.study()).orderId).toBeUndefined();
  });
});

describe("an order that arrives after its study", () => {
  it("finds it by accession number", async () => {
    await desk.scan({});
    await desk.follow();
    const { id } = await desk.order({ accession: "A-1" });
    await desk.follow();
    expect(await studiesOf(id)).toEqual([oid]);
  });

  it("finds it by patient id and date", async () => {
    await desk.scan({ accession: "" });
    await desk.follow();
    const { id } = await desk.order();
    await desk.follow();
    expect(await studiesOf(id)).toEqual([oid]);
  });

  it("finds it when somebody corrects the order's patient id", async () => {
    await desk.scan({ accession: "" });
    const { id } = await desk.order({ patientId: "P-l" });
    await desk.follow();
    expect(await studiesOf(id)).toEqual([]);
    const order = JSON.stringify(await desk.get(id)).replace('"P-l"', '"P-1"');
    await desk.ask({ method: "PUT", path: `/v1/orders/${id}`, body: JSON.parse(order) });
    await desk.follow();
    expect(await studiesOf(id)).toEqual([oid]);
    expect(await desk.unmatched()).toEqual([]);
  });
});

describe("an order that arrives while its study is being indexed", () => {
  /** The stream's consumer meets every prefix of what ingest wrote, the order's own change at every place among them. */
  it.each([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10])("is matched once, whichever is seen first (%i)", async (at) => {
    const { stream, here, events } = desk;
    const deps = {
      table: stream.table,
      objects: here.objects,
      clock: here.clock,
      events,
      queue: memoryQueue(),
    };
    let left = at;
    let placed: Promise<{ id: string }> | undefined;
    here.table.before(({ operation }) => {
      if (operation !== "write" || placed || left-- > 0) return;
      placed = desk.order({ accession: "A-1" });
    });
    await desk.scan({});
    const { id } = await (placed ?? desk.order({ accession: "A-1" }));
    const changes = stream.drain();
    for (const change of changes) expect(await applyChanges(deps, [change])).toBeUndefined();
    expect(await applyChanges(deps, changes)).toBeUndefined();
    await desk.follow();
    expect(await studiesOf(id)).toEqual([oid]);
    expect(await desk.get(id)).toMatchObject({ status: "completed" });
  });
});

describe("orders nobody can tell apart", () => {
  it("leave the study unmatched with both as candidates, until one of them is chosen", async () => {
    const first = await desk.order();
    const second = await desk.order();
    await desk.scan({ accession: "" });
    await desk.follow();
    const [unmatched] = await desk.unmatched();
    expect(unmatched).toMatchObject({ studyUid: defaultStudy });
    expect([...(unmatched?.candidates ?? [])].sort()).toEqual([first.id, second.id].sort());
    expect(await desk.findings()).toMatchObject([{ code: "order-unclear", values: { candidates: 2 } }]);
    const chosen = await desk.ask({
      method: "POST",
      path: `/v1/orders/${second.id}/studies`,
      body: { studyUid: defaultStudy },
    });
    expect(chosen.json).toMatchObject({ status: "completed" });
    await desk.follow();
    expect(await desk.unmatched()).toEqual([]);
    expect(await desk.codes()).toEqual([]);
    expect(await desk.study()).toMatchObject({ orderId: second.id, orderBy: "hand" });
  });

  it("are told apart by modality", async () => {
    const head = await desk.order({ modality: "CT" });
    const chest = await desk.order({ modality: "DX" });
    await desk.scan({ accession: "", modality: "DX" });
    await desk.follow();
    expect([await studiesOf(head.id), await studiesOf(chest.id)]).toEqual([[], [oid]]);
  });

  it("are one less when one of them has its study", async () => {
    const first = await desk.order({ accession: "A-1" });
    const second = await desk.order();
    await desk.scan({ accession: "A-1" });
    await desk.follow();
    await desk.scan({ studyUid: "1.2.826.2", accession: "" });
    await desk.follow();
    expect(await studiesOf(first.id)).toEqual([oid]);
    expect(await studiesOf(second.id)).toEqual(["urn:oid:1.2.826.2"]);
  });
});

it("a study is not called unmatched while its first series is still being written", async () => {
  const { id } = await desk.order();
  await desk.scan({ accession: "" });
  const { table, clock, hospital } = desk.here;
  const series = table.items().find(({ type }) => type === "series") as Item;
  await table.write([{ op: "delete", key: { pk: series.pk, sk: series.sk } }]);
  await followStudy({ table, clock, windowDays: 3 }, { ...hospital, studyUid: defaultStudy });
  expect([await desk.codes(), await desk.unmatched()]).toEqual([[], []]);
  await desk.stream.table.write([{ op: "put", item: series }]);
  await desk.follow();
  expect(await studiesOf(id)).toEqual([oid]);
});

describe("a hospital that works without orders", () => {
  it("is told nothing about unmatched studies", async () => {
    await desk.scan({});
    await desk.follow();
    expect(await desk.unmatched()).toEqual([]);
    expect(await desk.codes()).toEqual([]);
  });

  it("neither when its last order is a month old", async () => {
    await desk.order({ patientId: "P-9" });
    await desk.follow();
    desk.here.clock.advance(31 * 24 * 60 * 60 * 1000);
    await desk.scan({});
    await desk.follow();
    expect(await desk.unmatched()).toEqual([]);
  });

  it("but is, as soon as it places orders", async () => {
    await desk.order({ patientId: "P-9" });
    await desk.scan({});
    await desk.follow();
    expect(await desk.unmatched()).toMatchObject([{ studyUid: defaultStudy, candidates: [] }]);
    expect(await desk.codes()).toEqual(["order-none"]);
  });
});

describe("a match that was wrong", () => {
  it("is undone by hand, and from then on only people match the study", async () => {
    const { id } = await desk.order({ accession: "A-1" });
    await desk.scan({});
    await desk.follow();
    const path = `/v1/orders/${id}/studies/${defaultStudy}`;
    expect((await desk.ask({ method: "DELETE", path })).json).toMatchObject({ status: "active" });
    await desk.follow();
    expect(await desk.unmatched()).toMatchObject([{ studyUid: defaultStudy, candidates: [id] }]);
    expect((await desk.ask({ method: "DELETE", path })).status).toBe(404);
    await desk.scan({ seriesUid: `${defaultStudy}.9` });
    await desk.follow();
    expect(await studiesOf(id)).toEqual([]);
  });

  it("cannot be made by hand over another one", async () => {
    const first = await desk.order({ accession: "A-1" });
    const second = await desk.order({ patientId: "P-9" });
    await desk.scan({});
    await desk.follow();
    const answer = await desk.ask({
      method: "POST",
      path: `/v1/orders/${second.id}/studies`,
      body: { studyUid: defaultStudy },
    });
    expect(answer).toMatchObject({ status: 409, json: { orderId: first.id } });
  });

  it("keeps its order from being cancelled", async () => {
    const { id } = await desk.order({ accession: "A-1" });
    await desk.scan({});
    await desk.follow();
    const body = { ...(await desk.get(id)), status: "revoked" };
    expect((await desk.ask({ method: "PUT", path: `/v1/orders/${id}`, body })).status).toBe(409);
  });
});
