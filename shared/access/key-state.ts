/** The off-switch of a hospital: nothing of its bytes is read or taken in while its key is disabled. */
import { KeyUnavailable } from "../errors.ts";
import type { Clock, KeyStates } from "../ports.ts";

/** Part of the promise in docs/security.md: a disabled key is noticed within this time. */
export const keyStateSeconds = 10;

export interface KeyState {
  /** Throws KeyUnavailable when the key is disabled or gone, Transient when KMS cannot say: then nothing is served either. */
  requireEnabled(keyArn: string): Promise<void>;
}

interface Known {
  readonly enabled: Promise<boolean>;
  readonly until: number;
}

/** Asks KMS at most every 10 s a key, so that a thousand images ask once. One for the life of a function. */
export function keyState(states: KeyStates, clock: Clock): KeyState {
  const known = new Map<string, Known>();

  function ask(keyArn: string, now: number): Known {
    const asked = { enabled: states.enabled(keyArn), until: now + keyStateSeconds * 1000 };
    known.set(keyArn, asked);
    // No answer is not remembered: the next request asks again.
    asked.enabled.catch(() => {
      if (known.get(keyArn) === asked) known.delete(keyArn);
    });
    return asked;
  }

  return {
    async requireEnabled(keyArn) {
      const now = clock.now().getTime();
      const remembered = known.get(keyArn);
      const current = remembered && remembered.until > now ? remembered : ask(keyArn, now);
      if (!(await current.enabled))
        throw new KeyUnavailable("The hospital's encryption key is disabled or gone.");
    },
  };
}
