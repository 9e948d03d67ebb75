import { KeyUnavailable } from "../errors.ts";
import type { Clock, KeyService } from "../ports.ts";

/** Part of the promise that a disabled key is noticed at once: docs/security.md adds up where time goes. */
const cacheSeconds = 30;

export interface KeyCheck {
  /** Throws KeyUnavailable when the hospital's key is disabled or gone. */
  requireEnabled(keyArn: string): Promise<void>;
}

/** Asks KMS at most every 30 s a key, so that an upload of a thousand files asks once. */
export function keyCheck(keyService: KeyService, clock: Clock): KeyCheck {
  const known = new Map<string, { readonly enabled: boolean; readonly until: number }>();
  return {
    async requireEnabled(keyArn) {
      const now = clock.now().getTime();
      let state = known.get(keyArn);
      if (!state || state.until <= now) {
        state = { enabled: await keyService.enabled(keyArn), until: now + cacheSeconds * 1000 };
        known.set(keyArn, state);
      }
      if (!state.enabled) throw new KeyUnavailable("The hospital has disabled its encryption key.");
    },
  };
}
