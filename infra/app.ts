/** `cdk synth` and `cdk deploy` begin here. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { App } from "aws-cdk-lib/core";
import { bundleFunctions } from "./blocks/bundle.ts";
import { InvalidConfig } from "./check-config.ts";
import { architectureOf, isLocal } from "./config.ts";
import { addStacks } from "./deployment.ts";
import { functionEntries } from "./function-entries.ts";
import { readConfig } from "./read-config.ts";

const builtWeb = join(import.meta.dirname, "../web/dist");

const app = new App();
try {
  const config = readConfig(app.node);
  const processor = architectureOf(config) === "arm64" ? "linux-arm64" : "linux-x64";
  const code = await bundleFunctions(functionEntries(config), isLocal(config) ? "local" : processor);
  addStacks(app, config, code, existsSync(builtWeb) ? builtWeb : undefined);
  app.synth();
} catch (error) {
  if (!(error instanceof InvalidConfig)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
