/**
 * AWS as it is on a bad day, in front of an emulator: throttled and cancelled transactions, S3's 503s and 500s, connections
 * that end before or after the request took effect, alone and in storms. Which requests it meets follows from a seed.
 */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { request as sendOn } from "node:https";
import type { AddressInfo } from "node:net";
import fc from "fast-check";

type Weather = "fine" | "refused" | "failed" | "cut" | "answer-lost";

export interface BadDay {
  /** What `AWS_ENDPOINT_URL` has to say. */
  readonly endpoint: string;
  /** How many requests met which weather. */
  readonly met: Readonly<Record<Weather, number>>;
  /** Every request is fine until the work is done. */
  calm<T>(work: () => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/** Of 100 requests so many meet something; of those, one in ten begins a storm in which as many as follow meet it too. */
const unlucky = 12;
const stormLength = 10;

export async function badDay(emulator: string, seed: number): Promise<BadDay> {
  const met: Record<Weather, number> = { fine: 0, refused: 0, failed: 0, cut: 0, "answer-lost": 0 };
  const [next] = [fc.sample(fc.infiniteStream(fc.nat(999)), { numRuns: 1, seed })[0] as Iterator<number>];
  const dice = (sides: number): number => (next.next().value as number) % sides;
  let calm = 0;
  let storm = 0;

  function weather(request: IncomingMessage): Weather {
    if (calm > 0 || !isOurs(request)) return "fine";
    if (storm > 0) storm--;
    else if (dice(100) >= unlucky) return "fine";
    else if (dice(10) === 0) storm = stormLength;
    return (["refused", "failed", "cut", "answer-lost"] as const)[dice(4)] as Weather;
  }

  const server = createServer((request, response) => {
    const now = weather(request);
    met[now]++;
    carry(emulator, request, response, now).catch(() => response.destroy());
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as AddressInfo;
  return {
    endpoint: `http://127.0.0.1:${port}`,
    met,
    async calm(work) {
      calm++;
      return work().finally(() => {
        calm--;
      });
    },
    async close() {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}

const targetOf = ({ headers }: IncomingMessage): string => String(headers["x-amz-target"] ?? "");

/** What our adapters retry: DynamoDB, and S3 but for what a client sends by itself through a presigned URL. */
function isOurs(request: IncomingMessage): boolean {
  if (targetOf(request) !== "") return targetOf(request).startsWith("DynamoDB_");
  return request.url?.startsWith("/contract-") === true && !request.url.includes("X-Amz-Signature=");
}

async function carry(
  emulator: string,
  request: IncomingMessage,
  response: ServerResponse,
  weather: Weather,
): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  if (weather === "cut") return void request.socket.destroy();
  if (weather === "refused" || weather === "failed") return refuse(request, response, weather);
  const answer = await forward(emulator, request, Buffer.concat(chunks));
  if (weather === "answer-lost") {
    answer.resume();
    request.socket.destroy();
    return;
  }
  response.writeHead(answer.statusCode ?? 502, answer.headers);
  answer.pipe(response);
}

/** With the Host header as it was signed. */
function forward(
  emulator: string,
  { method, url, headers }: IncomingMessage,
  body: Buffer,
): Promise<IncomingMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const { hostname, port } = new URL(emulator);
  // A connection of its own: one the emulator has closed meanwhile would be weather nobody made.
  const onward = sendOn(
    { hostname, port, method, path: url, headers, setHost: false, agent: false },
    resolve,
  );
  onward.on("error", reject);
  onward.end(body);
  return promise;
}

/** In the words of the service. */
function refuse(request: IncomingMessage, response: ServerResponse, weather: "refused" | "failed"): void {
  const target = targetOf(request);
  if (target === "") {
    const [status, code] = weather === "refused" ? [503, "SlowDown"] : [500, "InternalError"];
    const body = `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>weather</Message></Error>`;
    response
      .writeHead(status as number, { "content-type": "application/xml" })
      .end(request.method === "HEAD" ? "" : body);
    return;
  }
  const { status, ...fault } = dynamoFault(target, weather);
  response.writeHead(status, { "content-type": "application/x-amz-json-1.0" }).end(JSON.stringify(fault));
}

function dynamoFault(target: string, weather: "refused" | "failed") {
  const type = (name: string): string => `com.amazonaws.dynamodb.v20120810#${name}`;
  if (weather === "failed") return { status: 500, __type: type("InternalServerError"), message: "weather" };
  if (!target.endsWith("TransactWriteItems"))
    return { status: 400, __type: type("ProvisionedThroughputExceededException"), message: "weather" };
  return {
    status: 400,
    __type: type("TransactionCanceledException"),
    message: "weather",
    CancellationReasons: [{ Code: "TransactionConflict", Message: "weather" }, { Code: "None" }],
  };
}
