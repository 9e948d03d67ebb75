/** The config the stacks are deployed with here: config/local.json with this machine's ports in it. */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { DeploymentConfig } from "../infra/config.ts";
import { roles } from "../shared/access/principal.ts";
import { apiAudience, webClient } from "./issuer/provider.ts";
import { places, projectRoot } from "./places.ts";
import type { Ports } from "./ports.ts";

export interface Origins {
  readonly web: string;
  readonly s3: string;
  readonly issuer: string;
  readonly emulator: string;
}

export function originsOf(ports: Ports): Origins {
  const web = `http://127.0.0.1:${ports.web}`;
  const at = (port: number): string => `127.0.0.1:${port}`;
  return {
    web,
    s3: `http://${at(ports.s3)}`,
    issuer: `${web}/idp`,
    emulator: `https://${at(ports.emulator)}`,
  };
}

/** Writes the config and answers it. Unchanged ports give unchanged bytes, so that nothing is deployed again. */
export async function writeLocalConfig({ web, s3, issuer, emulator }: Origins): Promise<DeploymentConfig> {
  const base = JSON.parse(
    await readFile(join(projectRoot, "config", "local.json"), "utf8"),
  ) as DeploymentConfig;
  const speaksFor = { hospitals: "all" as const, roles: [...roles] };
  const claims = { hospital: "hospital", roles: "roles", licence: "licence" };
  const config: DeploymentConfig = {
    ...base,
    // The user pool is deployed here too, so that what AWS uses by default is not first seen on AWS. Its tokens name AWS
    // as their issuer, whose keys are not the emulator's.
    identity: [
      { kind: "oidc", issuer, audience: apiAudience, claims, web: webClient, ...speaksFor },
      { kind: "cognito", jwksUri: `${emulator}/{userPoolId}/.well-known/jwks.json`, ...speaksFor },
    ],
    allowedOrigins: [web],
    webOrigin: web,
    localPublicS3Origin: s3,
  };
  await writeFile(places.config, `${JSON.stringify(config, undefined, 2)}\n`);
  return config;
}
