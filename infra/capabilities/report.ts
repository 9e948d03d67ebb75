/** Report: drafts, signatures, amendments. The text is enveloped under the hospital's key, the signature made by KMS. */
import { Stack } from "aws-cdk-lib/core";
import { Construct } from "constructs";
import { ApiFunction } from "../blocks/api-function.ts";
import type { Capability } from "../capability.ts";

export class Report extends Construct {
  readonly api: ApiFunction;

  constructor(scope: Construct, id: string, props: Capability) {
    super(scope, id);
    this.api = new ApiFunction(this, "Api", { ...props, capability: "report" });
    props.stored.bindCatalog(this.api, "write");
    props.stored.bindAudit(this.api, "append");
    // Signed documents are put here and locked; the originals are asked for their checksums when a report is verified.
    props.stored.bindBucket(this.api, "archive", ["read", "write", "lock", "hold"], ["report/*"]);
    props.stored.bindBucket(this.api, "archive", ["read"], [`${Stack.of(this).region}/*`]);
    props.stored.bindHospitalKeys(this.api, ["encrypt", "decrypt"], "objects");
    props.stored.bindHospitalKeys(this.api, ["encrypt", "decrypt"], "reports");
    props.stored.bindSigningKey(this.api, ["kms:Sign", "kms:GetPublicKey"]);
  }
}
