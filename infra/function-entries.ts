/** Entry files of all functions, bundled before any stack is made. */
import { capabilities } from "../shared/contract/route.ts";
import { type DeploymentConfig, isRemovable } from "./config.ts";

export const functionEntries = (
  config: Pick<DeploymentConfig, "stage" | "production">,
): readonly string[] => [
  "functions/access/authorizer.ts",
  "functions/ingest/on-object-landed.ts",
  "functions/derive/on-instance-indexed.ts",
  "functions/catalog/on-table-changed.ts",
  "functions/catalog/every-five-minutes.ts",
  "functions/catalog/on-rebuild-requested.ts",
  ...capabilities.map((capability) => `functions/${capability}/api.ts`),
  ...(isRemovable(config) ? ["functions/data/on-stack-deleted.ts"] : []),
];
