/** The function that answers a capability's routes: `functions/<capability>/api.ts`. */
import type { Construct } from "constructs";
import type { Capability as Word } from "../../shared/contract/route.ts";
import type { Capability } from "../capability.ts";
import { frontSecretOf } from "./front-secret.ts";
import { AppFunction } from "./function.ts";

export interface ApiFunctionProps extends Capability {
  readonly capability: Word;
  readonly memory?: number;
}

export class ApiFunction extends AppFunction {
  readonly capability: Word;

  constructor(scope: Construct, id: string, { capability, stage, settings, memory }: ApiFunctionProps) {
    super(scope, id, {
      stage,
      entry: `functions/${capability}/api.ts`,
      description: `Answers the routes of ${capability}`,
      memory: memory ?? 1769,
    });
    this.capability = capability;
    settings.tell(this);
    this.tell("MIC_SETTINGS", { frontSecret: frontSecretOf(stage) });
  }
}
