/** Query: QIDO-RS and the study page, from the catalog alone. */
import { Construct } from "constructs";
import { ApiFunction } from "../blocks/api-function.ts";
import type { Capability } from "../capability.ts";

export class Query extends Construct {
  readonly api: ApiFunction;

  constructor(scope: Construct, id: string, props: Capability) {
    super(scope, id);
    this.api = new ApiFunction(this, "Api", { ...props, capability: "query" });
    props.stored.bindCatalog(this.api, "read");
    props.stored.bindAudit(this.api, "append");
  }
}
