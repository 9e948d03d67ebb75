import { beforeEach, describe, expect, it, jest } from "@jest/globals";
import * as z from "zod/mini";
import { contractApi } from "../../../functions/contract/api.ts";
import { kernelFromEnvironment } from "../../../functions/http/kernel.ts";
import { api } from "../../../functions/http.ts";
import { keys } from "../../../shared/catalog/keys.ts";
import { ConditionFailed, KeyUnavailable, Problem, Transient } from "../../../shared/errors.ts";
import { callApi, testKernel } from "../../support/api.ts";
import { machine, testRegion, user, visitor } from "../../support/principals.ts";

beforeEach(() => {
  jest.spyOn(process.stdout, "write").mockReturnValue(true);
});

const physician = user("physician", "village-1");
const body = { studyUid: "1.2.3", name: "x" };
const shareId = "01HZZZZZZZZZZZZZZZZZZZZZZZ";
const study = { region: testRegion, hospital: "village-1", studyUid: "1.2.3" };

const schemas = {
  createShare: {
    body: z.object({ studyUid: z.string(), name: z.string().check(z.maxLength(5)) }),
  },
  listShares: { query: z.object({ limit: z.optional(z.coerce.number()) }) },
} as const;

/** The share API with handlers that do nothing but say what they were given. */
function shareApi(create: (id: string) => unknown = (id) => ({ id }), frontSecret?: string) {
  const kernel = { ...testKernel(), ...(frontSecret !== undefined && { frontSecret }) };
  const calls: string[] = [];
  const handler = api(
    "share",
    {
      schemas,
      handlers: {
        createShare: async ({ id, grant, body: share }) => {
          calls.push(id);
          await grant.audit({ studyUid: share.studyUid });
          return { status: 201, headers: { Location: `/v1/shares/${id}` }, body: await create(id) };
        },
        listShares: async ({ query }) => ({ status: 200, body: query }),
        revokeShare: async () => ({ status: 204 }),
        listShareAccesses: async ({ params }) => ({ status: 200, body: params }),
        getOpenedShare: async ({ grant }) => ({ status: 200, body: grant.study }),
      },
      publicHandlers: {
        openShare: async ({ caller }) => ({ status: 200, body: { from: caller.sourceIp } }),
      },
    },
    () => kernel,
  );
  return { handler, kernel, calls };
}

const share = {
  ...keys.share(shareId),
  type: "share",
  shareId,
  ...study,
  expiresAt: "2027-03-02T08:00:00.000Z",
};

