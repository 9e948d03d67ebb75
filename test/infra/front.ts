import { describe, expect, it } from "@jest/globals";
import { frontHeaders } from "../../shared/contract/front.ts";
import type { Route } from "../../shared/contract/route.ts";
import { routes } from "../../shared/contract/routes.ts";
import { dev, prod, stages } from "./stages.ts";

describe.each(Object.entries(stages))("the front of stage %s", (_, stage) => {
  it("proves its front to the functions that answer, by a secret that no template holds", () => {
    const [secret, ...others] = stage.ofType("AWS::SecretsManager::Secret");
    expect(others).toEqual([]);
    expect(secret?.Properties).not.toHaveProperty("SecretString");
    const reference = `{{resolve:secretsmanager:${secret?.Properties.Name}:SecretString}}`;
    const told = stage
      .ofType("AWS::Lambda::Function")
      .filter(({ Properties }) => JSON.stringify(Properties.Environment ?? {}).includes(reference));
    const answering = new Set((routes as readonly Route[]).map(({ capability }) => capability));
    expect(told).toHaveLength(answering.size);
    for (const { Properties } of stage.ofType("AWS::CloudFront::Distribution")) {
      const config = JSON.stringify(Properties.DistributionConfig);
      expect(config).toContain(JSON.stringify({ HeaderName: frontHeaders.secret, HeaderValue: reference }));
    }
  });
});

describe("CloudFront", () => {
  it.each([dev, prod])("says whose request it passes on, whatever the client said", (stage) => {
    const functions = stage.ofType("AWS::CloudFront::Function");
    const code = functions.map(({ Properties }) => Properties.FunctionCode as string);
    const [source = ""] = code.filter((text) => text.includes(frontHeaders.viewer));
    const passOn = new Function(`${source}; return handler;`)() as (event: object) => {
      readonly headers: Readonly<Record<string, { readonly value: string }>>;
    };
    const headers = { [frontHeaders.viewer]: { value: "192.0.2.66" }, accept: { value: "*/*" } };
    expect(passOn({ request: { headers }, viewer: { ip: "2001:db8::7" } }).headers).toEqual({
      accept: { value: "*/*" },
      [frontHeaders.viewer]: { value: "2001:db8::7" },
    });
    const [cdn] = stage.ofType("AWS::CloudFront::Distribution");
    const config = cdn?.Properties.DistributionConfig as {
      CacheBehaviors: { FunctionAssociations: object[] }[];
    };
    expect(config.CacheBehaviors.map(({ FunctionAssociations }) => FunctionAssociations.length)).toEqual([1]);
  });
});
