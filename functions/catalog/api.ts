import { setLegalHold } from "../../shared/catalog/set-legal-hold.ts";
import { setCharacterSet } from "../../shared/characters/set-character-set.ts";
import { catalogSchemas } from "../../shared/contract/schemas/catalog.ts";
import { requestRebuild } from "../../shared/derive/request-rebuild.ts";
import { auditLedger } from "../../shared/ledger/audit-ledger.ts";
import { api } from "../http.ts";
import { stores } from "../stores.ts";

/** What operators do with the catalog. */
export const handler = api("catalog", {
  schemas: catalogSchemas,
  handlers: {
    auditLedger: async ({ grant, query: { cursor, verifyBytes } }) => ({
      status: 200,
      body: await auditLedger(grant, stores().clock, { cursor, verifyBytes: verifyBytes === "true" }),
    }),
    rebuild: async ({ grant, body }) => ({
      status: 202,
      body: await requestRebuild(grant, stores().queue, body),
    }),
    setCharacterSet: async ({ grant, body }) => ({
      status: 200,
      body: await setCharacterSet(grant, stores().clock, body),
    }),
    setLegalHold: async ({ grant, body }) => ({
      status: 200,
      body: await setLegalHold(grant, stores().clock, body),
    }),
  },
});
