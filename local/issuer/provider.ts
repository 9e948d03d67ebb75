/** The local OpenID provider: certified `oidc-provider` with our people, clients and pages, mounted under `/idp`. */
import Provider, { type Configuration, interactionPolicy, type KoaContextWithOIDC } from "oidc-provider";
import type { Account, AccountDirectory } from "./accounts.ts";
import { deviceCodePage, deviceConfirmPage, messagePage, signOutPage } from "./pages.ts";
import type { IssuerSecrets } from "./secrets.ts";
import { createSessionStore } from "./session-store.ts";

/** Audience of every access token: the API, wherever it runs. */
export const apiAudience = "urn:mic:api";
export const apiScope = "mic";
/** What the web pages sign in with. */
export const webClient = {
  clientId: "mic-web",
  name: "本机演示 Local cloud",
  scope: `openid profile ${apiScope}`,
} as const;
/** Tokens outlive a working day, so that a local cloud left open keeps working; deployed they live minutes. */
const tokenSeconds = 12 * 3600;
/** The pages' do not, so that their renewal is used here as it is deployed. */
const webTokenSeconds = 600;

export interface IssuerOptions {
  /** Issuer URL, ending in `/idp`. */
  readonly issuer: string;
  /** Origin of the web pages, where `mic-web` may be redirected to. */
  readonly web: string;
  readonly directory: AccountDirectory;
  readonly secrets: IssuerSecrets;
  /** Hospital the machine client `mic-gateway` works for. */
  readonly gatewayHospital: string;
}

export function createProvider(options: IssuerOptions): Provider {
  const provider = new Provider(options.issuer, configuration(options));
  provider.on("server_error", (_ctx, error) => console.error(`issuer: ${error.message}`));
  return provider;
}

function configuration(options: IssuerOptions): Configuration {
  const { directory, secrets } = options;
  return {
    adapter: createSessionStore(),
    clients: clients(options),
    jwks: secrets.jwks as NonNullable<Configuration["jwks"]>,
    cookies: { keys: [...secrets.cookieKeys] },
    claims: {
      openid: ["sub"],
      profile: ["name", "preferred_username", "hospital", "roles", "licence"],
    },
    // The profile's claims belong in the ID token too: the web page shows a name without another request.
    conformIdTokenClaims: false,
    scopes: ["openid", "profile"],
    ttl: {
      AccessToken: (_ctx, _token, client) =>
        client.clientId === webClient.clientId ? webTokenSeconds : tokenSeconds,
      ClientCredentials: tokenSeconds,
      IdToken: tokenSeconds,
      Session: tokenSeconds,
      Grant: tokenSeconds,
      RefreshToken: tokenSeconds,
      Interaction: 3600,
      DeviceCode: 600,
    },
    issueRefreshToken: async (_ctx, client) => client.grantTypeAllowed("refresh_token"),
    findAccount: (_ctx, sub) => {
      const account = directory.find(sub);
      return account && { accountId: sub, claims: () => ({ sub, ...identity(account) }) };
    },
    extraTokenClaims: (ctx, token) =>
      token.kind === "ClientCredentials"
        ? { name: token.clientId, roles: ["service"], hospital: options.gatewayHospital }
        : accessTokenClaims(ctx, directory),
    interactions: {
      policy: withoutConsent(),
      url: (_ctx, interaction) => `${new URL(options.issuer).pathname}/interaction/${interaction.uid}`,
    },
    loadExistingGrant: grantWhatIsAsked,
    clientBasedCORS: (_ctx, origin) => origin === options.web,
    features: features(),
    renderError: (ctx, out) => {
      show(
        ctx,
        messagePage(
          "无法继续",
          "This cannot go on",
          [out.error, out.error_description].filter(Boolean).join(": "),
        ),
      );
    },
  };
}

