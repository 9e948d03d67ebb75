import type { KeyState } from "../access/key-state.ts";
import type { Clock, UploadSigner } from "../ports.ts";
import type { UploadLimits } from "./limits.ts";

/** What the upload use cases need besides the caller's grant. */
export interface UploadDependencies {
  readonly signer: UploadSigner;
  readonly keyState: KeyState;
  readonly clock: Clock;
  readonly limits: UploadLimits;
}
