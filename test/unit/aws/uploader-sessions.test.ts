import type { AssumeRoleCommand, STSClient } from "@aws-sdk/client-sts";
import { describe, expect, it } from "@jest/globals";
import { uploaderSessions } from "../../../shared/aws/uploader-sessions.ts";

/** Answers sessions that live this many seconds; -1 refuses. */
function stsAnswering(...lifetimes: readonly number[]) {
  const asked: AssumeRoleCommand["input"][] = [];
  const client = {
    async send({ input }: AssumeRoleCommand) {
      asked.push(input);
      const lifetime = lifetimes[asked.length - 1];
      if (lifetime === undefined) throw new Error("One session more than expected");
      if (lifetime < 0)
        throw Object.assign(new Error("denied"), {
          name: "AccessDenied",
          $metadata: { httpStatusCode: 403 },
        });
      return {
        Credentials: {
          AccessKeyId: `key-${asked.length}`,
          SecretAccessKey: "secret",
          SessionToken: "token",
          Expiration: new Date(Date.now() + lifetime * 1000),
        },
      };
    },
  } as unknown as STSClient;
  return { client, asked };
}

describe("sessions of the uploader role", () => {
  it("are tagged with the hospital and its key group, and shared by its requests", async () => {
    const { client, asked } = stsAnswering(3600, 3600);
    const sessions = uploaderSessions("role", client);
    const [first, second] = await Promise.all([
      sessions("village", "county-a", 60),
      sessions("village", "county-a", 60),
    ]);
    expect(second).toBe(first);
    const other = await sessions("town", "county-a", 60);
    expect(other.credentials.accessKeyId).not.toBe(first.credentials.accessKeyId);
    expect(asked.map(({ Tags }) => Tags?.map(({ Key, Value }) => `${Key}=${Value}`))).toEqual([
      ["hospital=village", "key-group=county-a"],
      ["hospital=town", "key-group=county-a"],
    ]);
  });

  it("are renewed five minutes before they end, or earlier when a URL is to live longer", async () => {
    const { client, asked } = stsAnswering(299, 900, 3600);
    const sessions = uploaderSessions("role", client);
    await sessions("village", "a", 60);
    const second = await sessions("village", "a", 60);
    expect(await sessions("village", "a", 600)).toBe(second);
    await sessions("village", "a", 1200);
    expect(asked).toHaveLength(3);
  });

  it("are asked for again after a refusal", async () => {
    const { client } = stsAnswering(-1, 3600);
    const sessions = uploaderSessions("role", client);
    await expect(sessions("village", "a", 60)).rejects.toMatchObject({ code: "AccessDenied" });
    await expect(sessions("village", "a", 60)).resolves.toBeDefined();
  });
});
