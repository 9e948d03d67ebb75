/** Retrieve: WADO-RS, by redirect to bytes that this function's own role may read. */
import { Stack } from "aws-cdk-lib/core";
import { Construct } from "constructs";
import { ApiFunction } from "../blocks/api-function.ts";
import type { Capability } from "../capability.ts";

export class Retrieve extends Construct {
  readonly api: ApiFunction;

  constructor(scope: Construct, id: string, props: Capability) {
    super(scope, id);
    this.api = new ApiFunction(this, "Api", { ...props, capability: "retrieve" });
    const region = `${Stack.of(this).region}/*`;
    props.stored.bindCatalog(this.api, "read");
    props.stored.bindAudit(this.api, "append");
    props.stored.bindBucket(this.api, "archive", ["read"], [region]);
    props.stored.bindBucket(this.api, "derived", ["read"], [region]);
    // Instances in an envelope, for clients that take nothing else.
    props.stored.bindBucket(this.api, "derived", ["read", "write"], [`wrapped/${region}`]);
    props.stored.bindHospitalKeys(this.api, ["encrypt"]);
    props.stored.bindHospitalKeys(this.api, ["decrypt"], "objects");
  }
}
