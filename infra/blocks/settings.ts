/** What every function is told about its deployment, as `MIC_SETTINGS`. */
import { Aws } from "aws-cdk-lib/core";
import { type DeploymentConfig, lockMode } from "../config.ts";
import type { AppFunction } from "./function.ts";

export class Settings {
  private readonly values: Record<string, unknown>;

  /** `webOrigin`: where share links are opened; with CloudFront's own domain it is known only at deploy. */
  constructor(config: DeploymentConfig, webOrigin: string) {
    this.values = {
      stage: config.stage,
      region: config.region,
      webOrigin,
      ...(config.localPublicS3Origin && { publicS3Origin: config.localPublicS3Origin }),
      retentionYears: config.retentionYears,
      lockMode: lockMode(config),
      limits: config.limits,
      urlSuffix: Aws.URL_SUFFIX,
      allowedOrigins: [...new Set([webOrigin, ...config.allowedOrigins])],
    };
  }

  tell(fn: AppFunction): void {
    fn.tell("MIC_SETTINGS", this.values);
  }
}
