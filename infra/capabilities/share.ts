/** Share: expiring, revocable links, and what an opened link shows. */
import { Construct } from "constructs";
import { ApiFunction } from "../blocks/api-function.ts";
import type { Capability } from "../capability.ts";

export class Share extends Construct {
  readonly api: ApiFunction;

  constructor(scope: Construct, id: string, props: Capability) {
    super(scope, id);
    this.api = new ApiFunction(this, "Api", { ...props, capability: "share" });
    props.stored.bindCatalog(this.api, "write");
    props.stored.bindAudit(this.api, "append");
    props.stored.bindHospitalKeys(this.api, ["decrypt"], "reports");
  }
}
