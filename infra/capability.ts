import type { Settings } from "./blocks/settings.ts";
import type { Stored } from "./blocks/stored.ts";
import type { Stage } from "./stage.ts";

/** What every capability's construct is given. */
export interface Capability {
  readonly stage: Stage;
  readonly stored: Stored;
  readonly settings: Settings;
}
