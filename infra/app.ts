/** `cdk synth` and `cdk deploy` begin here. */
import { existsSync, rmSync } from "node:fs";
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
  // Within the output folder, which no other run may share; CDK copies each bundle from there as an asset.
  const bundles = join(app.outdir, "bundles");
  const target = isLocal(config) ? "local" : processor;
  const code = await bundleFunctions(functionEntries(config), target, bundles);
  addStacks(app, config, code, existsSync(builtWeb) ? builtWeb : undefined);
  app.synth();
  rmSync(bundles, { recursive: true });
} catch (error) {
  if (!(error instanceof InvalidConfig)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
