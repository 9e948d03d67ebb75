import { describe, expect, it } from "@jest/globals";
import { apiBaseUrl, parse } from "../../../functions/environment.ts";
import { lazily } from "../../../functions/stores.ts";

const settings = {
  stage: "local",
  region: "eu-central-1",
  urlSuffix: "example.com",
  webOrigin: "http://127.0.0.1:8080",
  retentionYears: { outpatient: 15, inpatient: 30, unknown: 15 },
  lockMode: "GOVERNANCE",
  limits: { filesPerRequest: 1000 },
  allowedOrigins: ["http://127.0.0.1:8080"],
};

describe("a function's environment", () => {
  it("is read as its schema says", () => {
    expect(parse("settings", JSON.stringify(settings))).toEqual(settings);
    expect(parse("uploaderRole", "role")).toBe("role");
    expect(parse("tables", '{"catalog":"c"}')).toEqual({ catalog: "c" });
  });

  it("names for every issuer whom it may speak for", () => {
    const issuer = { issuer: "https://id.example", audience: "mic", hospitals: ["a1"], roles: ["physician"] };
    expect(parse("identity", JSON.stringify([issuer]))).toEqual([issuer]);
    const silent = JSON.stringify([{ ...issuer, hospitals: undefined }]);
    expect(() => parse("identity", silent)).toThrow("MIC_IDENTITY is not valid: 0.hospitals");
  });

  it.each([
    ["is missing", undefined, "MIC_SETTINGS is not set"],
    ["is not JSON", "{", "MIC_SETTINGS is not JSON"],
    [
      "lacks a member",
      JSON.stringify({ ...settings, region: undefined }),
      "MIC_SETTINGS is not valid: region",
    ],
    [
      "holds a wrong one",
      JSON.stringify({ ...settings, retentionYears: { ...settings.retentionYears, unknown: -1 } }),
      "MIC_SETTINGS is not valid: retentionYears.unknown",
    ],
  ])("that %s stops the function with the variable's name", (_, value, message) => {
    expect(() => parse("settings", value)).toThrow(message);
  });

  it("says where clients reach the API", () => {
    expect(apiBaseUrl({ webOrigin: "https://images.example/" })).toBe("https://images.example/api");
  });
});

describe("a port", () => {
  it("is loaded at its first use, and once", async () => {
    let loaded = 0;
    const clockwork = lazily(async () => {
      loaded += 1;
      return { add: async (a: number, b: number) => a + b };
    });
    expect(await Promise.resolve(clockwork)).toBe(clockwork);
    expect(loaded).toBe(0);
    expect(await Promise.all([clockwork.add(1, 2), clockwork.add(3, 4)])).toEqual([3, 7]);
    expect(loaded).toBe(1);
  });
});
