import { describe, expect, it } from "@jest/globals";
import { cn } from "./stages.ts";

const whole = [...cn.text.values()].join("\n");

/** Every string in a template with the path it stands at. */
function strings(value: unknown, path: readonly string[] = []): readonly (readonly [string, string])[] {
  if (typeof value === "string") return [[path.join("."), value]];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => strings(inner, [...path, name]));
}

describe("a deployment in an AWS China region, with an issuer of the hospital's own", () => {
  it("needs nothing that the region lacks", () => {
    const lacking = /^AWS::(Cognito|CloudFront|WAFv2|CertificateManager)::/;
    expect(cn.resources.filter(({ Type }) => lacking.test(Type))).toEqual([]);
    for (const { Properties } of cn.ofType("AWS::ApiGateway::RestApi"))
      expect(Properties.EndpointConfiguration).toEqual({ Types: ["REGIONAL"] });
    for (const { Properties } of cn.ofType("AWS::Lambda::Function"))
      expect(Properties.Architectures).toEqual(["x86_64"]);
  });

  it("names no other partition: no arn:aws:, and amazonaws.com only in names of services", () => {
    expect(whole).not.toContain("arn:aws:");
    const all = cn.resources.flatMap((resource) => strings(resource.Properties, [resource.id]));
    const named = all.filter(([, text]) => text.includes("amazonaws.com"));
    // Service principals are spelled alike in every partition; AWS::Lambda::Permission has them as Principal.
    const misplaced = named.filter(([path]) => !/\.Principal(\.Service(\.\d+)?)?$/.test(path));
    expect(misplaced).toEqual([]);
  });

  it("accepts the tokens of that issuer", () => {
    expect(whole).toContain("https://id.example.cn");
    expect(whole).not.toContain("cognito");
  });
});
