/** Signs a person in as a browser would: authorization code with PKCE, the sign-in form, cookies and redirects. */
import { createHash, randomBytes } from "node:crypto";

export interface Tokens {
  readonly accessToken: string;
  readonly idToken: string;
  /** Seconds. */
  readonly expiresIn: number;
}

const redirectUri = "http://127.0.0.1/callback";
const mostRedirects = 10;

/**
 * Drives the whole flow of the client `mic-cli` over HTTP against `issuer` (a URL ending in `/idp`).
 * Throws where a step answers anything but what the protocol says; the message never holds the password.
 */
export async function signIn(issuer: string, username: string, password: string): Promise<Tokens> {
  const verifier = randomBytes(32).toString("base64url");
  const state = randomBytes(16).toString("base64url");
  const authorize = new URL(`${issuer}/auth`);
  authorize.search = new URLSearchParams({
    client_id: "mic-cli",
    response_type: "code",
    redirect_uri: redirectUri,
    scope: "openid profile mic",
    state,
    code_challenge: createHash("sha256").update(verifier).digest("base64url"),
    code_challenge_method: "S256",
  }).toString();

  const browser = new Browser(redirectUri);
  const form = await browser.follow(authorize);
  if (!form.url) throw new Error(`${issuer} did not show its sign-in page (HTTP ${form.status})`);
  const end = await browser.follow(form.url, new URLSearchParams({ username, password }));
  if (!end.callback) throw new Error(`${username} was not signed in (HTTP ${end.status})`);
  if (end.callback.searchParams.get("state") !== state)
    throw new Error("The issuer answered another request");
  const code = end.callback.searchParams.get("code");
  if (!code)
    throw new Error(`${username} was not signed in: ${end.callback.searchParams.get("error") ?? "no code"}`);
  return exchange(issuer, code, verifier);
}

async function exchange(issuer: string, code: string, verifier: string): Promise<Tokens> {
  const response = await fetch(`${issuer}/token`, {
    method: "POST",
    body: new URLSearchParams({
      grant_type: "authorization_code",
      client_id: "mic-cli",
      redirect_uri: redirectUri,
      code,
      code_verifier: verifier,
    }),
  });
  if (!response.ok) throw new Error(`The issuer refused its own code (HTTP ${response.status})`);
  const body = (await response.json()) as { access_token: string; id_token: string; expires_in: number };
  return { accessToken: body.access_token, idToken: body.id_token, expiresIn: body.expires_in };
}

interface Landing {
  readonly status: number;
  /** Where the page that was shown lives; absent when the flow ended at the redirect URI. */
  readonly url?: URL;
  readonly callback?: URL;
}

/** Just enough of a browser: cookies by path, and redirects followed by hand to stop at the redirect URI. */
export class Browser {
  readonly #redirectUri: string;
  readonly #cookies = new Map<string, { readonly value: string; readonly path: string }>();

  constructor(redirectUri: string) {
    this.#redirectUri = redirectUri;
  }

  async follow(start: URL, form?: URLSearchParams): Promise<Landing> {
    let url = start;
    let body = form;
    for (let hop = 0; hop < mostRedirects; hop += 1) {
      const response = await fetch(url, {
        method: body ? "POST" : "GET",
        redirect: "manual",
        headers: { cookie: this.#cookiesFor(url) },
        ...(body && { body }),
      });
      this.#keep(response);
      await response.arrayBuffer();
      const location = response.headers.get("location");
      if (!location) return { status: response.status, ...(response.ok && { url }) };
      url = new URL(location, url);
      body = undefined;
      if (url.href.startsWith(`${this.#redirectUri}?`)) return { status: response.status, callback: url };
    }
    throw new Error("The issuer redirects in a circle");
  }

  #keep(response: Response): void {
    for (const line of response.headers.getSetCookie()) {
      const [pair = "", ...attributes] = line.split(";").map((part) => part.trim());
      const name = pair.slice(0, pair.indexOf("="));
      const path = attributes.find((one) => /^path=/i.test(one))?.slice(5) ?? "/";
      this.#cookies.set(`${path} ${name}`, { value: pair, path });
    }
  }

  #cookiesFor(url: URL): string {
    return [...this.#cookies.values()]
      .filter(
        ({ path }) =>
          url.pathname === path || url.pathname.startsWith(path.endsWith("/") ? path : `${path}/`),
      )
      .map(({ value }) => value)
      .join("; ");
  }
}
