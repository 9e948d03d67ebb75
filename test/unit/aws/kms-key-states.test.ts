import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { kmsKeyStates } from "../../../shared/aws/kms-key-states.ts";
import { Transient } from "../../../shared/errors.ts";

const keyArn = "arn:test:kms:eu-central-1:000000000000:key/mrk-1";
const fault = (type: string, status = 400) => ({ status, body: { __type: type } });
const described = (Enabled: boolean) => ({ status: 200, body: { KeyMetadata: { KeyId: "mrk-1", Enabled } } });

describe("asking KMS for a key's state without its SDK", () => {
  let server: Server;
  let answers: { readonly status: number; readonly body: unknown }[];
  let heard: { readonly headers: IncomingHttpHeaders; readonly body: string }[];
  const environment = { ...process.env };

  beforeEach(async () => {
    [answers, heard] = [[], []];
    server = createServer(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      heard.push({ headers: request.headers, body: Buffer.concat(chunks).toString() });
      const { status, body } = answers.shift() ?? fault("Unexpected", 400);
      response.writeHead(status).end(JSON.stringify(body));
    });
    await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
    Object.assign(process.env, {
      AWS_REGION: "eu-central-1",
      AWS_ACCESS_KEY_ID: "AKIDEXAMPLE",
      AWS_SECRET_ACCESS_KEY: "secret",
      AWS_ENDPOINT_URL_KMS: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    });
  });
  afterEach(() => {
    process.env = { ...environment };
    server.closeAllConnections();
    server.close();
  });

  const sleep = async (): Promise<void> => undefined;
  const states = () => kmsKeyStates({ urlSuffix: "invalid", retries: { attempts: 3, sleep } });

  it("sends a signed DescribeKey", async () => {
    answers.push(described(true));
    expect(await states().enabled(keyArn)).toBe(true);
    const [{ headers, body }] = heard as [(typeof heard)[0]];
    expect(headers["x-amz-target"]).toBe("TrentService.DescribeKey");
    expect(headers.authorization).toMatch(
      /^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\/\d{8}\/eu-central-1\/kms\/aws4_request/,
    );
    expect(JSON.parse(body)).toEqual({ KeyId: keyArn });
  });

  it.each([
    ["is disabled", described(false)],
    ["is gone", fault("NotFoundException")],
    ["was closed to us by its policy", fault("com.amazonaws.kms#AccessDeniedException")],
  ])("says no for a key that %s", async (_, answer) => {
    answers.push(answer);
    expect(await states().enabled(keyArn)).toBe(false);
  });

  it("asks again when it was throttled, and says so when that does not end", async () => {
    answers.push(fault("ThrottlingException"), described(true));
    expect(await states().enabled(keyArn)).toBe(true);
    answers.push(...Array.from({ length: 3 }, () => fault("KMSInternalException", 500)));
    await expect(states().enabled(keyArn)).rejects.toThrow(Transient);
  });
});
