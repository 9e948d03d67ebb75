/** Answers of the routes that describe the API and its deployment. */
import * as z from "zod/mini";

const text = z.string().check(z.minLength(1));

/** A client of an issuer for pages in a browser: authorization code with PKCE, no secret. */
const offeredIssuer = z.object({
  name: text.check(z.describe("Shown where people choose between issuers")),
  issuer: text.check(z.describe("Its discovery document is below it (OpenID Connect Discovery 1.0 §4)")),
  clientId: text,
  scope: text,
  token: z.enum(["access", "id"]).check(z.describe("Which token this API takes")),
  signOut: z
    .enum(["openid", "cognito"])
    .check(z.describe("How its end_session_endpoint is asked: RP-Initiated Logout, or Cognito's own way")),
});

export const signIn = z.object({ issuers: z.array(offeredIssuer) });

export const contractSchemas = {
  getOpenApi: { reply: z.looseObject({ openapi: z.string() }) },
  getSignIn: { reply: signIn },
  getHealth: { reply: z.object({ status: z.literal("ok"), version: z.string() }) },
} as const;

export type OfferedIssuer = z.infer<typeof offeredIssuer>;
