import { ingestSchemas } from "../../shared/contract/schemas/ingest.ts";
import { correctQuarantined } from "../../shared/ingest/correct-quarantined.ts";
import { discardQuarantined } from "../../shared/ingest/discard-quarantined.ts";
import { inspectQuarantined, retrieveQuarantined } from "../../shared/ingest/inspect-quarantined.ts";
import { listConflicts, retrieveConflicting } from "../../shared/ingest/list-conflicts.ts";
import { listQuarantine } from "../../shared/ingest/list-quarantine.ts";
import { releaseQuarantined } from "../../shared/ingest/release-quarantined.ts";
import { resolveConflict } from "../../shared/ingest/resolve-conflict.ts";
import type { Kernel } from "../http/kernel.ts";
import { api, type Reply } from "../http.ts";
import { type Stores, stores } from "../stores.ts";

/** A signed URL is one principal's for seconds: no cache may keep the redirect. */
const redirect = (location: string): Reply => ({
  status: 307,
  headers: { location, "cache-control": "no-store" },
});

/** The quarantine desk, and two images under one UID. */
export const ingestApi = (deps: () => Pick<Stores, "keyState" | "clock">, kernel?: () => Kernel) =>
  api(
    "ingest",
    {
      schemas: ingestSchemas,
      handlers: {
        listQuarantine: async ({ grant, query }) => ({
          status: 200,
          body: await listQuarantine(grant, query),
        }),
        getQuarantinedFile: async ({ grant, params }) => ({
          status: 200,
          body: await inspectQuarantined(grant, params),
        }),
        retrieveQuarantinedFile: async ({ grant, params }) =>
          redirect(await retrieveQuarantined(grant, deps().keyState, params)),
        releaseQuarantinedFile: async ({ grant, params, body }) => ({
          status: 202,
          body: await releaseQuarantined(grant, deps().clock, params, body?.orderId),
        }),
        correctQuarantinedFile: async ({ grant, params, body }) => ({
          status: 202,
          body: await correctQuarantined(grant, deps().clock, params, body),
        }),
        discardQuarantinedFile: async ({ grant, params, body }) => ({
          status: 200,
          body: await discardQuarantined(grant, deps().clock, params, body.reason),
        }),
        listConflicts: async ({ grant, params }) => ({
          status: 200,
          body: await listConflicts(grant, params.studyUid),
        }),
        retrieveConflictingFile: async ({ grant, params }) =>
          redirect(await retrieveConflicting(grant, deps().keyState, params)),
        resolveConflict: async ({ grant, params, body }) => ({
          status: 202,
          body: await resolveConflict(grant, deps().clock, params, body),
        }),
      },
    },
    kernel,
  );

export const handler = ingestApi(stores);
