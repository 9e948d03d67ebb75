import { AssumeRoleCommand, STSClient } from "@aws-sdk/client-sts";
import { Transient } from "../errors.ts";
import type { Credentials } from "./cloud.ts";
import { briefly } from "./patience.ts";
import { faultOf, isTransient } from "./service-fault.ts";

export interface Session {
  readonly credentials: Credentials;
  readonly expiresAt: Date;
}

/** A role assumed by a role lasts an hour at most, whatever its own limit. */
const lifetime = 3600;
const margin = 5 * 60_000;

/**
 * Sessions of the uploader role, one per hospital, tagged `hospital` and `key-group`: the role's policy lets a session
 * write only under its hospital's prefix and only with a key tagged with its group.
 */
export function uploaderSessions(
  roleArn: string,
  client: STSClient = new STSClient({ maxAttempts: 5, requestHandler: briefly }),
): (hospital: string, keyGroup: string, seconds: number) => Promise<Session> {
  const sessions = new Map<string, Promise<Session>>();

  async function assume(hospital: string, keyGroup: string): Promise<Session> {
    const command = new AssumeRoleCommand({
      RoleArn: roleArn,
      RoleSessionName: `upload-${hospital}`.slice(0, 64),
      DurationSeconds: lifetime,
      Tags: [
        { Key: "hospital", Value: hospital },
        { Key: "key-group", Value: keyGroup },
      ],
    });
    const { Credentials: given } = await client.send(command);
    if (!given?.AccessKeyId || !given.SecretAccessKey || !given.SessionToken || !given.Expiration) {
      throw new Error("AssumeRole answered no credentials");
    }
    const credentials = {
      accessKeyId: given.AccessKeyId,
      secretAccessKey: given.SecretAccessKey,
      sessionToken: given.SessionToken,
    };
    return { credentials, expiresAt: given.Expiration };
  }

  return async (hospital, keyGroup, seconds) => {
    const name = JSON.stringify([hospital, keyGroup]);
    const needed = Date.now() + Math.max(margin, Math.min(seconds * 1000, lifetime * 1000 - margin));
    const known = sessions.get(name);
    if (known && (await known).expiresAt.getTime() > needed) return known;
    // Parallel requests of one hospital share the call; a failed one is not remembered.
    const next = assume(hospital, keyGroup).catch((error: unknown) => {
      sessions.delete(name);
      const fault = faultOf("AssumeRole", error);
      throw isTransient(fault) ? new Transient("AssumeRole did not succeed", { cause: fault }) : fault;
    });
    sessions.set(name, next);
    return next;
  };
}
