/** Turns an unchecked value into a DeploymentConfig, or into messages that say which field, what is wrong and what to write. */
import * as z from "zod/mini";
import { type DeploymentConfig, deploymentConfig, isChina, isLocal, isProduction } from "./config.ts";

export class InvalidConfig extends Error {
  override readonly name = "InvalidConfig";
}

/** What to write, by field; the longest matching prefix of the field's path is used. */
const whatToWrite: Readonly<Record<string, string>> = {
  "": "only fields that config/dev.json and infra/config.ts know",
  stage: 'a short lower-case name such as "dev"',
  production:
    "true where patients' images are kept: locked for good and never removed with the stage; false only for a stage whose images may all be destroyed",
  account:
    "the 12 digits of the AWS account, as a string; or leave it out and use the account you are signed in to",
  region: 'the home region, such as "eu-central-1" or "cn-north-1"',
  identity:
    '[{ "kind": "cognito", "hospitals": "all", "roles": ["physician"] }] or [{ "kind": "oidc", "issuer": "https://id.example.org", "audience": "medical-image-cloud", "hospitals": ["city-1"], "roles": ["physician"] }]',
  retentionYears:
    '{ "outpatient": 15, "inpatient": 30, "unknown": 15 }, whole years; 0 is one day, where a stage is not production',
  limits: "whole numbers, as in config/dev.json",
  capacity: "whole numbers, as in config/dev.json",
  allowedOrigins: 'a list of origins without path, such as ["https://viewer.example.org"]; [] for none',
  webOrigin: 'an origin without path, such as "https://images.example.org"',
  edge: '"cloudfront", or "none" where you bring your own front (China, on-premises gateways)',
  certificateArn: "the ARN of an ACM certificate in us-east-1 for webOrigin",
  architecture: '"arm64" or "x86_64"; or leave it out',
  alarmEmail: "a mail address; or leave it out",
  localPublicS3Origin: 'an origin such as "http://127.0.0.1:8081"; only in the local stage',
};

/** @throws InvalidConfig naming `source` and every field that is wrong. */
export function checkConfig(value: unknown, source: string): DeploymentConfig {
  const result = deploymentConfig.safeParse(value, { error: z.locales.en().localeError });
  const wrong = result.success
    ? contradictions(result.data)
    : result.error.issues.map((issue) => ({ field: fieldOf(issue), what: issue.message }));
  if (result.success && wrong.length === 0) return result.data;
  const lines = wrong.map(({ field, what }) => `  ${field || "(file)"}: ${what}. Write ${advice(field)}.`);
  throw new InvalidConfig(`${source} cannot be deployed:\n${lines.join("\n")}`);
}

function fieldOf(issue: z.core.$ZodIssue): string {
  const path = issue.path.map(String);
  if (issue.code === "unrecognized_keys") path.push(...issue.keys.slice(0, 1));
  return path.join(".");
}

function advice(field: string): string {
  const parts = field.split(".");
  for (let length = parts.length; length > 0; length--) {
    const found = whatToWrite[parts.slice(0, length).join(".")];
    if (found) return found;
  }
  return whatToWrite[""] as string;
}

interface Rule {
  readonly field: string;
  readonly what: string;
  readonly broken: (config: DeploymentConfig) => boolean;
}

const legalMinimumYears = { outpatient: 15, inpatient: 30, unknown: 15 } as const;

/** What a single field cannot show. */
const rules: readonly Rule[] = [
  {
    field: "identity",
    what: "AWS China has no Cognito user pools, so an issuer of your own is needed there",
    broken: (c) => isChina(c) && c.identity.some((i) => i.kind === "cognito"),
  },
  {
    field: "edge",
    what: "the global CloudFront cannot serve a China region",
    broken: (c) => isChina(c) && c.edge === "cloudfront",
  },
  {
    field: "webOrigin",
    what: 'it is missing, and with edge "none" nothing else says where share links are opened',
    broken: (c) => c.edge === "none" && c.webOrigin === undefined,
  },
  {
    field: "certificateArn",
    what: "it is missing, and CloudFront answers for a webOrigin of your own only with its certificate",
    broken: (c) => c.edge === "cloudfront" && c.webOrigin !== undefined && c.certificateArn === undefined,
  },
  {
    field: "webOrigin",
    what: "it is missing, and a certificate is of use only for an origin of your own",
    broken: (c) => c.certificateArn !== undefined && c.webOrigin === undefined,
  },
  {
    field: "production",
    what: "it is false in a stage that is named as production",
    broken: (c) => c.stage.startsWith("prod") && !isProduction(c),
  },
  {
    field: "production",
    what: "the local cloud is thrown away, so it cannot be production",
    broken: (c) => isLocal(c) && isProduction(c),
  },
  {
    field: "retentionYears",
    what: "a production stage keeps outpatient images at least 15 and inpatient images at least 30 years, by law",
    broken: (c) =>
      isProduction(c) &&
      (Object.keys(legalMinimumYears) as (keyof typeof legalMinimumYears)[]).some(
        (encounter) => c.retentionYears[encounter] < legalMinimumYears[encounter],
      ),
  },
  {
    field: "allowedOrigins",
    what: "plain http is for the local stage",
    broken: (c) => !isLocal(c) && [c.webOrigin ?? "", ...c.allowedOrigins].some((o) => o.startsWith("http:")),
  },
  {
    field: "identity",
    what: "an issuer reached over plain http is for the local stage",
    broken: (c) => !isLocal(c) && c.identity.some((i) => i.kind === "oidc" && i.issuer.startsWith("http:")),
  },
  {
    field: "identity",
    what: "one user pool a stage: cognito is listed twice",
    broken: (c) => c.identity.filter((i) => i.kind === "cognito").length > 1,
  },
  {
    field: "identity",
    what: "the keys of a Cognito user pool are found by themselves; jwksUri is for the local stage",
    broken: (c) => !isLocal(c) && c.identity.some((i) => i.kind === "cognito" && i.jwksUri !== undefined),
  },
  {
    field: "identity",
    what: "an issuer that speaks for some hospitals cannot make operators of the whole network",
    broken: (c) => c.identity.some((i) => i.hospitals !== "all" && i.roles.includes("network-operator")),
  },
  {
    field: "localPublicS3Origin",
    what: "it would send downloads away from S3",
    broken: (c) => !isLocal(c) && c.localPublicS3Origin !== undefined,
  },
];

const contradictions = (config: DeploymentConfig): { field: string; what: string }[] =>
  rules.filter((rule) => rule.broken(config)).map(({ field, what }) => ({ field, what }));
