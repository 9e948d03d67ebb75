/** One swc transform for every project; journeys are separate because they need a running local cloud. */
const base = {
  testEnvironment: "node",
  extensionsToTreatAsEsm: [".ts"],
  transform: {
    "^.+\\.ts$": [
      "@swc/jest",
      { jsc: { parser: { syntax: "typescript" }, target: "es2022" }, module: { type: "es6" } },
    ],
  },
  transformIgnorePatterns: ["/node_modules/"],
};

export default {
  projects: [
    { ...base, displayName: "unit", testMatch: ["<rootDir>/test/{unit,properties,contract}/**/*.test.ts"] },
    { ...base, displayName: "infra", testMatch: ["<rootDir>/test/infra/**/*.test.ts"] },
    { ...base, displayName: "journey", testMatch: ["<rootDir>/test/journey/**/*.test.ts"] },
  ],
};
