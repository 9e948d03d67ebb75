/** A county hospital that works with orders, on stores in memory: its API, its scanner, and the table's stream behind both. */
import { orderApi } from "../../functions/order/api.ts";
import { type FindingItem, readFindings } from "../../shared/catalog/findings.ts";
import type { StudyItem } from "../../shared/catalog/items.ts";
import { type HospitalKey, keys } from "../../shared/catalog/keys.ts";
import type { ServiceRequest } from "../../shared/contract/schemas/order.ts";
import { type Answer, type Call, callApi, testKernel } from "./api.ts";
import { type Clinic, clinic, followStream } from "./clinic.ts";
import { memoryDownloadSigner } from "./memory/download-signer.ts";
import { type MemoryEventBus, memoryEventBus } from "./memory/event-bus.ts";
import { memoryQueue } from "./memory/queue.ts";
import { user } from "./principals.ts";
import { type Slice, sliceFile } from "./slices.ts";
import { type StreamedTable, streamed } from "./stream.ts";
import { type Wanted, wantedOrder } from "./wanted-order.ts";

const hospital = "qinghe-county";
export const staff = {
  technician: user("technician", hospital),
  physician: user("physician", hospital),
  admin: user("hospital-admin", hospital),
  stranger: user("technician", "elsewhere"),
};

export interface OrderDesk {
  readonly here: Clinic;
  readonly stream: StreamedTable;
  readonly events: MemoryEventBus;
  readonly hospital: HospitalKey;
  ask(call: Call): Promise<Answer>;
  /** Places an order and answers it. Its matching waits for `follow`. */
  order(given?: Wanted): Promise<ServiceRequest>;
  get(orderId: string): Promise<ServiceRequest>;
  /** A scanner sends images, which are ingested. What follows from them waits for `follow`. */
  scan(...slices: readonly Slice[]): Promise<void>;
  /** Everything that follows from what was written. */
  follow(): Promise<void>;
  study(studyUid?: string): Promise<StudyItem>;
  findings(studyUid?: string): Promise<readonly FindingItem[]>;
  codes(studyUid?: string): Promise<readonly string[]>;
  unmatched(): Promise<readonly { studyUid: string; candidates: readonly string[] }[]>;
}

export const defaultStudy = "1.2.826.1";

export async function orderDesk(): Promise<OrderDesk> {
  const here = await clinic(hospital);
  const stream = streamed(here.table);
  const events = memoryEventBus();
  const { objects, clock } = here;
  const downloads = memoryDownloadSigner(objects, clock);
  const kernel = { ...testKernel(clock), table: stream.table, objects, downloads };
  const handler = orderApi(
    () => clock,
    () => kernel,
  );
  const ask = (call: Call) => callApi(handler, { principal: staff.technician, ...call });
  const key = (studyUid = defaultStudy) => ({ ...here.hospital, studyUid });
  const desk: OrderDesk = {
    here,
    stream,
    events,
    hospital: here.hospital,
    ask,
    async order(given) {
      const { status, json } = await ask({ method: "POST", path: "/v1/orders", body: wantedOrder(given) });
      if (status !== 201) throw new Error(`The test's own order was refused: ${JSON.stringify(json)}`);
      return json;
    },
    get: async (orderId) => (await ask({ method: "GET", path: `/v1/orders/${orderId}` })).json,
    async scan(...slices) {
      const { landed } = await here.send(slices.map((slice) => sliceFile(slice)));
      for (const event of landed) await here.ingest(event, { table: stream.table });
    },
    follow: () => followStream({ objects, clock, events, queue: memoryQueue() }, stream),
    study: async (studyUid) => (await here.table.get(keys.study(key(studyUid)))) as StudyItem,
    findings: (studyUid) => readFindings(here.table, key(studyUid)),
    codes: async (studyUid) =>
      (await readFindings(here.table, key(studyUid)))
        .filter(({ source }) => source === "order")
        .map(({ code }) => code),
    unmatched: async () => {
      const { json } = await ask({ method: "GET", path: "/v1/orders/unmatched-studies" });
      return json.studies;
    },
  };
  return desk;
}
