import { setLegalHold } from "../../shared/catalog/set-legal-hold.ts";
import { catalogSchemas } from "../../shared/contract/schemas/catalog.ts";
import { requestRebuild } from "../../shared/derive/request-rebuild.ts";
import { api } from "../http.ts";
import { stores } from "../stores.ts";

/** What operators do with the catalog. */
export const handler = api("catalog", {
  schemas: catalogSchemas,
  handlers: {
    rebuild: async ({ grant, body }) => ({
      status: 202,
      body: await requestRebuild(grant, stores().queue, body),
    }),
    setLegalHold: async ({ grant, body }) => ({
      status: 200,
      body: await setLegalHold(grant, stores().clock, body),
    }),
  },
});
