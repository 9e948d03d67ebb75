import { describe, expect, it } from "@jest/globals";
import {
  authorizerCacheSeconds,
  clockSkewSeconds,
  revocationSeconds,
  signedUrlSeconds,
} from "../../../shared/contract/revocation.ts";

describe("A revoked link", () => {
  it("reaches no byte after 60 seconds, with the authorizer's cache and clock skew counted in", () => {
    expect(revocationSeconds).toBe(60);
    expect(signedUrlSeconds + authorizerCacheSeconds + clockSkewSeconds).toBeLessThanOrEqual(
      revocationSeconds,
    );
  });

  it("is followed by URLs that live at most 45 seconds, since S3 cannot revoke one", () => {
    expect(signedUrlSeconds).toBeLessThanOrEqual(45);
  });
});
