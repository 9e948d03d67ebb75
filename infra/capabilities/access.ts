/** Access: the authorizer that turns a verified token into a principal, whoever issued it. */
import { Aws, Duration } from "aws-cdk-lib/core";
import { Construct } from "constructs";
import { AppFunction } from "../blocks/function.ts";
import type { Capability } from "../capability.ts";
import type { Identity } from "../config.ts";
import { cognitoClaims, SignInClients } from "./sign-in.ts";

const oidcClaims = { hospital: "hospital", roles: "roles", licence: "licence" } as const;

export class Access extends Construct {
  readonly authorizer: AppFunction;

  constructor(scope: Construct, id: string, capability: Capability & { readonly webOrigin: string }) {
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
    this.authorizer.tell(
      "MIC_IDENTITY",
      stage.config.identity.map((identity) => this.issuer(identity, capability)),
    );
  }

  /** `audience`: client ids for Cognito, whose access tokens name the client and no audience. */
  private issuer(identity: Identity, { stage, stored, webOrigin }: Capability & { webOrigin: string }) {
    if (identity.kind === "oidc")
      return { ...identity, audience: [identity.audience], claims: identity.claims ?? oidcClaims };
    const userPoolId = stored.parameter("user-pool-id");
    const clients = new SignInClients(this, "Clients", { stage, userPoolId, webOrigin });
    return {
      ...identity,
      issuer: `https://cognito-idp.${Aws.REGION}.${Aws.URL_SUFFIX}/${userPoolId}`,
      audience: clients.ids,
      ...(identity.jwksUri && { jwksUri: identity.jwksUri.replace("{userPoolId}", userPoolId) }),
      claims: cognitoClaims,
    };
  }
}
