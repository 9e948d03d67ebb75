/** The API about itself. */
import { openApi } from "../../shared/contract/openapi.ts";
import { contractSchemas } from "../../shared/contract/schemas/contract.ts";
import { apiVersion } from "../../shared/contract/version.ts";
import { environment } from "../environment.ts";
import type { Kernel } from "../http/kernel.ts";
import { api } from "../http.ts";

const cacheable = { "Cache-Control": "public, max-age=300" } as const;

export const contractApi = (kernel?: () => Kernel) =>
  api(
    "contract",
    {
      schemas: contractSchemas,
      publicHandlers: {
        getOpenApi: async ({ baseUrl }) => ({ status: 200, headers: cacheable, body: openApi(baseUrl) }),
        getSignIn: async () => ({ status: 200, headers: cacheable, body: environment("signIn") }),
        getHealth: async () => ({ status: 200, body: { status: "ok", version: apiVersion } }),
      },
    },
    kernel,
  );

export const handler = contractApi();