describe("an API", () => {
  it("answers JSON that no cache keeps and no page frames", async () => {
    const { handler } = shareApi();
    const answer = await callApi(handler, {
      method: "GET",
      path: "/v1/shares?limit=3",
      principal: physician,
    });
    expect(answer).toMatchObject({ status: 200, json: { limit: 3 } });
    expect(answer.headers).toMatchObject({
      "cache-control": "no-store",
      "content-type": "application/json",
      "x-content-type-options": "nosniff",
    });
  });

  it("tells a request without a principal to sign in", async () => {
    const { handler } = shareApi();
    const answer = await callApi(handler, { method: "GET", path: "/v1/shares" });
    expect(answer.status).toBe(401);
    expect(answer.headers["content-type"]).toBe("application/problem+json");
    expect(answer.json).toMatchObject({
      type: "https://images.example/api/problems/unauthenticated",
      status: 401,
      instance: expect.stringMatching(/^urn:request:request-/),
    });
  });

  it("lets anyone use a public route", async () => {
    const { handler } = shareApi();
    const answer = await callApi(handler, { method: "POST", path: "/v1/shares/open", body: {} });
    expect(answer).toMatchObject({ status: 200, json: { from: "192.0.2.1" } });
  });

  it("names the field that is wrong and never what was sent", async () => {
    const { handler } = shareApi();
    const answer = await callApi(handler, {
      method: "POST",
      path: "/v1/shares",
      principal: physician,
      body: { name: "王小明王小明" },
    });
    expect(answer.status).toBe(400);
    const pointers = answer.json.errors.map(({ pointer }: { pointer: string }) => pointer);
    expect(pointers).toEqual(["body/studyUid", "body/name"]);
    expect(answer.bytes.toString()).not.toContain("王");
  });

  it.each([
    ["text that is not JSON", { "Content-Type": "application/json" }, 400],
    ["another media type", { "Content-Type": "text/plain" }, 415],
  ])("refuses %s", async (_, headers, status) => {
    const { handler } = shareApi();
    const call = { method: "POST", path: "/v1/shares", principal: physician, headers } as const;
    const event = { ...call, body };
    const answer = await callApi((e, context) => handler({ ...e, body: "{" }, context), event);
    expect(answer.status).toBe(status);
  });

  it("refuses a body over its limit, and says the limit", async () => {
    const { handler } = shareApi();
    const answer = await callApi(handler, {
      method: "POST",
      path: "/v1/shares",
      principal: physician,
      body: { name: "x".repeat(1024 * 1024) },
    });
    expect(answer).toMatchObject({ status: 413, json: { limit: 1024 * 1024 } });
  });

  it("compresses a large answer for who takes gzip, and nobody else's", async () => {
    const text = JSON.stringify({ said: '"'.repeat(60 * 1024) });
    for (const [headers, encoding] of [
      [{ Accept: "*/*", "Accept-Encoding": "br, gzip" }, "gzip"],
      [{ Accept: "application/json", "Accept-Encoding": "*" }, "gzip"],
      [{ Accept: "*/*", "Accept-Encoding": "gzip;q=0, *" }, undefined],
      [{ Accept: "*/*", "Accept-Encoding": "identity" }, undefined],
      // API Gateway would send the base64 itself.
      [{ "Accept-Encoding": "gzip" }, undefined],
      [{}, undefined],
    ] as const) {
      const { handler } = shareApi(() => JSON.parse(text));
      const call = { method: "POST", path: "/v1/shares", principal: physician, headers, body } as const;
      const answer = await callApi(handler, call);
      expect([headers, answer.headers["content-encoding"]]).toEqual([headers, encoding]);
      expect(answer).toMatchObject({ status: 201, json: JSON.parse(text) });
      expect(answer.headers.vary).toContain("Accept-Encoding");
    }
  });

  it("says so itself when an answer is too large for Lambda once it is escaped", async () => {
    // 3.5 MB of text, 7 MB with its quotes escaped twice.
    const { handler } = shareApi(() => ({ said: '"'.repeat(1.75 * 1024 * 1024) }));
    const call = { method: "POST", path: "/v1/shares", principal: physician, body } as const;
    expect(await callApi(handler, call)).toMatchObject({ status: 500, json: { title: expect.any(String) } });
    const headers = { Accept: "*/*", "Accept-Encoding": "gzip" };
    const compressed = await callApi(handler, { ...call, headers });
    expect(compressed).toMatchObject({ status: 201 });
  });

  it("answers an unknown route and a malformed id with a problem", async () => {
    const { handler } = shareApi();
    const call = { method: "GET", principal: physician } as const;
    expect((await callApi(handler, { ...call, path: "/v1/nothing" })).status).toBe(404);
    const malformed = await callApi(handler, { ...call, path: "/v1/shares/a%23b/accesses" });
    expect(malformed).toMatchObject({ status: 400, json: { detail: "shareId: is not a valid shareId" } });
  });

  it("prefers the literal path to one with a parameter", async () => {
    const { handler, kernel } = shareApi();
    await kernel.table.write([{ op: "put", item: share }]);
    const answer = await callApi(handler, {
      method: "GET",
      path: "/v1/shares/opened",
      principal: visitor(shareId),
    });
    expect(answer).toMatchObject({ status: 200, json: study });
  });
});

describe("an error", () => {
  it.each([
    ["lost race", new ConditionFailed([0]), 409, "conflict"],
    ["throttled service", new Transient("x"), 503, "unavailable"],
    ["disabled key", new KeyUnavailable("x"), 503, "unavailable"],
    ["crossed limit", new Problem("too-large", "Over 3", { extensions: { limit: 3 } }), 413, "too-large"],
    ["fault nobody foresaw", new Error("the patient is 王小明"), 500, "internal"],
  ])("of a %s becomes a problem that leaks nothing", async (_, error, status, type) => {
    const { handler } = shareApi(() => {
      throw error;
    });
    const answer = await callApi(handler, { method: "POST", path: "/v1/shares", principal: physician, body });
    expect(answer.status).toBe(status);
    expect(answer.json.type).toBe(`https://images.example/api/problems/${type}`);
    expect(answer.bytes.toString()).not.toContain("王");
    if (status === 503) expect(answer.headers["retry-after"]).toBe("2");
  });
});

describe("a function with a wrong environment", () => {
  it("answers a problem, and logs which variable", async () => {
    const written = jest.spyOn(process.stdout, "write").mockReturnValue(true);
    const handler = contractApi(() => kernelFromEnvironment());
    const answer = await callApi(handler, { method: "GET", path: "/v1/health" });
    expect(answer.status).toBe(500);
    expect(answer.bytes.toString()).not.toContain("MIC_SETTINGS");
    expect(written.mock.calls.join("")).toContain("MIC_SETTINGS is not set");
  });
});

