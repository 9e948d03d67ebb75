/** All stacks of one deployment, in the order they are deployed in. */
import type { App, Stack } from "aws-cdk-lib/core";
import type { FunctionCode } from "./blocks/bundle.ts";
import type { DeploymentConfig } from "./config.ts";
import { DataStack } from "./data-stack.ts";
import { EdgeStack } from "./edge-stack.ts";
import { Names } from "./names.ts";
import { ServicesStack } from "./services-stack.ts";

export function addStacks(
  app: App,
  config: DeploymentConfig,
  code: FunctionCode,
  webFiles?: string,
): readonly Stack[] {
  const stage = { config, code, webFiles, names: new Names(config.stage) };
  const data = new DataStack(app, stage);
  const edge = config.edge === "cloudfront" ? [new EdgeStack(app, stage)] : [];
  const services = new ServicesStack(app, stage);
  // Stacks find each other by name and parameter, so CDK does not see the order by itself.
  for (const stack of [...edge, services]) stack.addStackDependency(data);
  for (const stack of edge) services.addStackDependency(stack);
  return [data, ...edge, services];
}
