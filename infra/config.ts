/**
 * What a deployment is told: one typed file, `config/<stage>.json`, checked before anything is synthesized.
 * `infra/read-config.ts` finds the file and applies `-c` overrides.
 */
import * as z from "zod/mini";
import { roles } from "../shared/access/principal.ts";
import { hospitalIdPattern } from "../shared/contract/identifiers.ts";

const origin = z.string().check(z.regex(/^https?:\/\/[^/\s]+$/));
const wholeNumber = (least: number) => z.number().check(z.int(), z.minimum(least));

/** Names of the claims an issuer puts hospital, roles and licence into. */
const claims = z.strictObject({
  hospital: z.string().check(z.minLength(1)),
  roles: z.string().check(z.minLength(1)),
  licence: z.string().check(z.minLength(1)),
});

/** What an issuer may say of people and machines; a token that claims more is refused. Always stated, never assumed. */
const speaksFor = {
  /** `all`, or the ids of the hospitals whose people sign in there. */
  hospitals: z.union([
    z.literal("all"),
    z.array(z.string().check(z.regex(hospitalIdPattern))).check(z.minLength(1)),
  ]),
  roles: z.array(z.enum(roles)).check(z.minLength(1)),
};

/** The web pages' client at an issuer: public, authorization code with PKCE. An issuer without one is not offered there. */
const web = z.strictObject({
  clientId: z.string().check(z.minLength(1)),
  /** Shown where people choose between issuers. */
  name: z.string().check(z.minLength(1)),
  /** Without it `openid profile`. */
  scope: z.optional(z.string().check(z.minLength(1))),
  /** Other origins than the issuer's own that answer its discovery document's endpoints. */
  origins: z.optional(z.array(origin)),
});

/** `cognito`: a user pool is made for the stage. `oidc`: an issuer that exists already; more than one may be listed. */
const identity = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("cognito"),
    ...speaksFor,
    /** Shown where people choose between issuers. */
    name: z.optional(z.string().check(z.minLength(1))),
    /** Local stage only: where the emulator answers the pool's keys; `{userPoolId}` stands for the pool. */
    jwksUri: z.optional(z.string()),
  }),
  z.strictObject({
    kind: z.literal("oidc"),
    ...speaksFor,
    issuer: z.string().check(z.regex(/^https?:\/\/\S+$/)),
    audience: z.string().check(z.minLength(1)),
    /** Only where the issuer's discovery document cannot be reached from a function. */
    jwksUri: z.optional(z.string().check(z.regex(/^https?:\/\/\S+$/))),
    claims: z.optional(claims),
    web: z.optional(web),
  }),
]);

/** What one upload may hold (a client that crosses a limit is told its name and value), and what a consult gives. */
const limits = z.strictObject({
  filesPerRequest: wholeNumber(1),
  filesPerUpload: wholeNumber(1),
  /** S3 copies at most 5 GiB in one request, and the archive's copy is one request. */
  fileBytes: wholeNumber(1).check(z.maximum(5 * 1024 ** 3)),
  /** Days after which a consult's access ends; 90 unless stated. */
  consultAccessDays: z.optional(wholeNumber(1)),
  /** Days between an order's day and its study's, either way, within which they are matched by patient; 3 unless stated. */
  orderWindowDays: z.optional(wholeNumber(0)),
});

const capacity = z.strictObject({
  /** Lambda concurrency held back for emergencies, so that routine uploads never use it up. */
  statConcurrency: wholeNumber(1),
  /** Routine ingest takes at most this many workers at once. */
  routineConcurrency: wholeNumber(2),
  requestsPerSecond: wholeNumber(1),
  burst: wholeNumber(1),
  publicRequestsPerSecond: wholeNumber(1),
});

export const deploymentConfig = z.strictObject({
  stage: z.string().check(z.regex(/^[a-z][a-z0-9]{1,11}$/)),
  /** Said, never guessed: whether patients' originals lie here, which law keeps and nobody may remove. */
  production: z.boolean(),
  account: z.optional(z.string().check(z.regex(/^\d{12}$/))),
  /** The home region: part of every key, so it is chosen once. */
  region: z.string().check(z.regex(/^[a-z]{2}(-[a-z]+)+-\d$/)),
  identity: z.array(identity).check(z.minLength(1)),
  /** How long originals are locked; 0 is one day, for stages that come and go. */
  retentionYears: z.strictObject({
    outpatient: wholeNumber(0),
    inpatient: wholeNumber(0),
    unknown: wholeNumber(0),
  }),
  limits,
  capacity,
  allowedOrigins: z.array(origin),
  /** Where people open the portal and share links. With CloudFront and no domain of your own, leave it out. */
  webOrigin: z.optional(origin),
  edge: z.enum(["cloudfront", "none"]),
  /** For a `webOrigin` of your own on CloudFront: the ACM certificate, in us-east-1. */
  certificateArn: z.optional(
    z.string().check(z.regex(/^arn:[a-z-]+:acm:us-east-1:\d{12}:certificate\/\S+$/)),
  ),
  architecture: z.optional(z.enum(["arm64", "x86_64"])),
  /** Mail address that receives alarms. */
  alarmEmail: z.optional(z.string().check(z.regex(/^\S+@\S+$/))),
  /** Local stage only: the origin under which a browser reaches the emulator's S3. */
  localPublicS3Origin: z.optional(origin),
});

export type DeploymentConfig = z.infer<typeof deploymentConfig>;
export type Identity = DeploymentConfig["identity"][number];

export const isProduction = (config: Pick<DeploymentConfig, "production">): boolean => config.production;
export const isLocal = (config: Pick<DeploymentConfig, "stage">): boolean => config.stage === "local";
export const isChina = (config: Pick<DeploymentConfig, "region">): boolean => config.region.startsWith("cn-");

/** A stage on AWS that is not production must go without a trace; the local cloud is simply thrown away. */
export const isRemovable = (config: Pick<DeploymentConfig, "stage" | "production">): boolean =>
  !isProduction(config) && !isLocal(config);

/** COMPLIANCE: nobody, not even the account's owner, can shorten retention. Elsewhere a stage must stay removable. */
export const lockMode = (config: DeploymentConfig): "COMPLIANCE" | "GOVERNANCE" =>
  isProduction(config) ? "COMPLIANCE" : "GOVERNANCE";

/** Published availability of arm64 functions in the China regions is uneven, so they get x86_64 unless told otherwise. */
export function architectureOf(config: DeploymentConfig): "arm64" | "x86_64" {
  if (config.architecture) return config.architecture;
  if (isLocal(config)) return process.arch === "arm64" ? "arm64" : "x86_64";
  return isChina(config) ? "x86_64" : "arm64";
}
