/** The environment of every function, as schemas. Each variable holds JSON, except the role's ARN. Parsed once. */
import * as z from "zod/mini";
import { roles } from "../shared/access/principal.ts";
import { signIn } from "../shared/contract/schemas/contract.ts";

const text = z.string().check(z.minLength(1));
const name = z.optional(text);
const years = z.int().check(z.nonnegative());
const count = z.int().check(z.positive());

const settings = z.object({
  stage: text,
  /** Home region: part of every key. */
  region: text,
  /** The partition's DNS suffix, for the origins that requests are signed for. */
  urlSuffix: text,
  /** Where people open the portal; the API is under `/api` there. */
  webOrigin: z.url(),
  /** What the front of the API proves itself with; only then is its word on who asked taken. */
  frontSecret: z.optional(text),
  /** Local cloud only: the origin under which a browser reaches S3. */
  publicS3Origin: z.optional(z.url()),
  retentionYears: z.object({ outpatient: years, inpatient: years, unknown: years }),
  lockMode: z.enum(["COMPLIANCE", "GOVERNANCE"]),
  /** By name; each capability reads its own. */
  limits: z.record(z.string(), count),
  allowedOrigins: z.array(text),
});

const claims = z.object({ hospital: text, roles: text, licence: text });

const identity = z
  .array(
    z.object({
      issuer: z.url(),
      /** One, or several where a user pool has several clients. */
      audience: z.union([text, z.array(text)]),
      jwksUri: z.optional(z.url()),
      /** Hospitals it speaks for, and roles it may give. */
      hospitals: z.union([z.literal("all"), z.array(text).check(z.minLength(1))]),
      roles: z.array(z.enum(roles)).check(z.minLength(1)),
      /** Names of the claims that hold hospital, roles and licence. */
      claims: z.optional(claims),
    }),
  )
  .check(z.minLength(1));

const variables = {
  settings: { variable: "MIC_SETTINGS", schema: settings },
  tables: { variable: "MIC_TABLES", schema: z.object({ catalog: name, audit: name }) },
  buckets: {
    variable: "MIC_BUCKETS",
    schema: z.object({ landing: name, archive: name, derived: name, quarantine: name }),
  },
  keys: { variable: "MIC_KEYS", schema: z.object({ platform: name, signing: name }) },
  /** URLs of queues; `bus` is an event bus's name. */
  queues: {
    variable: "MIC_QUEUES",
    schema: z.object({
      ingest: name,
      "ingest-stat": name,
      derive: name,
      "derive-stat": name,
      rebuild: name,
      "stream-failures": name,
      bus: name,
    }),
  },
  uploaderRole: { variable: "MIC_UPLOADER_ROLE", schema: text },
  identity: { variable: "MIC_IDENTITY", schema: identity },
  signIn: { variable: "MIC_SIGN_IN", schema: signIn },
} as const;

export type Variable = keyof typeof variables;
export type Environment = { readonly [V in Variable]: z.output<(typeof variables)[V]["schema"]> };
export type Settings = Environment["settings"];

/** The deployment told the function something wrong. Its message names the variable, never the value. */
class Misconfigured extends Error {
  override readonly name = "Misconfigured";
}

const parsed = new Map<Variable, unknown>();

/** One part of the environment. Throws an error that names the variable and the member, never the value. */
export function environment<V extends Variable>(part: V): Environment[V] {
  if (!parsed.has(part)) parsed.set(part, parse(part, process.env[variables[part].variable]));
  return parsed.get(part) as Environment[V];
}

/** `value`: the variable as it stands in the environment. */
export function parse<V extends Variable>(part: V, value: string | undefined): Environment[V] {
  const { variable, schema } = variables[part];
  if (value === undefined) throw new Misconfigured(`${variable} is not set`);
  const result = z.safeParse<z.ZodMiniType>(schema, part === "uploaderRole" ? value : json(variable, value));
  if (result.success) return result.data as Environment[V];
  const where = result.error.issues.map(({ path }) => path.join(".") || "it").join(", ");
  throw new Misconfigured(`${variable} is not valid: ${where}`);
}

function json(variable: string, value: string): unknown {
  try {
    return JSON.parse(value);
  } catch (cause) {
    throw new Misconfigured(`${variable} is not JSON`, { cause });
  }
}

/** Where clients reach the API. */
export const apiBaseUrl = ({ webOrigin }: Pick<Settings, "webOrigin">): string =>
  `${webOrigin.replace(/\/+$/, "")}/api`;
