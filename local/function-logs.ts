/** What the functions logged, from the emulator's CloudWatch Logs into a file a person can open. */
import { writeFile } from "node:fs/promises";
import { AwsClient } from "aws4fetch";
import type { Cloud } from "./deploy.ts";

interface LogEvent {
  readonly timestamp: number;
  readonly message: string;
}

/** Lines since `since` (milliseconds), oldest first. */
export async function saveFunctionLogs(cloud: Cloud, file: string, since: number): Promise<void> {
  const ask = asker(cloud);
  const { logGroups = [] } = await ask<{ logGroups?: readonly { logGroupName: string }[] }>(
    "DescribeLogGroups",
    {
      logGroupNamePrefix: "/aws/lambda/",
    },
  );
  const lines: { readonly at: number; readonly line: string }[] = [];
  for (const { logGroupName } of logGroups) {
    const request = { logGroupName, startTime: since };
    const { events = [] } = await ask<{ events?: readonly LogEvent[] }>("FilterLogEvents", request);
    const name = logGroupName.slice("/aws/lambda/".length);
    for (const { timestamp, message } of events)
      lines.push({
        at: timestamp,
        line: `${new Date(timestamp).toISOString()} ${name} ${message.trimEnd()}`,
      });
  }
  lines.sort((one, other) => one.at - other.at);
  await writeFile(file, lines.map(({ line }) => `${line}\n`).join(""), { mode: 0o600 });
}

function asker({ endpoint, region, env }: Cloud) {
  const client = new AwsClient({
    accessKeyId: env.AWS_ACCESS_KEY_ID ?? "",
    secretAccessKey: env.AWS_SECRET_ACCESS_KEY ?? "",
    service: "logs",
    region,
    retries: 1,
  });
  return async <T>(action: string, request: unknown): Promise<T> => {
    const answer = await client.fetch(endpoint, {
      method: "POST",
      headers: { "content-type": "application/x-amz-json-1.1", "x-amz-target": `Logs_20140328.${action}` },
      body: JSON.stringify(request),
    });
    return (await answer.json()) as T;
  };
}
