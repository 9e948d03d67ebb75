/** The AWS adapters under the contract suites, on the emulator that the runner started and describes in CONTRACT_CLOUD. */
import { request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";
import { CreateKeyCommand, DisableKeyCommand, KMSClient } from "@aws-sdk/client-kms";
import { DeleteMessageBatchCommand, ReceiveMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { describe, it } from "@jest/globals";
import { dynamoTable } from "../../shared/aws/dynamo-table.ts";
import { eventBridgeBus } from "../../shared/aws/event-bus.ts";
import { kmsKeyStates } from "../../shared/aws/kms-key-states.ts";
import { kmsKeys } from "../../shared/aws/kms-keys.ts";
import { s3DownloadSigner } from "../../shared/aws/s3-download-signer.ts";
import { s3Objects } from "../../shared/aws/s3-objects.ts";
import { s3UploadSigner } from "../../shared/aws/s3-upload-signer.ts";
import { sdkTransport } from "../../shared/aws/sdk-transport.ts";
import { signedFetch } from "../../shared/aws/signed-fetch.ts";
import { sqsDeadLetters } from "../../shared/aws/sqs-dead-letters.ts";
import { sqsQueue } from "../../shared/aws/sqs-queue.ts";
import { describeDeadLettersContract } from "./dead-letters.ts";
import { describeKeysContract, type KeyGaps, type KeysUnderTest } from "./keys.ts";
import { describeObjectsContract } from "./objects.ts";
import type { ContractCloud } from "./provision.ts";
import { describeEventBusContract, describeQueueContract } from "./queue.ts";
import { describeSignersContract } from "./signers.ts";
import type { SignerGaps, SignersUnderTest } from "./signers-under-test.ts";
import { describeTableContract } from "./table.ts";

/** Only for the URLs of AWS itself, which no emulator test asks. */
const urlSuffix = "invalid";

/** Runs every suite on the named emulator; says so and runs none where the runner did not start it. */
export function describeOnEmulator(name: "ministack" | "localstack", gaps: KeyGaps & SignerGaps): void {
  const described = process.env.CONTRACT_CLOUD;
  if (process.env.CONTRACT_EMULATOR !== name || described === undefined) {
    describe(name, () => {
      it.skip(`runs by test/contract/run.ts ${name}`, () => undefined);
    });
    return;
  }
  const cloud = JSON.parse(described) as ContractCloud;
  const { tables, buckets, kmsKeyId } = cloud;
  const objects = s3Objects({ buckets, lockMode: "GOVERNANCE" });
  describeTableContract(`${name} by the SDK`, () => dynamoTable({ send: sdkTransport(), tables }));
  describeTableContract(`${name} by signed fetch`, () =>
    dynamoTable({ send: signedFetch({ urlSuffix }), tables }),
  );
  describeObjectsContract(name, () => ({ objects, kmsKeyId }));
  describeKeysContract(name, kms, gaps);
  describeDeadLettersContract(name, () => {
    const derive = cloud.redrivenQueueUrl;
    return {
      letters: sqsDeadLetters({ queues: { derive } }),
      die: (bodies) => sqsQueue({ queues: { derive: `${derive}-dead` } }).send("derive", bodies),
      receive: (count) => receive(derive, count),
    };
  });
  describeQueueContract(name, () => ({
    queue: sqsQueue({ queues: { derive: cloud.queueUrl } }),
    receive: (count) => receive(cloud.queueUrl, count),
  }));
  if (cloud.events) describeEvents(name, cloud.events);
  describeSignersContract(name, () => signers(cloud, objects), gaps);
}

function kms(): KeysUnderTest {
  const client = new KMSClient({});
  return {
    keys: kmsKeys({ stage: "contract", retentionGuard: true }),
    states: kmsKeyStates({ urlSuffix }),
    async createSigningKey() {
      const command = new CreateKeyCommand({ KeySpec: "ECC_NIST_P256", KeyUsage: "SIGN_VERIFY" });
      return (await client.send(command)).KeyMetadata?.Arn as string;
    },
    async disable(keyArn) {
      await client.send(new DisableKeyCommand({ KeyId: keyArn }));
    },
  };
}

function describeEvents(name: string, events: NonNullable<ContractCloud["events"]>): void {
  describeEventBusContract(name, () => ({
    bus: eventBridgeBus(events),
    async receive(count) {
      const envelopes = (await receive(events.queueUrl, count)) as {
        "detail-type": string;
        detail: unknown;
      }[];
      return envelopes.map((envelope) => ({ type: envelope["detail-type"], detail: envelope.detail }));
    },
  }));
}

async function receive(QueueUrl: string, count: number): Promise<readonly unknown[]> {
  const client = new SQSClient({ useQueueUrlAsEndpoint: false });
  const bodies: unknown[] = [];
  for (let empty = 0; bodies.length < count && empty < 5; ) {
    const command = new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 1 });
    const { Messages = [] } = await client.send(command);
    if (Messages.length === 0) empty++;
    bodies.push(...Messages.map(({ Body }) => JSON.parse(Body ?? "null") as unknown));
    const Entries = Messages.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle }));
    if (Entries.length > 0) await client.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }));
  }
  return bodies;
}

function signers(cloud: ContractCloud, objects: SignersUnderTest["objects"]): SignersUnderTest {
  const { buckets, hospital, keyGroup, kmsKeyId, uploaderRoleArn } = cloud;
  return {
    uploads: s3UploadSigner({ buckets, urlSuffix, uploaderRoleArn }),
    downloads: s3DownloadSigner({ buckets, urlSuffix }),
    objects,
    hospital,
    keyGroup,
    kmsKeyId,
    send: async (request, body) => (await exchange(request, body)).status,
    open: (request) => exchange(request),
    wait: (seconds) => new Promise((resolve) => setTimeout(resolve, seconds * 1000)),
  };
}

type Answer = Awaited<ReturnType<SignersUnderTest["open"]>>;

/** `fetch` would add a Content-Type where the test leaves it out. */
function exchange(
  { method, url, headers }: { readonly method: string; readonly url: string; readonly headers: object },
  body?: Uint8Array,
): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const send = url.startsWith("https:") ? httpsRequest : httpRequest;
  // The length is the body's own, as a browser sends it: a client cannot choose another.
  const length = body ? { "content-length": String(body.byteLength) } : {};
  const request = send(url, { method, headers: { ...headers, ...length } }, (response) => {
    const chunks: Buffer[] = [];
    response.on("data", (chunk: Buffer) => chunks.push(chunk));
    response.on("error", reject);
    response.on("end", () =>
      resolve({
        status: response.statusCode ?? 0,
        body: new Uint8Array(Buffer.concat(chunks)),
        headers: response.headers as Record<string, string>,
      }),
    );
  });
  request.on("error", reject);
  request.end(body);
  return promise;
}
