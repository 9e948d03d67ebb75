/** Consult: refers a study to another hospital, and shows that hospital's worklist. */
import { Construct } from "constructs";
import { ApiFunction } from "../blocks/api-function.ts";
import type { Capability } from "../capability.ts";

export class Consult extends Construct {
  readonly api: ApiFunction;

  constructor(scope: Construct, id: string, props: Capability) {
    super(scope, id);
    this.api = new ApiFunction(this, "Api", { ...props, capability: "consult" });
    props.stored.bindCatalog(this.api, "write");
    props.stored.bindAudit(this.api, "append");
  }
}
