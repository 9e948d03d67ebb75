/** Consults: a study referred to another hospital, and that hospital's worklist. */
import { createConsult } from "../../shared/consult/create-consult.ts";
import { getConsult } from "../../shared/consult/get-consult.ts";
import { type ConsultLimits, consultLimits } from "../../shared/consult/limits.ts";
import { listWorklist } from "../../shared/consult/list-worklist.ts";
import { consultSchemas } from "../../shared/contract/schemas/consult.ts";
import type { Clock } from "../../shared/ports.ts";
import { environment } from "../environment.ts";
import type { Kernel } from "../http/kernel.ts";
import { api } from "../http.ts";
import { stores } from "../stores.ts";

export const consultApi = (
  clock: () => Clock,
  kernel?: () => Kernel,
  limits: () => ConsultLimits = () => consultLimits,
) =>
  api(
    "consult",
    {
      schemas: consultSchemas,
      handlers: {
        createConsult: async ({ grant, body, id, baseUrl }) => ({
          status: 201,
          headers: { Location: `${baseUrl}/v1/consults/${id}` },
          body: await createConsult(grant, { clock: clock(), limits: limits() }, { ...body, consultId: id }),
        }),
        getConsult: async ({ grant, params }) => ({ status: 200, body: await getConsult(grant, params) }),
        listWorklist: async ({ grant, query }) => ({ status: 200, body: await listWorklist(grant, query) }),
      },
    },
    kernel,
  );

export const handler = consultApi(
  () => stores().clock,
  undefined,
  () => ({ ...consultLimits, ...environment("settings").limits }),
);
