/**
 * OpenID Connect for a page without a server: authorization code with PKCE (RFC 7636; OAuth 2.0 for Browser-Based Apps), any
 * issuer. The protocol's checks are oauth4webapi's.
 */
import * as oauth from "oauth4webapi";
import type { OfferedIssuer } from "../../../shared/contract/schemas/contract.ts";

/** Who signed in, and what the API and the issuer are shown. */
export interface SignedIn {
  readonly issuer: OfferedIssuer;
  readonly subject: string;
  /** What the API takes. */
  readonly bearer: string;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
  readonly refreshToken?: string;
}

/** What is kept of a sign-in while the person is at the issuer. */
export interface Errand {
  readonly issuer: OfferedIssuer;
  readonly redirectUri: string;
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
}

/** The issuer will not renew this sign-in: the person has to sign in again. */
export class SignInEnded extends Error {
  override readonly name = "SignInEnded";
}

const servers = new Map<string, oauth.AuthorizationServer>();

/** Plain HTTP only where nothing leaves the machine. */
const options = ({ issuer }: OfferedIssuer) => ({
  [oauth.allowInsecureRequests]: /^http:\/\/(127\.0\.0\.1|localhost)[:/]/.test(issuer),
});

async function discover(issuer: OfferedIssuer): Promise<oauth.AuthorizationServer> {
  const known = servers.get(issuer.issuer);
  if (known) return known;
  const url = new URL(issuer.issuer);
  const found = await oauth.processDiscoveryResponse(url, await oauth.discoveryRequest(url, options(issuer)));
  servers.set(issuer.issuer, found);
  return found;
}

const clientOf = ({ clientId }: OfferedIssuer): oauth.Client => ({ client_id: clientId });

/** Where to send the person, and what to remember until they come back to `redirectUri`. */
export async function beginSignIn(
  issuer: OfferedIssuer,
  redirectUri: string,
): Promise<{ readonly url: URL; readonly errand: Errand }> {
  const { authorization_endpoint: endpoint } = await discover(issuer);
  if (endpoint === undefined) throw new Error("The issuer has no authorization endpoint.");
  const verifier = oauth.generateRandomCodeVerifier();
  const errand = {
    issuer,
    redirectUri,
    state: oauth.generateRandomState(),
    nonce: oauth.generateRandomNonce(),
    verifier,
  };
  const url = new URL(endpoint);
  const asked = {
    client_id: issuer.clientId,
    response_type: "code",
    redirect_uri: redirectUri,
    scope: issuer.scope,
    state: errand.state,
    nonce: errand.nonce,
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
    code_challenge_method: "S256",
  };
  for (const [name, value] of Object.entries(asked)) url.searchParams.set(name, value);
  return { url, errand };
}

/** `landed`: the address the issuer sent the person back to. Throws where it answers another request, or refused. */
export async function finishSignIn(errand: Errand, landed: URL, now: number): Promise<SignedIn> {
  const { issuer } = errand;
  const server = await discover(issuer);
  const client = clientOf(issuer);
  const answer = oauth.validateAuthResponse(server, client, landed, errand.state);
  const response = await oauth.authorizationCodeGrantRequest(
    server,
    client,
    oauth.None(),
    answer,
    errand.redirectUri,
    errand.verifier,
    options(issuer),
  );
  const tokens = await oauth.processAuthorizationCodeResponse(server, client, response, {
    expectedNonce: errand.nonce,
    requireIdToken: true,
  });
  return signedInWith(issuer, tokens, now);
}

/** Throws SignInEnded where the issuer says no; other errors where it could not be asked. */
export async function renew(signedIn: SignedIn, now: number): Promise<SignedIn> {
  const { issuer, refreshToken, subject } = signedIn;
  if (refreshToken === undefined) throw new SignInEnded("There is nothing to renew this sign-in with.");
  const server = await discover(issuer);
  const client = clientOf(issuer);
  const request = oauth.refreshTokenGrantRequest(server, client, oauth.None(), refreshToken, options(issuer));
  try {
    const tokens = await oauth.processRefreshTokenResponse(server, client, await request);
    return signedInWith(issuer, tokens, now, { subject, refreshToken });
  } catch (cause) {
    const refused = cause instanceof oauth.ResponseBodyError && cause.error === "invalid_grant";
    throw refused ? new SignInEnded("The issuer ended this sign-in.", { cause }) : cause;
  }
}

function signedInWith(
  issuer: OfferedIssuer,
  tokens: oauth.TokenEndpointResponse,
  now: number,
  before?: Pick<SignedIn, "subject" | "refreshToken">,
): SignedIn {
  const claims = oauth.getValidatedIdTokenClaims(tokens);
  const subject = claims?.sub ?? before?.subject;
  const bearer = issuer.token === "id" ? tokens.id_token : tokens.access_token;
  if (subject === undefined || bearer === undefined) throw new Error("The issuer sent no usable token.");
  // An issuer that does not say how long is asked again soon.
  const seconds = tokens.expires_in ?? 300;
  const expiresAt = issuer.token === "id" && claims ? claims.exp * 1000 : now + seconds * 1000;
  const refreshToken = tokens.refresh_token ?? before?.refreshToken;
  return { issuer, subject, bearer, expiresAt, ...(refreshToken !== undefined && { refreshToken }) };
}

/**
 * Makes the refresh token useless where the issuer can (RFC 7009), and answers where its own session is ended; undefined where
 * it has no such page. The address holds no token: without `id_token_hint` the issuer may ask whether one is sure.
 */
export async function endSignIn(
  { issuer, refreshToken }: SignedIn,
  returnTo: string,
): Promise<URL | undefined> {
  const server = await discover(issuer);
  if (refreshToken !== undefined && server.revocation_endpoint !== undefined)
    await oauth.revocationRequest(server, clientOf(issuer), oauth.None(), refreshToken, options(issuer));
  if (server.end_session_endpoint === undefined) return undefined;
  const url = new URL(server.end_session_endpoint);
  url.searchParams.set("client_id", issuer.clientId);
  url.searchParams.set(issuer.signOut === "cognito" ? "logout_uri" : "post_logout_redirect_uri", returnTo);
  return url;
}
