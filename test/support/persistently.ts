import { Transient } from "../../shared/errors.ts";

/** For a test's own look at stores that are made to fail: asks until somebody answers. */
export async function persistently<T>(ask: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof Transient) || attempt === 50) throw error;
    }
  }
}
