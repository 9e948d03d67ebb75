import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { checkConfig } from "../../infra/check-config.ts";

const projectRoot = join(import.meta.dirname, "../..");
const read = (stage: string): Record<string, unknown> =>
  JSON.parse(readFileSync(join(projectRoot, `config/${stage}.json`), "utf8"));
const complaint = (stage: string, changes: Record<string, unknown>): string => {
  try {
    checkConfig({ ...read(stage), ...changes }, `config/${stage}.json`);
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error("It was accepted");
};

const cognito = { kind: "cognito", hospitals: "all", roles: ["physician", "network-operator"] } as const;

describe("a deployer's config", () => {
  it.each(["dev", "prod", "cn", "local"])("is accepted as it comes with the project: %s", (stage) => {
    expect(checkConfig(read(stage), stage).stage).toBe(stage);
  });

  it("is refused with the file, the field, what is wrong and what to write", () => {
    const message = complaint("dev", { region: "Frankfurt" });
    expect(message).toContain("config/dev.json cannot be deployed");
    expect(message).toMatch(/region: .+ Write the home region, such as "eu-central-1"/);
  });

  it.each([
    ["a field that does not exist", "dev", { regoin: "eu-central-1" }, /regoin/],
    ["a field inside another", "dev", { retentionYears: { outpatient: 15 } }, /retentionYears\.inpatient: /],
    [
      "years that are not whole",
      "dev",
      { retentionYears: { outpatient: 1.5, inpatient: 30, unknown: 15 } },
      /outpatient/,
    ],
    [
      "an identity of no known kind",
      "dev",
      { identity: [{ kind: "ldap" }] },
      /identity\.0\.kind: .*Write \[\{ "kind"/,
    ],
    ["no identity at all", "dev", { identity: [] }, /identity: /],
    [
      "an issuer whose hospitals are not stated",
      "dev",
      { identity: [{ kind: "cognito", roles: ["physician"] }] },
      /identity\.0\.hospitals: /,
    ],
    [
      "an issuer whose roles are not stated",
      "dev",
      { identity: [{ kind: "cognito", hospitals: "all" }] },
      /identity\.0\.roles: /,
    ],
    [
      "a role nobody has",
      "dev",
      { identity: [{ ...cognito, roles: ["emperor"] }] },
      /identity\.0\.roles\.0: /,
    ],
    [
      "one clinic's issuer that may make operators of the network",
      "dev",
      { identity: [{ ...cognito, hospitals: ["county-1"] }] },
      /operators of the whole network/,
    ],
    [
      "retention below the law in production",
      "prod",
      { retentionYears: { outpatient: 10, inpatient: 30, unknown: 15 } },
      /by law/,
    ],
    [
      "not saying whether it is production",
      "dev",
      { production: undefined },
      /production: .*Write true where/,
    ],
    ["production in name only", "prod", { production: false }, /production: it is false/],
    ["a local cloud that claims to keep patients' images", "local", { production: true }, /production: /],
    [
      "retention below the law in China",
      "cn",
      { retentionYears: { outpatient: 0, inpatient: 0, unknown: 0 } },
      /by law/,
    ],
    ["Cognito in China", "cn", { identity: [cognito] }, /no Cognito user pools/],
    ["CloudFront in China", "cn", { edge: "cloudfront" }, /edge: .*Write "cloudfront", or "none"/],
    ["no CloudFront and no address of one's own", "cn", { webOrigin: undefined }, /webOrigin: it is missing/],
    [
      "an address of one's own without its certificate",
      "dev",
      { webOrigin: "https://images.example.org" },
      /certificateArn/,
    ],
    [
      "plain HTTP outside the local stage",
      "dev",
      { allowedOrigins: ["http://viewer.example.org"] },
      /plain http/,
    ],
    [
      "a Cognito pool's keys from elsewhere",
      "dev",
      { identity: [{ ...cognito, jwksUri: "https://keys.example.org" }] },
      /jwksUri is for the local stage/,
    ],
    [
      "downloads sent away from S3",
      "dev",
      { localPublicS3Origin: "http://127.0.0.1:9000" },
      /localPublicS3Origin/,
    ],
  ] as const)("is refused for %s", (_, stage, changes, expected) => {
    expect(complaint(stage, changes)).toMatch(expected);
  });
});
