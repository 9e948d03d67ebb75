import type { Clock, UploadSigner } from "../ports.ts";
import type { KeyCheck } from "./key-check.ts";
import type { UploadLimits } from "./limits.ts";

/** What the upload use cases need besides the caller's grant. */
export interface UploadDependencies {
  readonly signer: UploadSigner;
  readonly keyCheck: KeyCheck;
  readonly clock: Clock;
  readonly limits: UploadLimits;
}
