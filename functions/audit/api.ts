/** The audit, read by those who answer for it. */
import { listRecords } from "../../shared/audit/list-records.ts";
import { auditSchemas } from "../../shared/contract/schemas/audit.ts";
import type { Kernel } from "../http/kernel.ts";
import { api } from "../http.ts";

export const auditApi = (kernel?: () => Kernel) =>
  api(
    "audit",
    {
      schemas: auditSchemas,
      handlers: {
        listAuditRecords: async ({ grant, query }) => ({
          status: 200,
          body: await listRecords(grant, query),
        }),
      },
    },
    kernel,
  );

export const handler = auditApi();
