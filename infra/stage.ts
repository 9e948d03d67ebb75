import type { StackProps } from "aws-cdk-lib/core";
import type { FunctionCode } from "./blocks/bundle.ts";
import type { DeploymentConfig } from "./config.ts";
import type { Names } from "./names.ts";

/** What every stack and capability of one deployment is built from. */
export interface Stage {
  readonly config: DeploymentConfig;
  readonly names: Names;
  /** The code of a function, by entry file. */
  readonly code: FunctionCode;
  /** Folder of the built pages; without it CloudFront is deployed empty. */
  readonly webFiles?: string | undefined;
}

/** No tag is put on whole stacks: the tag `mic:stage` opens keys, and only hospitals' keys may carry it. */
export const stackProps = ({ config }: Stage, holds: string): StackProps => ({
  env: { region: config.region, ...(config.account && { account: config.account }) },
  description: `Medical Image Cloud ${config.stage}: ${holds}`,
});
