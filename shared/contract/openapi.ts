/** The API as OpenAPI 3.1, made from the table of routes and the schemas that validate requests: it cannot say anything else. */
import * as z from "zod/mini";
import { type Json, jsonSchema, type Named, type RouteSchema } from "./json-schema.ts";
import { components } from "./openapi-components.ts";
import { parametersOf } from "./openapi-parameters.ts";
import type { Route } from "./route.ts";
import { type RouteId, routes } from "./routes.ts";
import { auditSchemas } from "./schemas/audit.ts";
import { catalogSchemas } from "./schemas/catalog.ts";
import { consultSchemas } from "./schemas/consult.ts";
import { contractSchemas } from "./schemas/contract.ts";
import { ingestSchemas } from "./schemas/ingest.ts";
import { networkSchemas } from "./schemas/network.ts";
import { orderSchemas } from "./schemas/order.ts";
import { querySchemas } from "./schemas/query.ts";
import { reportSchemas } from "./schemas/report.ts";
import { retrieveSchemas } from "./schemas/retrieve.ts";
import { shareSchemas } from "./schemas/share.ts";
import { uploadSchemas } from "./schemas/upload.ts";
import { type Success, successes } from "./successes.ts";
import { apiVersion } from "./version.ts";

const schemas: Partial<Record<RouteId, RouteSchema>> = {
  ...uploadSchemas,
  ...ingestSchemas,
  ...querySchemas,
  ...retrieveSchemas,
  ...catalogSchemas,
  ...consultSchemas,
  ...orderSchemas,
  ...reportSchemas,
  ...shareSchemas,
  ...networkSchemas,
  ...auditSchemas,
  ...contractSchemas,
};

/** `serverUrl`: where the API is, such as `https://images.example/api`. */
export function openApi(serverUrl = "/api"): Json {
  const paths: Record<string, Record<string, Json>> = {};
  const named: Named = {};
  for (const route of routes) {
    paths[route.path] ??= {};
    (paths[route.path] as Record<string, Json>)[route.method.toLowerCase()] = operation(route, named);
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "Medical Image Cloud",
      version: apiVersion,
      description: "Errors are RFC 9457 problem documents. Times are UTC, ISO-8601. Cursors are opaque.",
      license: { name: "Apache-2.0", identifier: "Apache-2.0" },
    },
    servers: [{ url: serverUrl }],
    security: [{ bearer: [] }],
    tags: [...new Set(routes.map(({ capability }) => capability))].map((name) => ({ name })),
    paths,
    components: { ...components, schemas: { ...components.schemas, ...named } },
  };
}

function operation(route: Route & { readonly id: RouteId }, named: Named): Json {
  const schema = schemas[route.id] ?? {};
  const success = successes[route.id] ?? { status: 200, description: "OK" };
  const isPublic = "public" in route.access;
  return {
    operationId: route.id,
    tags: [route.capability],
    summary: route.summary,
    ...(isPublic && { security: [], description: route.access.public }),
    parameters: parametersOf(route, schema),
    ...(schema.body && { requestBody: requestBody(schema.body, named) }),
    responses: {
      [success.status]: response(success, schema.reply, named),
      ...Object.fromEntries(refusals(route, schema).map((status) => [status, problemResponse])),
      default: problemResponse,
    },
  };
}

const problemResponse = { $ref: "#/components/responses/Problem" } as const;

function refusals(route: Route, schema: RouteSchema): readonly number[] {
  const checked = schema.body || schema.query || schema.params ? [400] : [];
  if ("public" in route.access) return checked;
  const hides = !["own-hospital", "network", "self"].includes(route.access.target);
  const repeats = route.idempotent ? [409, 422] : [];
  return [...checked, 401, 403, ...(hides ? [404] : []), ...repeats];
}

function response(
  { description, mediaType = "application/json", status }: Success,
  reply: z.ZodMiniType | undefined,
  named: Named,
): Json {
  if (status === 307) {
    const location = { description: "Presigned URL", schema: { type: "string", format: "uri" } };
    return { description, headers: { Location: location } };
  }
  if (!reply) return { description };
  return { description, content: { [mediaType]: { schema: jsonSchema(reply, "output", named) } } };
}

function requestBody(body: z.ZodMiniType, named: Named): Json {
  const optional = z.safeParse(body, undefined).success;
  return {
    required: !optional,
    content: { "application/json": { schema: jsonSchema(body, "input", named) } },
  };
}