describe("a page of another origin", () => {
  const headers = { Origin: "https://images.example" };

  it("gets its preflight answered", async () => {
    const { handler } = shareApi();
    const answer = await callApi(handler, { method: "OPTIONS", path: "/v1/shares", headers });
    expect(answer.status).toBe(204);
    expect(answer.headers).toMatchObject({
      "access-control-allow-origin": "https://images.example",
      "access-control-allow-methods": expect.stringContaining("DELETE"),
      vary: expect.stringContaining("Origin"),
    });
  });

  it("may read answers, errors included, when its origin is allowed", async () => {
    const { handler } = shareApi();
    const answer = await callApi(handler, { method: "GET", path: "/v1/shares", headers });
    expect(answer.status).toBe(401);
    expect(answer.headers["access-control-allow-origin"]).toBe("https://images.example");
  });

  it("may not when its origin is not", async () => {
    const { handler } = shareApi();
    const call = { path: "/v1/shares", headers: { Origin: "https://elsewhere.example" } } as const;
    for (const method of ["GET", "OPTIONS"] as const) {
      const answer = await callApi(handler, { ...call, method });
      expect(answer.headers["access-control-allow-origin"]).toBeUndefined();
      expect(answer.headers.vary).toContain("Origin");
    }
  });
});

describe("from where a request came", () => {
  const frontSecret = "s3cret-of-the-front";
  const open = { method: "POST", path: "/v1/shares/open", body: {} } as const;
  const from = async (headers: Record<string, string>) => {
    const { handler } = shareApi(undefined, frontSecret);
    return (await callApi(handler, { ...open, headers })).json.from;
  };

  it.each(["198.51.100.7", "2001:db8::7"])("is what the front says, with its secret: %s", async (viewer) => {
    expect(await from({ "X-Mic-Front": frontSecret, "X-Mic-Viewer": viewer })).toBe(viewer);
  });

  it.each([
    ["without the secret", { "x-mic-viewer": "198.51.100.7" }],
    ["with another secret", { "x-mic-front": "s3cret-of-the-frond", "x-mic-viewer": "198.51.100.7" }],
    ["with what is no address", { "x-mic-front": frontSecret, "x-mic-viewer": "198.51.100.7, 1" }],
    ["with the secret alone", { "x-mic-front": frontSecret }],
    ["by the headers proxies use", { "x-forwarded-for": "198.51.100.7" }],
  ])("is the connection's own address %s", async (_, headers) => {
    expect(await from(headers)).toBe("192.0.2.1");
  });

  it("is believed by nobody where the deployment has no secret", async () => {
    const { handler } = shareApi();
    const headers = { "x-mic-front": "", "x-mic-viewer": "198.51.100.7" };
    expect((await callApi(handler, { ...open, headers })).json.from).toBe("192.0.2.1");
  });
});

