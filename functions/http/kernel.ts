/** What every request needs besides its handler. Tests pass their own. */
import type { WholeStores } from "../../shared/access/authorise.ts";
import { apiBaseUrl, environment } from "../environment.ts";
import { stores } from "../stores.ts";

export interface Kernel extends WholeStores {
  /** Base URL clients see, without trailing slash. */
  readonly baseUrl: string;
  readonly allowedOrigins: readonly string[];
  /** Proves that a request came through our front. */
  readonly frontSecret?: string;
}

export function kernelFromEnvironment(): Kernel {
  const settings = environment("settings");
  const { table, objects, downloads, clock } = stores();
  return {
    table,
    objects,
    downloads,
    clock,
    region: settings.region,
    baseUrl: apiBaseUrl(settings),
    allowedOrigins: settings.allowedOrigins,
    ...(settings.frontSecret !== undefined && { frontSecret: settings.frontSecret }),
  };
}
