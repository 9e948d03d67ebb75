/** Services that take a connection and say nothing, or stop in the middle. */
import { once } from "node:events";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { HeadObjectCommand } from "@aws-sdk/client-s3";
import { SQSClient } from "@aws-sdk/client-sqs";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { untilAnswered } from "../../../shared/aws/patience.ts";
import { s3Client } from "../../../shared/aws/s3-client.ts";
import { s3Objects } from "../../../shared/aws/s3-objects.ts";
import { faultOf, isTransient } from "../../../shared/aws/service-fault.ts";
import { sqsQueue } from "../../../shared/aws/sqs-queue.ts";
import { Transient } from "../../../shared/errors.ts";

const patience = { connect: 200, answer: 200, idle: 200 };
const credentials = { accessKeyId: "a", secretAccessKey: "s" };
const from = { bucket: "landing", key: "k" } as const;
const mebibyte = 1024 * 1024;

let server: Server;
let answers: (socket: Socket) => void;
const sockets = new Set<Socket>();
const before = { ...process.env };

beforeEach(async () => {
  server = createServer((socket) => {
    sockets.add(socket.on("error", () => undefined));
    socket.on("data", () => answers(socket));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  process.env.AWS_ENDPOINT_URL = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  process.env.AWS_REGION = "local-1";
});

afterEach(() => {
  for (const socket of sockets) socket.destroy();
  sockets.clear();
  server.close();
  process.env = { ...before };
});

const objects = () =>
  s3Objects({
    buckets: { landing: "landing", archive: "archive" },
    lockMode: "GOVERNANCE",
    client: s3Client(credentials, patience),
  });
const begins = (length: number, bytes: number) => (socket: Socket) =>
  void socket.write(
    Buffer.concat([Buffer.from(`HTTP/1.1 200 OK\r\ncontent-length: ${length}\r\n\r\n`), Buffer.alloc(bytes)]),
  );
const silent = () => undefined;

describe("S3 that takes a connection", () => {
  it("and never answers is asked again, then given up for now", async () => {
    answers = silent;
    await expect(objects().read(from)).rejects.toThrow(Transient);
    expect(sockets.size).toBe(8);
  }, 20_000);

  it("and never answers a copy for longer", async () => {
    answers = silent;
    const copied = objects().copy(from, { bucket: "archive", key: "k" }, { contentType: "x", kmsKeyId: "k" });
    expect(await Promise.race([copied.catch(() => "ended"), pause(1000, "waits")])).toBe("waits");
  });

  it("and stops in the middle of a body is asked again", async () => {
    answers = begins(1000, 500);
    await expect(objects().read(from)).rejects.toThrow(Transient);
    expect(sockets.size).toBe(8);
  }, 20_000);

  it("and stops in the middle of a stream ends it, to be begun again later", async () => {
    answers = begins(1000, 500);
    let bytes = 0;
    const read = async () => {
      for await (const chunk of await objects().stream(from)) bytes += chunk.length;
    };
    await expect(read()).rejects.toThrow(Transient);
    expect(bytes).toBe(500);
  });

  it("is not left because whoever reads is slow", async () => {
    answers = begins(mebibyte, mebibyte);
    let bytes = 0;
    for await (const chunk of await objects().stream(from)) {
      if (bytes === 0) await pause(1000);
      bytes += chunk.length;
    }
    expect(bytes).toBe(mebibyte);
  });

  it("nor because the process was busy", async () => {
    answers = begins(1000, 1000);
    const sent = s3Client(credentials, { ...patience, answer: 5000 }).send(
      new HeadObjectCommand({ Bucket: "b", Key: "k" }),
    );
    const stream = await objects().stream(from);
    for (const end = Date.now() + 600; Date.now() < end; );
    let bytes = 0;
    for await (const chunk of stream) bytes += chunk.length;
    expect(bytes).toBe(1000);
    await sent;
  });
});

it("a queue that never answers is given up for now", async () => {
  answers = silent;
  const client = new SQSClient({ credentials, maxAttempts: 1, requestHandler: untilAnswered(patience) });
  const queue = sqsQueue({
    queues: { derive: `${process.env.AWS_ENDPOINT_URL}/q` },
    client,
    retries: { attempts: 2, base: 1 },
  });
  await expect(queue.send("derive", [{}])).rejects.toThrow(Transient);
});

it("what the SDK calls a timeout is tried again", () => {
  const timeout = Object.assign(new Error("no"), {
    name: "TimeoutError",
    $metadata: { httpStatusCode: 200 },
  });
  expect(isTransient(faultOf("ListObjectsV2", timeout))).toBe(true);
});
