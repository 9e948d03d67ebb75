import * as z from "zod/mini";

export interface RouteSchema {
  readonly params?: z.ZodMiniType;
  readonly query?: z.ZodMiniType;
  readonly body?: z.ZodMiniType;
  readonly reply?: z.ZodMiniType;
}
export type Json = { readonly [name: string]: unknown };

/** Schemas that say their name (`id` in Zod's registry), as they go into an OpenAPI document's components. */
export type Named = Record<string, unknown>;

/**
 * A schema as JSON Schema 2020-12: `input` as a client sends it, `output` as a handler sees it. What has a name is put into
 * `named` and referred to: FHIR's types repeat each other, and written out in full they are most of a document.
 */
export function jsonSchema(schema: z.ZodMiniType, io: "input" | "output", named: Named = {}): Json {
  const { $schema: _, $defs = {}, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: "any" });
  for (const [name, { id: __, ...definition }] of Object.entries($defs))
    named[name] = inComponents(definition);
  return inComponents(rest);
}

const inComponents = (schema: object): Json =>
  JSON.parse(JSON.stringify(schema).replaceAll('"$ref":"#/$defs/', '"$ref":"#/components/schemas/'));
