import { describe, expect, it } from "@jest/globals";
import { cn, dev, prod, stages } from "./stages.ts";

describe.each([dev, prod])("the web pages behind CloudFront", (stage) => {
  it("may ask their own origin, the region's buckets and the issuers, and run no script but their own", () => {
    const [headers] = stage.ofType("AWS::CloudFront::ResponseHeadersPolicy");
    const policy = JSON.stringify(headers?.Properties);
    expect(policy).toContain("default-src 'self'");
    expect(policy).toContain("connect-src 'self' https://*.s3.");
    expect(policy).toContain("https://cognito-idp.");
    expect(policy).toContain("signinorigin");
    expect(policy).not.toMatch(/unsafe-|script-src|\*;| \* /);
  });
});

describe.each(Object.entries(stages))("the issuers the pages of stage %s offer", (_, stage) => {
  it("are told to the one function that is asked, without a secret", () => {
    const told = stage
      .ofType("AWS::Lambda::Function")
      .filter(({ Properties }) => JSON.stringify(Properties.Environment ?? {}).includes("MIC_SIGN_IN"));
    expect(told.map(({ Properties }) => Properties.FunctionName)).toEqual([
      expect.stringMatching(/^mic-\w+-contract-api$/),
    ]);
    expect(JSON.stringify(told)).not.toMatch(/clientSecret/i);
  });
});

describe("an issuer of one's own", () => {
  it("is offered with the client the config names, and what the pages need is not told to the authorizer", () => {
    const told = (variable: string): string =>
      JSON.stringify(
        cn
          .ofType("AWS::Lambda::Function")
          .map(
            ({ Properties }) =>
              (Properties.Environment as { Variables?: Record<string, unknown> })?.Variables?.[variable],
          )
          .filter((value) => value !== undefined),
      );
    expect(JSON.parse(JSON.parse(told("MIC_SIGN_IN"))[0])).toEqual({
      issuers: [
        {
          name: "医院统一登录",
          issuer: "https://id.example.cn",
          clientId: "mic-web",
          scope: "openid profile",
          token: "access",
          signOut: "openid",
        },
      ],
    });
    expect(told("MIC_IDENTITY")).not.toContain("mic-web");
  });
});
