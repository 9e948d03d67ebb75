/** The API as OpenAPI 3.1, made from the table of routes and the schemas that validate requests: it cannot say anything else. */
import * as z from "zod/mini";
import { problems } from "../errors.ts";
import type { Route } from "./route.ts";
import { type RouteId, routes } from "./routes.ts";
import { auditSchemas } from "./schemas/audit.ts";
import { catalogSchemas } from "./schemas/catalog.ts";
import { consultSchemas } from "./schemas/consult.ts";
import { contractSchemas } from "./schemas/contract.ts";
import { networkSchemas } from "./schemas/network.ts";
import { querySchemas } from "./schemas/query.ts";
import { reportSchemas } from "./schemas/report.ts";
import { retrieveSchemas } from "./schemas/retrieve.ts";
import { shareSchemas } from "./schemas/share.ts";
import { uploadSchemas } from "./schemas/upload.ts";
import { apiVersion } from "./version.ts";

interface RouteSchema {
  readonly params?: z.ZodMiniType;
  readonly query?: z.ZodMiniType;
  readonly body?: z.ZodMiniType;
  readonly reply?: z.ZodMiniType;
}
type Json = { readonly [name: string]: unknown };

const schemas: Partial<Record<RouteId, RouteSchema>> = {
  ...uploadSchemas,
  ...querySchemas,
  ...retrieveSchemas,
  ...catalogSchemas,
  ...consultSchemas,
  ...reportSchemas,
  ...shareSchemas,
  ...networkSchemas,
  ...auditSchemas,
  ...contractSchemas,
};

interface Success {
  readonly status: number;
  readonly description: string;
  readonly mediaType?: string;
}
const created: Success = { status: 201, description: "Created" };
const redirected: Success = {
  status: 307,
  description: "Location holds a presigned URL of the bytes, good for seconds",
};
const dicomJson: Success = { status: 200, description: "OK", mediaType: "application/dicom+json" };

/** How a route succeeds, where it is not 200 with JSON. */
const successes: Partial<Record<RouteId, Success>> = {
  createUpload: created,
  createConsult: created,
  createReport: created,
  createShare: created,
  createHospital: created,
  rebuild: { status: 202, description: "Queued" },
  revokeShare: { status: 204, description: "Revoked" },
  searchStudies: dicomJson,
  searchStudySeries: dicomJson,
  searchStudyInstances: dicomJson,
  searchSeriesInstances: dicomJson,
  retrieveStudyMetadata: dicomJson,
  retrieveSeriesMetadata: dicomJson,
  retrieveInstanceMetadata: dicomJson,
  retrieveInstance: redirected,
  retrieveFrame: redirected,
  retrieveInstanceThumbnail: redirected,
  retrieveSeriesThumbnail: redirected,
  retrieveStudyThumbnail: redirected,
  getDiagnosticReport: { status: 200, description: "OK", mediaType: "application/fhir+json" },
};

/** `serverUrl`: where the API is, such as `https://images.example/api`. */
export function openApi(serverUrl = "/api"): Json {
  const paths: Record<string, Record<string, Json>> = {};
  for (const route of routes) {
    paths[route.path] ??= {};
    (paths[route.path] as Record<string, Json>)[route.method.toLowerCase()] = operation(route);
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
    components,
  };
}

function operation(route: Route & { readonly id: RouteId }): Json {
  const schema = schemas[route.id] ?? {};
  const success = successes[route.id] ?? { status: 200, description: "OK" };
  const isPublic = "public" in route.access;
  return {
    operationId: route.id,
    tags: [route.capability],
    summary: route.summary,
    ...(isPublic && { security: [], description: route.access.public }),
    parameters: [
      ...pathParameters(route, schema),
      ...queryParameters(route, schema),
      ...headerParameters(route),
    ],
    ...(schema.body && { requestBody: requestBody(schema.body) }),
    responses: {
      [success.status]: response(success, schema.reply),
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
  reply?: z.ZodMiniType,
): Json {
  if (status === 307) {
    const location = { description: "Presigned URL", schema: { type: "string", format: "uri" } };
    return { description, headers: { Location: location } };
  }
  if (!reply) return { description };
  return { description, content: { [mediaType]: { schema: jsonSchema(reply, "output") } } };
}

function requestBody(body: z.ZodMiniType): Json {
  const optional = z.safeParse(body, undefined).success;
  return { required: !optional, content: { "application/json": { schema: jsonSchema(body, "input") } } };
}

function pathParameters({ path }: Route, { params }: RouteSchema): readonly Json[] {
  const known = params ? propertiesOf(params).properties : {};
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name = ""]) => ({
    name,
    in: "path",
    required: true,
    schema: known[name] ?? { type: "string" },
  }));
}

