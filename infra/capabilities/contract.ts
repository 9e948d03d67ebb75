/** Contract: the API's description, its health, and where people sign in. Reads nothing. */
import { Construct } from "constructs";
import type { OfferedIssuer } from "../../shared/contract/schemas/contract.ts";
import { ApiFunction } from "../blocks/api-function.ts";
import type { Capability } from "../capability.ts";

export class Contract extends Construct {
  readonly api: ApiFunction;

  constructor(
    scope: Construct,
    id: string,
    props: Capability & { readonly issuers: readonly OfferedIssuer[] },
  ) {
    super(scope, id);
    this.api = new ApiFunction(this, "Api", { ...props, capability: "contract", memory: 512 });
    this.api.tell("MIC_SIGN_IN", { issuers: props.issuers });
  }
}
