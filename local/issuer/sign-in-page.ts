/** `/idp/sign-in`: the way into the sign-in page without an application, and `/idp/signed-in`, which says who came in. */
import { createHash, randomBytes } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type Provider from "oidc-provider";
import type { AccountDirectory } from "./accounts.ts";
import { messagePage } from "./pages.ts";

export const signInPath = "/sign-in";
export const signedInPath = "/signed-in";

/**
 * Where `/sign-in` sends a browser: an authorization request of `mic-web`. Its code is for nobody (the verifier is
 * forgotten at once): who signed in is in the issuer's own session.
 */
export function authorizationUrl(issuer: string): string {
  const query = new URLSearchParams({
    client_id: "mic-web",
    response_type: "code",
    redirect_uri: `${issuer}${signedInPath}`,
    scope: "openid profile mic",
    prompt: "login",
    code_challenge: createHash("sha256").update(randomBytes(32)).digest("base64url"),
    code_challenge_method: "S256",
  });
  return `${issuer}/auth?${query}`;
}

/** The page after signing in: who the issuer's session says is there. */
export async function signedInPage(
  provider: Provider,
  directory: AccountDirectory,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<string> {
  const session = await provider.Session.get(provider.createContext(request, response));
  const account = session.accountId === undefined ? undefined : directory.find(session.accountId);
  if (!account)
    return messagePage("未登录", "Nobody is signed in", `请打开 Open ${provider.issuer}${signInPath}`);
  const { name, username, role, hospital } = account;
  const who = [name, username, role, hospital].filter(Boolean).join(" · ");
  return messagePage("已登录", "Signed in", who);
}