const hospitalParameter: Json = {
  name: "hospital",
  in: "query",
  required: false,
  description: "The hospital meant, where it is not the caller's own or several hold the study",
  schema: { type: "string" },
};

function queryParameters({ access }: Route, { query }: RouteSchema): readonly Json[] {
  const { properties, required } = query ? propertiesOf(query) : { properties: {}, required: [] };
  const named = Object.entries(properties).map(([name, schema]) => ({
    name,
    in: "query",
    required: required.includes(name),
    schema,
  }));
  const takesHospital = "target" in access && ["own-hospital", "study"].includes(access.target);
  return takesHospital && !("hospital" in properties) ? [...named, hospitalParameter] : named;
}

function headerParameters({ idempotent, access }: Route): readonly Json[] {
  return [
    ...(idempotent ? [{ $ref: "#/components/parameters/IdempotencyKey" }] : []),
    ...("target" in access ? [{ $ref: "#/components/parameters/PurposeOfUse" }] : []),
  ];
}

/** Properties as the handler sees them (a coerced number is a number), and which of them a client must send. */
function propertiesOf(schema: z.ZodMiniType): {
  readonly properties: Readonly<Record<string, Json>>;
  readonly required: readonly string[];
} {
  const { properties = {} } = jsonSchema(schema, "output") as { properties?: Record<string, Json> };
  const { required = [] } = jsonSchema(schema, "input") as { required?: readonly string[] };
  return { properties, required };
}

function jsonSchema(schema: z.ZodMiniType, io: "input" | "output"): Json {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: "any" });
  return rest;
}

const components: Json = {
  securitySchemes: {
    bearer: {
      type: "http",
      scheme: "bearer",
      description:
        "A token of an OpenID Connect issuer the deployment trusts, or the short-lived token that opening a link gives (`mics_…`)",
    },
  },
  parameters: {
    IdempotencyKey: {
      name: "Idempotency-Key",
      in: "header",
      required: false,
      description: "Repeat the request under the same key and it happens once; kept for 24 hours",
      schema: { type: "string", minLength: 16, maxLength: 128 },
    },
    PurposeOfUse: {
      name: "X-Purpose-Of-Use",
      in: "header",
      required: false,
      description: "Why, as a code of HL7's PurposeOfUse (TREAT, ETREAT, HOPERAT …), for the audit record",
      schema: { type: "string", pattern: "^[A-Z]{2,16}$" },
    },
  },
  responses: {
    Problem: {
      description: Object.entries(problems)
        .map(([type, { status, title }]) => `${status} \`${type}\`: ${title}`)
        .join("; "),
      content: { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } },
    },
  },
  schemas: {
    Problem: {
      type: "object",
      required: ["type", "title", "status", "detail", "instance"],
      properties: {
        type: { type: "string", format: "uri", description: "Stable; its last segment names the problem" },
        title: { type: "string" },
        status: { type: "integer" },
        detail: { type: "string", description: "What was wrong, where, and what to do" },
        instance: { type: "string", description: "The request, for whoever is asked about it" },
        errors: {
          type: "array",
          description: "Of `invalid-request`: each field that is wrong",
          items: {
            type: "object",
            required: ["pointer", "detail"],
            properties: { pointer: { type: "string" }, detail: { type: "string" } },
          },
        },
        roots: {
          type: "array",
          description: "Of `ambiguous-study`: the image roots that hold it",
          items: { type: "string" },
        },
        limit: { type: "number", description: "Of `too-large` and the like: the limit crossed" },
      },
    },
  },
};
