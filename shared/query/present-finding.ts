import type { FindingItem } from "../catalog/findings.ts";
import { adviceOf } from "../contract/findings.ts";
import type { FindingView } from "../contract/schemas/findings.ts";

/** A finding with its sentences. */
export function presentFinding({ source, code, severity, of, values, foundAt }: FindingItem): FindingView {
  return {
    source,
    code,
    severity,
    ...(of !== "-" && { of }),
    values: { ...values },
    foundAt,
    ...adviceOf(code, values),
  };
}
