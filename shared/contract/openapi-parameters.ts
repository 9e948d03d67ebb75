/** Path, query and header parameters of a route. */
import type * as z from "zod/mini";
import { type Json, jsonSchema, type RouteSchema } from "./json-schema.ts";
import type { Route } from "./route.ts";
import { parameterForms } from "./schemas/identifiers.ts";

export function parametersOf(route: Route, schema: RouteSchema): readonly Json[] {
  return [...pathParameters(route, schema), ...queryParameters(route, schema), ...headerParameters(route)];
}

function pathParameters({ path }: Route, { params }: RouteSchema): readonly Json[] {
  const known = params ? propertiesOf(params).properties : {};
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name = ""]) => ({
    name,
    in: "path",
    required: true,
    schema: known[name] ?? formOf(name),
  }));
}

const formOf = (name: string): Json => {
  const form = parameterForms[name];
  return form ? jsonSchema(form, "input") : { type: "string" };
};

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
