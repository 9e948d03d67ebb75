/** People of the stage's Cognito user pool: made by its administrator, signed in with their password. */
import { randomBytes } from "node:crypto";
import {
  AdminAddUserToGroupCommand,
  AdminCreateUserCommand,
  AdminDeleteUserCommand,
  AdminSetUserPasswordCommand,
  CognitoIdentityProviderClient,
  InitiateAuthCommand,
} from "@aws-sdk/client-cognito-identity-provider";
import type { Role } from "../../shared/access/principal.ts";
import { type DeployedStage, stackOutputs } from "./stage.ts";

export interface PoolTokens {
  /** Carries the attributes: what clients of this API send. */
  readonly idToken: string;
  readonly accessToken: string;
}
export interface PoolPerson {
  readonly username: string;
  readonly name: string;
  readonly role: Role;
  readonly hospital?: string;
}
export interface UserPool {
  readonly client: CognitoIdentityProviderClient;
  readonly id: string;
  /** The client people sign in with. */
  readonly clientId: string;
}

/** Undefined for a stage whose people sign in with another issuer. Throws when the stage is not deployed. */
export async function poolOf(stage: DeployedStage): Promise<UserPool | undefined> {
  const { UserPoolId: id } = await stackOutputs(stage, "Data");
  const { PeopleClientId: clientId } = await stackOutputs(stage, "Services");
  if (id === undefined || clientId === undefined) return undefined;
  return { client: new CognitoIdentityProviderClient(stage.aws), id, clientId };
}

/** Makes an account in the role's group; answers its password. */
export async function addPerson({ client, id }: UserPool, person: PoolPerson): Promise<string> {
  const account = { UserPoolId: id, Username: person.username };
  const password = `Aa1!${randomBytes(12).toString("base64url")}`;
  const attributes = { name: person.name, ...(person.hospital && { "custom:hospital": person.hospital }) };
  await client.send(
    new AdminCreateUserCommand({
      ...account,
      MessageAction: "SUPPRESS",
      UserAttributes: Object.entries(attributes).map(([Name, Value]) => ({ Name, Value })),
    }),
  );
  await client.send(new AdminSetUserPasswordCommand({ ...account, Password: password, Permanent: true }));
  await client.send(new AdminAddUserToGroupCommand({ ...account, GroupName: person.role }));
  return password;
}

export async function removePerson({ client, id }: UserPool, username: string): Promise<void> {
  await client.send(new AdminDeleteUserCommand({ UserPoolId: id, Username: username }));
}

/** USER_PASSWORD_AUTH. Throws where Cognito asks for more than the password. */
export async function signInToPool(
  { client, clientId }: UserPool,
  username: string,
  password: string,
): Promise<PoolTokens> {
  const { AuthenticationResult, ChallengeName } = await client.send(
    new InitiateAuthCommand({
      ClientId: clientId,
      AuthFlow: "USER_PASSWORD_AUTH",
      AuthParameters: { USERNAME: username, PASSWORD: password },
    }),
  );
  const { IdToken, AccessToken } = AuthenticationResult ?? {};
  if (IdToken === undefined || AccessToken === undefined)
    throw new Error(`${username} is not signed in: Cognito asks for ${ChallengeName ?? "something else"}`);
  return { idToken: IdToken, accessToken: AccessToken };
}
