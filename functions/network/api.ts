import { networkSchemas } from "../../shared/contract/schemas/network.ts";
import { createHospital } from "../../shared/network/create-hospital.ts";
import { selfView } from "../../shared/network/get-self.ts";
import { getHospital, listHospitals } from "../../shared/network/read-hospitals.ts";
import { listQueues, redriveQueue } from "../../shared/network/redrive-queue.ts";
import { environment } from "../environment.ts";
import { api } from "../http.ts";
import { stores } from "../stores.ts";

const region = (): string => environment("settings").region;

/** The network of hospitals, and who the caller is in it. */
export const handler = api("network", {
  schemas: networkSchemas,
  handlers: {
    createHospital: async ({ grant, body, id }) => {
      const { keyService, clock } = stores();
      const created = await createHospital({ keyService, clock, region: region() }, grant, id, body);
      return { status: 201, body: created };
    },
    listHospitals: async ({ grant, query }) => ({
      status: 200,
      body: await listHospitals(grant, region(), query.cursor),
    }),
    getHospital: async ({ grant, params }) => ({
      status: 200,
      body: await getHospital(grant, region(), params.hospital),
    }),
    listQueues: async () => ({ status: 200, body: await listQueues(stores().deadLetters) }),
    redriveQueue: async ({ grant, params }) => ({
      status: 200,
      body: await redriveQueue(grant, stores().deadLetters, params.queue),
    }),
    getSelf: async ({ grant }) => ({ status: 200, body: selfView(grant.caller.principal) }),
  },
});
