/** Order: what was asked for, and which study it became. Matching itself follows from the catalog's stream. */
import { Construct } from "constructs";
import { ApiFunction } from "../blocks/api-function.ts";
import type { Capability } from "../capability.ts";

export class Order extends Construct {
  readonly api: ApiFunction;

  constructor(scope: Construct, id: string, props: Capability) {
    super(scope, id);
    this.api = new ApiFunction(this, "Api", { ...props, capability: "order" });
    props.stored.bindCatalog(this.api, "write");
    props.stored.bindAudit(this.api, "append");
  }
}
