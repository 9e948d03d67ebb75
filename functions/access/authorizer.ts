/** API Gateway's Lambda authorizer: a bearer token in, a principal out. What the principal may do is decided per request. */
import type { APIGatewayAuthorizerResult } from "aws-lambda";
import type { Principal } from "../../shared/access/principal.ts";
import { principalFrom } from "../../shared/access/principal-from-claims.ts";
import { looksLikeShareToken, visitorWith } from "../../shared/access/share-session.ts";
import { TokenRefused } from "../../shared/access/token-refused.ts";
import { tokenVerifier, type Verify } from "../../shared/access/verify-token.ts";
import type { Clock, Table } from "../../shared/ports.ts";
import { environment } from "../environment.ts";
import { errorFields, log } from "../log.ts";
import { stores } from "../stores.ts";

/** A TOKEN authorizer's event, or a REQUEST authorizer's. */
export interface AuthorizerEvent {
  readonly methodArn: string;
  readonly authorizationToken?: string;
  readonly headers?: Readonly<Record<string, string | undefined>> | null;
}
export interface AuthorizerParts {
  readonly verify: Verify;
  readonly table: Table;
  readonly clock: Clock;
}

/** API Gateway answers 401 to exactly this message. */
const unauthorized = () => new Error("Unauthorized");

export function authorizer(parts: () => AuthorizerParts) {
  return async (event: AuthorizerEvent): Promise<APIGatewayAuthorizerResult> => {
    const token = bearerToken(event);
    if (token === undefined) throw unauthorized();
    const principal = await principalOf(parts(), token);
    if (!principal) throw unauthorized();
    return {
      principalId: principal.id,
      policyDocument: {
        Version: "2012-10-17",
        Statement: [{ Action: "execute-api:Invoke", Effect: "Allow", Resource: wholeApi(event.methodArn) }],
      },
      context: { principal: ascii(JSON.stringify(principal)) },
    };
  };
}

async function principalOf(
  { verify, table, clock }: AuthorizerParts,
  token: string,
): Promise<Principal | undefined> {
  if (looksLikeShareToken(token)) return visitorWith(table, token, clock.now());
  try {
    return principalFrom(await verify(token));
  } catch (error) {
    // Only a token that was looked at and found bad is refused; that we could not look is not its holder's fault.
    log(error instanceof TokenRefused ? "info" : "error", "token not accepted", errorFields(error));
    if (error instanceof TokenRefused) return undefined;
    throw error;
  }
}

/** RFC 6750 §2.1. */
function bearerToken({ authorizationToken, headers }: AuthorizerEvent): string | undefined {
  const header =
    authorizationToken ??
    Object.entries(headers ?? {}).find(([name]) => name.toLowerCase() === "authorization")?.[1];
  return /^Bearer +([A-Za-z0-9._~+/-]+=*) *$/i.exec(header ?? "")?.[1];
}

/** The answer is cached by token, for whichever route it was asked first: it must hold for all of them. */
function wholeApi(methodArn: string): string {
  const [api, stage] = methodArn.split("/");
  return `${api}/${stage}/*`;
}

/** Context values travel through gateways that know only ASCII. */
const ascii = (json: string): string =>
  json.replace(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);

let made: AuthorizerParts | undefined;

export const handler = authorizer(() => {
  const { table, clock } = stores();
  made ??= { verify: tokenVerifier(environment("identity")), table, clock };
  return made;
});
