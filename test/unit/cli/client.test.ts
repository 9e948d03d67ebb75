/** How long the command line believes in a server that does not answer as it should. */
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, it, jest } from "@jest/globals";
import { ApiClient } from "../../../cli/client.ts";
import { Refused } from "../../../cli/failures.ts";

let server: Server;
let asked: number;
/** The status of each answer; the last is every later one's. */
let answers: readonly number[];
/** Sent instead of a problem with the status as its title. */
let page: string | undefined;

beforeEach(async () => {
  asked = 0;
  page = undefined;
  // Pauses between tries without their length, which is chance.
  jest.spyOn(Math, "random").mockReturnValue(0);
  server = createServer((_, response) => {
    const status = answers[Math.min(asked++, answers.length - 1)] as number;
    response.writeHead(status, { "content-type": "application/problem+json" });
    response.end(page ?? JSON.stringify({ title: `Answer ${status}`, detail: "said the server" }));
  }).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
});
afterEach(async () => {
  jest.restoreAllMocks();
  await new Promise((resolve) => server.close(resolve));
});

const client = (): ApiClient =>
  new ApiClient(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, "token");
const refusal = (of: ApiClient) =>
  of.get("/v1/me").then(
    () => undefined,
    (error: unknown) => error,
  );

describe("a client", () => {
  it.each([500, 502, 503, 504])("believes a server that answers %s after five tries", async (status) => {
    answers = [status];
    expect(await refusal(client())).toMatchObject({ message: `Answer ${status}: said the server`, status });
    expect(asked).toBe(5);
  });

  it.each([400, 404, 501])("believes a server that answers %s at once", async (status) => {
    answers = [status];
    expect(await refusal(client())).toBeInstanceOf(Refused);
    expect(asked).toBe(1);
  });
});

describe("a page in place of the server's answer", () => {
  it("is no answer, and at last said to be one of somebody else", async () => {
    answers = [200];
    page = "<html>Please sign in to the hotel's network</html>";
    expect(await refusal(client())).toMatchObject({ message: expect.stringContaining("a proxy") });
    expect(asked).toBe(5);
  });
});

describe("an answer without a body", () => {
  it("is none where it says that it is one: nobody is told that there is nothing", async () => {
    answers = [200];
    page = "";
    expect(await refusal(client())).toMatchObject({ message: expect.stringContaining("a proxy") });
    expect(asked).toBe(5);
  });

  it("is one where it says that there is none", async () => {
    answers = [204];
    expect(await client().get("/v1/me")).toBeUndefined();
  });
});

describe("a patient client", () => {
  it.each([502, 503, 504])("waits for a server that answers %s, and says so once", async (status) => {
    answers = [...Array<number>(40).fill(status), 200];
    const why: string[] = [];
    const patient = client().patient({ onWait: (reason) => why.push(reason) });
    expect(await patient.get("/v1/me")).toMatchObject({ title: "Answer 200" });
    expect({ asked, why }).toEqual({ asked: 41, why: [`The server answered ${status}`] });
  });

  it("believes a fault of the server's, which no waiting mends", async () => {
    answers = [500];
    expect(await refusal(client().patient())).toMatchObject({ status: 500 });
    expect(asked).toBe(12);
  });

  it("does not hold a long absence against a server that fails once after it", async () => {
    answers = [...Array<number>(30).fill(504), 500, 200];
    expect(await client().patient().get("/v1/me")).toMatchObject({ title: "Answer 200" });
  });
});
