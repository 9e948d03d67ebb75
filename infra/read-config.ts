/** Finds the deployment config: `config/<stage>.json` (or `-c configFile=…`) with `-c` overrides on top. */
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import type { Node } from "constructs";
import { checkConfig, InvalidConfig } from "./check-config.ts";
import type { DeploymentConfig } from "./config.ts";

const projectRoot = resolve(import.meta.dirname, "..");

/** Single values that may be given on the command line, as `-c region=cn-north-1`. */
const overridable = [
  "account",
  "region",
  "edge",
  "webOrigin",
  "certificateArn",
  "architecture",
  "alarmEmail",
];

/**
 * `-c stage=` chooses the file (default `dev`); China regions have a file of their own, because neither Cognito nor
 * CloudFront is there.
 * @throws InvalidConfig
 */
export function readConfig(node: Node): DeploymentConfig {
  const region: unknown = node.tryGetContext("region");
  const preset = typeof region === "string" && region.startsWith("cn-") ? "cn" : "dev";
  const stage = String(node.tryGetContext("stage") ?? preset);
  const file = String(node.tryGetContext("configFile") ?? `config/${stage}.json`);
  const overrides = overridable
    .map((name) => [name, node.tryGetContext(name)] as const)
    .filter(([, value]) => value !== undefined);
  return checkConfig({ ...parseFile(file), ...Object.fromEntries(overrides) }, file);
}

function parseFile(file: string): object {
  const path = resolve(projectRoot, file);
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (cause) {
    throw new InvalidConfig(
      `${file} cannot be read. Copy config/dev.json to it and change what differs, or choose another with -c stage=….`,
      { cause },
    );
  }
  try {
    return JSON.parse(text) as object;
  } catch (cause) {
    throw new InvalidConfig(`${file} is not JSON: ${(cause as Error).message}`, { cause });
  }
}
