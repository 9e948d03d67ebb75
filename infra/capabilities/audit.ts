/** Audit: shows who saw or changed what. The only function that reads the records; none can change them. */
import { Construct } from "constructs";
import { ApiFunction } from "../blocks/api-function.ts";
import type { Capability } from "../capability.ts";

export class Audit extends Construct {
  readonly api: ApiFunction;

  constructor(scope: Construct, id: string, props: Capability) {
    super(scope, id);
    this.api = new ApiFunction(this, "Api", { ...props, capability: "audit" });
    props.stored.bindCatalog(this.api, "read");
    props.stored.bindAudit(this.api, "read and append");
  }
}
