import { describe, expect, it } from "@jest/globals";
import { landedIn } from "../../../functions/ingest/on-object-landed.ts";

describe("a message from the landing bucket", () => {
  it("names the objects that landed, with their versions", () => {
    const object = { key: "stat/qinghe-county/01J/7", versionId: "v1" };
    const body = JSON.stringify({ Records: [{ s3: { object } }] });
    expect(landedIn({ body })).toEqual([object]);
  });

  it("has form-encoded keys", () => {
    const body = JSON.stringify({ Records: [{ s3: { object: { key: "a+b%2Fc%E7%8E%8B" } } }] });
    expect(landedIn({ body })).toEqual([{ key: "a b/c王" }]);
  });

  it("names none when S3 only tests the notification", () => {
    expect(landedIn({ body: JSON.stringify({ Service: "Amazon S3", Event: "s3:TestEvent" }) })).toEqual([]);
  });
});
