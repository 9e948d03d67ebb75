import { describe, expect, it } from "@jest/globals";
import { cognitoClaims } from "../../infra/capabilities/sign-in.ts";
import { dev, prod } from "./stages.ts";

describe.each([
  ["dev", dev],
  ["prod", prod],
])("people of the user pool, stage %s", (_, stage) => {
  const people = stage
    .ofType("AWS::Cognito::UserPoolClient")
    .find(({ Properties }) => Properties.GenerateSecret !== true);

  it("have hospital and licence in their ID tokens", () => {
    const { hospital, licence } = cognitoClaims;
    expect(people?.Properties.ReadAttributes).toEqual(expect.arrayContaining([hospital, licence, "name"]));
  });

  it("cannot choose their hospital or licence themselves", () => {
    const written = people?.Properties.WriteAttributes as string[];
    expect(written.filter((name) => name.startsWith("custom:"))).toEqual([]);
    expect(written).not.toHaveLength(0);
  });
});
