/** One swc transform for every project; emulator suites and journeys are apart because they need something running. */
const project = (displayName, testMatch, more = {}) => ({
  displayName,
  testMatch: testMatch.map((pattern) => `<rootDir>/test/${pattern}`),
  testEnvironment: "node",
  extensionsToTreatAsEsm: [".ts"],
  transform: {
    "^.+\\.ts$": [
      "@swc/jest",
      { jsc: { parser: { syntax: "typescript" }, target: "es2022" }, module: { type: "es6" } },
    ],
  },
  transformIgnorePatterns: ["/node_modules/"],
  ...more,
});

export default {
  // Sample studies are generated and real files decoded; a loaded machine takes its time.
  testTimeout: 30_000,
  projects: [
    project("unit", ["{unit,properties,contract}/**/!(*.emulator).test.ts"]),
    project("emulator", ["contract/**/*.emulator.test.ts"]),
    project("infra", ["infra/**/*.test.ts"]),
    project("journey", ["journey/**/*.test.ts"], {
      setupFilesAfterEnv: ["<rootDir>/test/support/journey-timeout.ts"],
    }),
  ],
};
