/**
 * Who is signed in, in this tab only: tokens are in memory and sessionStorage, so that a reload goes on and a closed tab
 * forgets. A sign-in that ends while images are being sent leaves the page as it is: whoever needs a token waits.
 */
import type { OfferedIssuer } from "../../../shared/contract/schemas/contract.ts";
import { Store } from "../app/store.ts";
import {
  beginSignIn,
  type Errand,
  endSignIn,
  finishSignIn,
  renew,
  type SignedIn,
  SignInEnded,
} from "./oidc.ts";

/** `leftHere`: the issuer could not be reached, and may let whoever comes next go on as this person. */
type Left = "left" | "leftHere";

export type SessionState =
  | { readonly kind: "signed-out"; readonly why?: Left | "failed"; readonly cause?: Error }
  | { readonly kind: "signed-in"; readonly signedIn: SignedIn }
  /** The page stays; a sign-in of the same person goes on with it. */
  | { readonly kind: "expired"; readonly signedIn: SignedIn; readonly somebodyElse?: true };

/** Whoever needs a token gets none any more in this page. */
export class SignedOut extends Error {
  override readonly name = "SignedOut";
}

/** What the session needs of the browser. */
export interface Surroundings {
  readonly storage: Pick<Storage, "getItem" | "setItem" | "removeItem">;
  readonly now: () => number;
  readonly origin: string;
  readonly leaveFor: (url: URL) => void;
}

interface Pending {
  readonly errand: Errand;
  /** The fragment the person was at. */
  readonly returnTo: string;
  /** Set in the window that another one opened to sign in again. */
  readonly renewing?: string;
}

/** How an errand ended. In a window opened for it the tokens are not this window's, but handed over. */
type Finished = Omit<Pending, "errand"> & { readonly signedIn?: SignedIn };

const keys = { signedIn: "mic.sign-in", pending: "mic.sign-in.pending", left: "mic.sign-in.left" } as const;
/** Renewed this long before it ends, so that a request under way does not outlive it. */
const marginMs = 30_000;

export class Session {
  readonly state: Store<SessionState>;
  readonly #around: Surroundings;
  #renewing: Promise<void> | undefined;

  constructor(around: Surroundings) {
    this.#around = around;
    const kept = this.#read<SignedIn>(keys.signedIn);
    const left = this.#read<Left>(keys.left);
    around.storage.removeItem(keys.left);
    this.state = new Store<SessionState>(
      kept ? { kind: "signed-in", signedIn: kept } : { kind: "signed-out", ...(left && { why: left }) },
    );
  }

  /** Sends the person to the issuer. `renewing`: see Pending. */
  async begin(issuer: OfferedIssuer, returnTo: string, renewing?: string): Promise<void> {
    const { url, errand } = await beginSignIn(issuer, `${this.#around.origin}/`);
    this.#write(keys.pending, { errand, returnTo, ...(renewing !== undefined && { renewing }) });
    this.#around.leaveFor(url);
  }

  /**
   * Takes the issuer's answer out of the address the page was opened at. Undefined where there is none: a code that nobody
   * here asked for is not used.
   */
  async finish(landed: URL): Promise<Finished | undefined> {
    const pending = this.#read<Pending>(keys.pending);
    this.#around.storage.removeItem(keys.pending);
    if (!pending || !landed.searchParams.has("state")) return undefined;
    const { errand, ...finished } = pending;
    try {
      const signedIn = await finishSignIn(errand, landed, this.#around.now());
      if (pending.renewing === undefined) this.accept(signedIn);
      return { ...finished, signedIn };
    } catch (cause) {
      this.state.value = { kind: "signed-out", why: "failed", cause: cause as Error };
      return finished;
    }
  }

  /** A sign-in made here or in a window opened for it. Another person does not go on with what this one began. */
  accept(signedIn: SignedIn): void {
    const before = this.state.value;
    if (before.kind !== "signed-out" && !samePerson(before.signedIn, signedIn)) {
      this.state.value = { kind: "expired", signedIn: before.signedIn, somebodyElse: true };
      return;
    }
    this.#write(keys.signedIn, signedIn);
    this.state.value = { kind: "signed-in", signedIn };
  }

  /**
   * A token that is good for a while. Waits while the sign-in has expired, until the person signs in again. Throws SignedOut
   * once they have left.
   */
  async token(): Promise<string> {
    for (;;) {
      const state = await this.state.until((now) => now.kind !== "expired");
      if (state.kind === "signed-out") throw new SignedOut();
      const { signedIn } = state;
      if (signedIn.expiresAt - this.#around.now() > marginMs) return signedIn.bearer;
      await this.#renewOnce(signedIn);
    }
  }

  /** The API did not take it, whatever its time says. */
  refused(bearer: string): void {
    const state = this.state.value;
    if (state.kind === "signed-in" && state.signedIn.bearer === bearer)
      this.state.value = { kind: "signed-in", signedIn: { ...state.signedIn, expiresAt: 0 } };
  }

  /** Forgets the tokens, then ends the issuer's own session too. */
  async leave(): Promise<void> {
    const state = this.state.value;
    this.#around.storage.removeItem(keys.signedIn);
    this.state.value = { kind: "signed-out", why: "left" };
    if (state.kind === "signed-out") return;
    this.#write(keys.left, "left");
    try {
      const url = await endSignIn(state.signedIn, `${this.#around.origin}/`);
      if (url) this.#around.leaveFor(url);
    } catch (cause) {
      this.#write(keys.left, "leftHere");
      this.state.value = { kind: "signed-out", why: "leftHere", cause: cause as Error };
    }
  }

  /** Requests that need a token at the same time renew it together: a refresh token may be used once. */
  async #renewOnce(signedIn: SignedIn): Promise<void> {
    this.#renewing ??= this.#renew(signedIn).finally(() => {
      this.#renewing = undefined;
    });
    await this.#renewing;
  }

  async #renew(signedIn: SignedIn): Promise<void> {
    try {
      this.accept(await renew(signedIn, this.#around.now()));
    } catch (error) {
      if (!(error instanceof SignInEnded)) throw error;
      this.state.value = { kind: "expired", signedIn };
    }
  }

  #read<T>(key: string): T | undefined {
    const text = this.#around.storage.getItem(key);
    return text === null ? undefined : (JSON.parse(text) as T);
  }

  #write(key: string, value: unknown): void {
    this.#around.storage.setItem(key, JSON.stringify(value));
  }
}

const samePerson = (one: SignedIn, other: SignedIn): boolean =>
  one.subject === other.subject && one.issuer.issuer === other.issuer.issuer;
