/** The parts of the API's description that every operation shares. */
import { problems } from "../errors.ts";

export const components = {
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
} as const;