describe("a request repeated under its Idempotency-Key", () => {
  const call = { method: "POST", path: "/v1/shares", principal: physician, body } as const;
  const headers = { "Idempotency-Key": "0a1b2c3d-0000-4000-8000-000000000001" };

  it("happens once and gets the same answer", async () => {
    const { handler, calls } = shareApi();
    const first = await callApi(handler, { ...call, headers });
    const second = await callApi(handler, { ...call, headers });
    expect(second.json).toEqual(first.json);
    expect(second.headers.location).toBe(first.headers.location);
    expect(second.status).toBe(201);
    expect(calls).toHaveLength(1);
  });

  it("leaves nothing in the table that can be read without the key", async () => {
    const { handler, kernel } = shareApi(() => ({ token: "secret-token" }));
    await callApi(handler, { ...call, headers });
    const stored = kernel.table.items().find(({ type }) => type === "idempotency");
    expect(stored?.reply).toBeInstanceOf(Uint8Array);
    const text = Buffer.from(stored?.reply as Uint8Array).toString("latin1") + JSON.stringify(stored);
    expect(text).not.toContain("secret-token");
    expect(text).not.toContain(headers["Idempotency-Key"]);
  });

  it("is refused when it asks for something else", async () => {
    const { handler } = shareApi();
    await callApi(handler, { ...call, headers });
    const other = await callApi(handler, { ...call, headers, body: { ...body, name: "y" } });
    expect(other.status).toBe(422);
  });

  it("is refused for another hospital, and the order of a query says nothing", async () => {
    const { handler, calls } = shareApi();
    const at = (query: string) => callApi(handler, { ...call, path: `${call.path}?${query}`, headers });
    expect((await at("hospital=village-1&page=2")).status).toBe(201);
    expect((await at("page=2&hospital=village-1")).status).toBe(201);
    expect(calls).toHaveLength(1);
    expect((await at("page=3&hospital=village-1")).status).toBe(422);
  });

  it("belongs to its principal: another's same key is another request", async () => {
    const { handler, calls } = shareApi();
    await callApi(handler, { ...call, headers });
    await callApi(handler, { ...call, headers, principal: user("radiologist", "village-1") });
    expect(calls).toHaveLength(2);
  });

  it("waits while the first is still being answered", async () => {
    let nested: Promise<unknown> | undefined;
    const { handler } = shareApi(async () => {
      nested ??= callApi(handler, { ...call, headers });
      await nested;
      return {};
    });
    await callApi(handler, { ...call, headers });
    expect(await nested).toMatchObject({ status: 409, headers: { "retry-after": "2" } });
  });

  it("may be repeated at once after a failure, under the same id", async () => {
    let fail = true;
    const { handler, calls } = shareApi(() => {
      if (fail) throw new Transient("down");
      return {};
    });
    expect((await callApi(handler, { ...call, headers })).status).toBe(503);
    fail = false;
    expect((await callApi(handler, { ...call, headers })).status).toBe(201);
    expect(new Set(calls).size).toBe(1);
    expect(calls).toHaveLength(2);
  });

  it("is taken over, under the same id, when the function died half way", async () => {
    const { handler, kernel, calls } = shareApi();
    kernel.table.before((operation) => {
      const settles = operation.operation === "write" && operation.writes[0]?.op === "update";
      if (settles) throw new Error("killed");
    });
    await callApi(handler, { ...call, headers });
    kernel.table.before(undefined);
    expect((await callApi(handler, { ...call, headers })).status).toBe(409);
    kernel.clock.advance(31_000);
    expect((await callApi(handler, { ...call, headers })).status).toBe(201);
    expect(new Set(calls).size).toBe(1);
  });

  it("is a new request after a day", async () => {
    const { handler, kernel, calls } = shareApi();
    await callApi(handler, { ...call, headers });
    kernel.clock.advance(24 * 60 * 60 * 1000);
    await callApi(handler, { ...call, headers });
    expect(new Set(calls).size).toBe(2);
  });

  it.each(["1", ""])("needs a key that cannot be guessed, not %j", async (key) => {
    const { handler, calls } = shareApi();
    const answer = await callApi(handler, { ...call, headers: { "Idempotency-Key": key } });
    expect(answer.status).toBe(400);
    expect(calls).toEqual([]);
  });
});

describe("the audit", () => {
  it("has one record of a request whose use case left one", async () => {
    const { handler, kernel } = shareApi();
    await callApi(handler, { method: "POST", path: "/v1/shares", principal: physician, body });
    expect(kernel.table.items("audit")).toHaveLength(1);
    expect(kernel.table.items("audit")[0]).toMatchObject({
      action: "createShare",
      outcome: "permitted",
      agent: { id: physician.id, hospital: "village-1" },
      entity: { studyUid: "1.2.3" },
      policies: ["physician-own-hospital"],
    });
  });

  it("has a record of a request whose use case forgot", async () => {
    const { handler, kernel } = shareApi();
    const headers = { "X-Purpose-Of-Use": "ETREAT" };
    await callApi(handler, { method: "GET", path: "/v1/shares", principal: physician, headers });
    expect(kernel.table.items("audit")).toMatchObject([{ action: "listShares", purpose: "ETREAT" }]);
  });

  it("has a record of a refusal", async () => {
    const { handler, kernel } = shareApi();
    const principal = machine("village-1");
    const answer = await callApi(handler, { method: "GET", path: "/v1/shares", principal });
    expect(answer.status).toBe(403);
    expect(kernel.table.items("audit")).toMatchObject([
      { action: "listShares", outcome: "denied", agent: { id: principal.id } },
    ]);
  });

  it("refuses the answer when the record cannot be made durable", async () => {
    const { handler, kernel } = shareApi();
    kernel.table.before(({ operation }) => {
      if (operation === "write") throw new Transient("audit table is down");
    });
    const answer = await callApi(handler, { method: "GET", path: "/v1/shares", principal: physician });
    expect(answer.status).toBe(503);
  });
});