function features(): NonNullable<Configuration["features"]> {
  return {
    devInteractions: { enabled: false },
    clientCredentials: { enabled: true },
    deviceFlow: {
      enabled: true,
      userCodeInputSource: (ctx, form, _out, error) => show(ctx, deviceCodePage(form, error !== undefined)),
      userCodeConfirmSource: (ctx, form, client, _device, code) =>
        show(ctx, deviceConfirmPage(form, client.clientName ?? client.clientId, code)),
      successSource: (ctx) =>
        show(ctx, messagePage("已登录", "Signed in", "可以关闭此页，回到终端。 You can close this page.")),
    },
    // Whoever holds a token of the pages may end it: they have no secret.
    revocation: { enabled: true, allowedPolicy: (_ctx, client, token) => token.clientId === client.clientId },
    rpInitiatedLogout: {
      enabled: true,
      logoutSource: (ctx, form) => show(ctx, signOutPage(form)),
      postLogoutSuccessSource: (ctx) => show(ctx, messagePage("已退出", "Signed out")),
    },
    resourceIndicators: {
      enabled: true,
      defaultResource: () => apiAudience,
      useGrantedResource: () => true,
      getResourceServerInfo: () => ({
        scope: apiScope,
        audience: apiAudience,
        accessTokenFormat: "jwt",
        jwt: { sign: { alg: "RS256" } },
      }),
    },
  };
}

function clients({ issuer, web, secrets }: IssuerOptions): NonNullable<Configuration["clients"]> {
  const device = "urn:ietf:params:oauth:grant-type:device_code";
  return [
    {
      client_id: webClient.clientId,
      client_name: "医学影像云 Medical Image Cloud",
      token_endpoint_auth_method: "none",
      grant_types: ["authorization_code", "refresh_token"],
      redirect_uris: [`${web}/`, `${web}/signed-in`, `${issuer}/signed-in`],
      post_logout_redirect_uris: [`${web}/`],
    },
    {
      client_id: "mic-cli",
      client_name: "mic",
      // Native: a loopback redirect may use any port (RFC 8252 §7.3).
      application_type: "native",
      token_endpoint_auth_method: "none",
      grant_types: ["authorization_code", device],
      redirect_uris: ["http://127.0.0.1/callback"],
    },
    {
      client_id: "mic-gateway",
      client_name: "Hospital gateway",
      client_secret: secrets.gatewaySecret,
      grant_types: ["client_credentials"],
      redirect_uris: [],
      response_types: [],
    },
  ];
}

function identity(account: Account): Record<string, unknown> {
  return {
    name: account.name,
    preferred_username: account.username,
    roles: [account.role],
    ...(account.hospital === undefined ? {} : { hospital: account.hospital }),
    ...(account.licence === undefined ? {} : { licence: account.licence }),
  };
}

/** What the authorizer reads. `auth_time` is when the person signed in, not when the token was made. */
function accessTokenClaims(ctx: KoaContextWithOIDC, directory: AccountDirectory): Record<string, unknown> {
  const { entities } = ctx.oidc;
  const source = entities.AuthorizationCode ?? entities.RefreshToken ?? entities.DeviceCode;
  const account = source?.accountId === undefined ? undefined : directory.find(source.accountId);
  return { ...(account ? identity(account) : {}), auth_time: source?.authTime };
}

/** The clients are ours, so nobody is asked to consent to them. */
async function grantWhatIsAsked(ctx: KoaContextWithOIDC) {
  const { client, session, provider } = ctx.oidc;
  if (!client || !session?.accountId) return undefined;
  const grantId = session.grantIdFor(client.clientId);
  const kept = grantId === undefined ? undefined : await provider.Grant.find(grantId);
  if (kept) return kept;
  const grant = new provider.Grant({ clientId: client.clientId, accountId: session.accountId });
  grant.addOIDCScope("openid profile");
  grant.addResourceScope(apiAudience, apiScope);
  await grant.save();
  return grant;
}

function withoutConsent() {
  const policy = interactionPolicy.base();
  policy.remove("consent");
  return policy;
}

export const pageHeaders = {
  "Cache-Control": "no-store",
  "Content-Security-Policy":
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'",
  "Referrer-Policy": "no-referrer",
  "X-Content-Type-Options": "nosniff",
} as const;

function show(ctx: KoaContextWithOIDC, html: string): void {
  ctx.set(pageHeaders);
  ctx.type = "html";
  ctx.body = html;
}
