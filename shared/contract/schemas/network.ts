/** Requests and answers of the network's routes. */
import * as z from "zod/mini";
import { roles } from "../../access/principal.ts";
import { tiers } from "../../catalog/items.ts";
import { redrivenQueues } from "../../ports.ts";
import { hospitalId, instant } from "./identifiers.ts";

const createHospitalBody = z.strictObject({
  hospital: hospitalId,
  name: z.string().check(z.minLength(1), z.maxLength(200)),
  tier: z.enum(tiers),
  keyGroup: z.optional(
    hospitalId.check(
      z.describe("Hospitals that share an encryption key, such as a county's; default its own"),
    ),
  ),
});

const hospital = z.object({
  region: z.string(),
  hospital: hospitalId,
  name: z.string(),
  tier: z.enum(tiers),
  keyGroup: z.string(),
  createdAt: instant,
});

const self = z.object({
  id: z.string(),
  kind: z.enum(["user", "machine", "share"]),
  name: z.string(),
  roles: z.array(z.enum(roles)),
  hospital: z.optional(hospitalId),
  licence: z.optional(z.string()),
  authenticatedAt: z.optional(instant),
  scopes: z.array(z.string()),
});

const count = z.int().check(z.nonnegative());
const queueName = z.enum(redrivenQueues);
const queueView = z.object({
  queue: queueName,
  waiting: count.check(z.describe("Messages in the queue or being worked on, about")),
  dead: count.check(z.describe("Messages that failed twelve times, about")),
});
const redriveReply = z.object({
  ...queueView.shape,
  redriven: count.check(z.describe("Dead letters that this request sent back")),
});

export const networkSchemas = {
  createHospital: { body: createHospitalBody, reply: hospital },
  listHospitals: {
    query: z.object({ cursor: z.optional(z.string()) }),
    reply: z.object({ hospitals: z.array(hospital), next: z.optional(z.string()) }),
  },
  getHospital: { params: z.object({ hospital: hospitalId }), reply: hospital },
  getSelf: { reply: self },
  listQueues: { reply: z.object({ queues: z.array(queueView) }) },
  redriveQueue: { params: z.object({ queue: queueName }), reply: redriveReply },
} as const;

export type QueueView = z.infer<typeof queueView>;
export type RedriveReply = z.infer<typeof redriveReply>;
export type CreateHospitalRequest = z.infer<typeof createHospitalBody>;
export type HospitalView = z.infer<typeof hospital>;
export type SelfView = z.infer<typeof self>;
