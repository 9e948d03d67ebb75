import * as z from "zod/mini";

export interface RouteSchema {
  readonly params?: z.ZodMiniType;
  readonly query?: z.ZodMiniType;
  readonly body?: z.ZodMiniType;
  readonly reply?: z.ZodMiniType;
}
export type Json = { readonly [name: string]: unknown };

/** A schema as JSON Schema 2020-12: `input` as a client sends it, `output` as a handler sees it. */
export function jsonSchema(schema: z.ZodMiniType, io: "input" | "output"): Json {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: "any" });
  return rest;
}
