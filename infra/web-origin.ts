import type { Stored } from "./blocks/stored.ts";
import type { DeploymentConfig } from "./config.ts";

/** Where people open the portal: the deployer's origin, or the one CloudFront chose, which the Edge stack publishes. */
export const webOrigin = (config: DeploymentConfig, stored: Stored): string =>
  config.webOrigin ?? stored.parameter("web-origin");

/**
 * Origins whose pages may reach the buckets. Buckets are made before CloudFront has chosen a name, so without a domain
 * of one's own any CloudFront name is admitted; a signed URL is needed all the same.
 */
export const browserOrigins = (config: DeploymentConfig): readonly string[] => [
  ...new Set([config.webOrigin ?? "https://*.cloudfront.net", ...config.allowedOrigins]),
];
