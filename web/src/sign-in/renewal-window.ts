/**
 * Signing in again without leaving the page: in a window of its own, which hands the tokens to the one that opened it and
 * closes. Only pages of this origin hear a BroadcastChannel, and only the window that made up the errand's name takes them.
 */
import type { SignedIn } from "./oidc.ts";
import type { Session } from "./session.ts";

const channelName = "mic-sign-in";
const prefix = "#sign-in-again/";

interface Handed {
  readonly renewing: string;
  readonly signedIn: SignedIn;
}

/** false where the browser blocks the window. Must be called by a click. */
export function signInInWindow(session: Session): boolean {
  const renewing = crypto.randomUUID();
  const opened = window.open(`/${prefix}${renewing}`, "_blank", "popup,width=480,height=680");
  if (opened === null) return false;
  const channel = new BroadcastChannel(channelName);
  channel.onmessage = ({ data }: MessageEvent<Handed>) => {
    if (data.renewing !== renewing) return;
    channel.close();
    session.accept(data.signedIn);
  };
  return true;
}

/** In the new window: the errand it was opened for. */
export const renewalAskedFor = (hash: string): string | undefined =>
  hash.startsWith(prefix) ? hash.slice(prefix.length) : undefined;

/** In the new window, once signed in. */
export function handOver(renewing: string, signedIn: SignedIn): void {
  const channel = new BroadcastChannel(channelName);
  channel.postMessage({ renewing, signedIn } satisfies Handed);
  channel.close();
  window.close();
}
