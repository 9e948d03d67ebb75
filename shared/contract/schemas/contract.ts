/** Answers of the routes that describe the API itself. */
import * as z from "zod/mini";

export const contractSchemas = {
  getOpenApi: { reply: z.looseObject({ openapi: z.string() }) },
  getHealth: { reply: z.object({ status: z.literal("ok"), version: z.string() }) },
} as const;
