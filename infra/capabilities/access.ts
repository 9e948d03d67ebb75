/** Access: the authorizer that turns a verified token into a principal, whoever issued it. */
import { Duration } from "aws-cdk-lib/core";
import { Construct } from "constructs";
import type { OfferedIssuer } from "../../shared/contract/schemas/contract.ts";
import { AppFunction } from "../blocks/function.ts";
import type { Capability } from "../capability.ts";
import { type Identity, isLocal } from "../config.ts";
import { cognitoClaims, cognitoOrigin, SignInClients } from "./sign-in.ts";

const oidcClaims = { hospital: "hospital", roles: "roles", licence: "licence" } as const;

type Given = Capability & { readonly webOrigin: string };

export class Access extends Construct {
  readonly authorizer: AppFunction;
  /** Where the web pages let people sign in, in the order of the config. */
  readonly offered: readonly OfferedIssuer[];

  constructor(scope: Construct, id: string, capability: Given) {
    super(scope, id);
    const { stage, stored, settings } = capability;
    this.authorizer = new AppFunction(this, "Authorizer", {
      stage,
      entry: "functions/access/authorizer.ts",
      description: "Verifies tokens and establishes who is asking",
      memory: 1769,
      timeout: Duration.seconds(10),
    });
    settings.tell(this.authorizer);
    stored.bindCatalog(this.authorizer, "read");
    const issuers = stage.config.identity.map((identity) =>
      identity.kind === "oidc" ? oidcIssuer(identity) : this.userPool(identity, capability),
    );
    this.authorizer.tell(
      "MIC_IDENTITY",
      issuers.map(({ accepted }) => accepted),
    );
    this.offered = issuers.flatMap(({ offered }) => offered ?? []);
  }

  /** `audience`: client ids, since Cognito's access tokens name the client and no audience. */
  private userPool(identity: Extract<Identity, { kind: "cognito" }>, { stage, stored, webOrigin }: Given) {
    const userPoolId = stored.parameter("user-pool-id");
    const clients = new SignInClients(this, "Clients", { stage, userPoolId, webOrigin });
    const issuer = `${cognitoOrigin()}/${userPoolId}`;
    const { name = "Medical Image Cloud", ...trusted } = identity;
    const accepted = {
      ...trusted,
      issuer,
      audience: clients.ids,
      ...(identity.jwksUri && { jwksUri: identity.jwksUri.replace("{userPoolId}", userPoolId) }),
      claims: cognitoClaims,
    };
    // Only the ID token carries attributes. A browser refuses the pages of the emulator's pool.
    const offered = {
      name,
      issuer,
      clientId: clients.people,
      scope: "openid profile",
      token: "id",
      signOut: "cognito",
    } as const;
    return isLocal(stage.config) ? { accepted } : { accepted, offered };
  }
}

function oidcIssuer({ web, ...identity }: Extract<Identity, { kind: "oidc" }>): {
  accepted: object;
  offered?: OfferedIssuer;
} {
  const { issuer } = identity;
  const claims = identity.claims ?? oidcClaims;
  const accepted = { ...identity, audience: [identity.audience], claims };
  if (!web) return { accepted };
  const { clientId, name, scope = "openid profile" } = web;
  return { accepted, offered: { name, issuer, clientId, scope, token: "access", signOut: "openid" } };
}
