/** Sign-in with Cognito, where the config asks for it. The pool lies with the data; its clients can be made again. */

import {
  ClientAttributes,
  FeaturePlan,
  Mfa,
  OAuthScope,
  ResourceServerScope,
  StringAttribute,
  UserPool,
  UserPoolClient,
} from "aws-cdk-lib/aws-cognito";
import { Aws, CfnOutput, RemovalPolicy } from "aws-cdk-lib/core";
import { Construct } from "constructs";
import { roles } from "../../shared/access/principal.ts";
import { isProduction } from "../config.ts";
import type { Stage } from "../stage.ts";

/** Where every user pool of the region answers for its keys and its discovery document. */
export const cognitoOrigin = (): string => `https://cognito-idp.${Aws.REGION}.${Aws.URL_SUFFIX}`;

/** Where Cognito's tokens hold what the authorizer reads: custom attributes and groups. */
export const cognitoClaims = {
  hospital: "custom:hospital",
  roles: "cognito:groups",
  licence: "custom:licence",
} as const;

export class SignIn extends Construct {
  readonly userPoolId: string;
  /** Of Cognito's own pages and of its token endpoint. */
  readonly origin: string;

  constructor(scope: Construct, id: string, { config }: Stage) {
    super(scope, id);
    const production = isProduction(config);
    const pool = new UserPool(this, "Users", {
      signInAliases: { username: true, email: true },
      // Administrators make accounts: a hospital vouches for its people.
      selfSignUpEnabled: false,
      featurePlan: FeaturePlan.ESSENTIALS,
      customAttributes: {
        hospital: new StringAttribute({ mutable: true, maxLen: 63 }),
        licence: new StringAttribute({ mutable: true, maxLen: 64 }),
      },
      passwordPolicy: {
        minLength: 12,
        requireDigits: true,
        requireLowercase: true,
        requireUppercase: true,
        requireSymbols: true,
      },
      mfa: production ? Mfa.REQUIRED : Mfa.OPTIONAL,
      mfaSecondFactor: { otp: true, sms: false },
      deletionProtection: production,
      removalPolicy: production ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
    });
    const domainPrefix = `mic-${config.stage}-${Aws.ACCOUNT_ID}`;
    this.origin = pool.addDomain("Domain", { cognitoDomain: { domainPrefix } }).baseUrl();
    for (const role of roles) pool.addGroup(role, { groupName: role });
    this.userPoolId = pool.userPoolId;
    new CfnOutput(this, "UserPoolId", { value: pool.userPoolId }).overrideLogicalId("UserPoolId");
  }
}

export interface SignInClientsProps {
  readonly stage: Stage;
  readonly userPoolId: string;
  readonly webOrigin: string;
}

export class SignInClients extends Construct {
  /** Client ids whose tokens are accepted. */
  readonly ids: readonly string[];
  /** The client of people in a browser. */
  readonly people: string;

  constructor(scope: Construct, id: string, { stage, userPoolId, webOrigin }: SignInClientsProps) {
    super(scope, id);
    const pool = UserPool.fromUserPoolId(this, "Users", userPoolId);
    const people = new UserPoolClient(this, "People", {
      userPool: pool,
      // Sending the password itself is for journeys and scripts; people in production sign in on Cognito's pages.
      authFlows: { userSrp: true, userPassword: !isProduction(stage.config) },
      oAuth: {
        flows: { authorizationCodeGrant: true },
        scopes: [OAuthScope.OPENID, OAuthScope.PROFILE],
        callbackUrls: [`${webOrigin}/`],
        logoutUrls: [`${webOrigin}/`],
      },
      // A client that is told nothing reads standard attributes only, and its ID tokens would name no hospital.
      readAttributes: new ClientAttributes()
        .withStandardAttributes({ fullname: true, email: true, emailVerified: true, locale: true })
        .withCustomAttributes("hospital", "licence"),
      // Hospital and licence are not among the attributes people may write: they would choose their own hospital.
      writeAttributes: new ClientAttributes().withStandardAttributes({ fullname: true, locale: true }),
      preventUserExistenceErrors: true,
      enableTokenRevocation: true,
    });
    const service = new ResourceServerScope({ scopeName: "service", scopeDescription: "Act as a machine" });
    const api = pool.addResourceServer("Api", { identifier: "mic", scopes: [service] });
    const machines = new UserPoolClient(this, "Machines", {
      userPool: pool,
      generateSecret: true,
      authFlows: {},
      oAuth: { flows: { clientCredentials: true }, scopes: [OAuthScope.resourceServer(api, service)] },
    });
    this.people = people.userPoolClientId;
    this.ids = [people.userPoolClientId, machines.userPoolClientId];
    new CfnOutput(this, "PeopleClientId", { value: people.userPoolClientId }).overrideLogicalId(
      "PeopleClientId",
    );
    new CfnOutput(this, "MachinesClientId", { value: machines.userPoolClientId }).overrideLogicalId(
      "MachinesClientId",
    );
  }
}
