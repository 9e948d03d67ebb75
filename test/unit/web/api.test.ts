import { describe, expect, it } from "@jest/globals";
import { Api, Refused, Unreachable } from "../../../web/src/app/api.ts";
import { SignedOut } from "../../../web/src/sign-in/session.ts";

type Answering = () => Response | Promise<Response>;

/** An API that answers one thing after another, the last one for ever. */
function apiThat(...answers: Answering[]) {
  const requests: Request[] = [];
  const refused: string[] = [];
  const pauses: number[] = [];
  let bearers = 0;
  const session = {
    token: async () => `token-${++bearers}`,
    refused: (bearer: string) => void refused.push(bearer),
  };
  const wires = {
    fetch: async (url: string | URL | Request, init?: RequestInit) => {
      requests.push(new Request(new URL(String(url), "https://images.test"), init));
      const answer = answers.length > 1 ? answers.shift() : answers[0];
      return (answer as Answering)();
    },
    sleep: async (ms: number) => void pauses.push(ms),
  };
  return { api: new Api("/api", session, { wires }), requests, refused, pauses };
}
const ok = () => Response.json({ fine: true });
const problem =
  (status: number, detail: string, headers: Record<string, string> = {}) =>
  () =>
    Response.json({ type: `https://x.test/problems/conflict`, detail }, { status, headers });
const brokenLine = () => Promise.reject(new TypeError("Failed to fetch"));

describe("the page's requests", () => {
  it("carry the token in a header and never in the address", async () => {
    const { api, requests } = apiThat(ok);
    expect(await api.get("/v1/me")).toEqual({ fine: true });
    expect(requests[0]?.headers.get("authorization")).toBe("Bearer token-1");
    expect(requests[0]?.url).toBe("https://images.test/api/v1/me");
  });

  it("are one request under one key, however often the line breaks", async () => {
    const { api, requests } = apiThat(brokenLine, problem(503, "busy"), ok);
    await api.post("/v1/uploads", { files: [] });
    const names = requests.map(({ headers }) => headers.get("idempotency-key"));
    expect(names).toHaveLength(3);
    expect(new Set(names).size).toBe(1);
    expect(api.trouble.value).toBeUndefined();
  });

  it("wait as long as a busy server asks, and say meanwhile what holds them", async () => {
    const { api, pauses } = apiThat(problem(429, "slow down", { "retry-after": "7" }), ok);
    const seen: unknown[] = [];
    api.trouble.listen(() => seen.push(api.trouble.value?.message));
    await api.get("/v1/me");
    expect(pauses[0]).toBeGreaterThanOrEqual(7000);
    expect(seen).toEqual(["slow down", undefined]);
  });

  it("are asked again where an answer breaks off, or is a page of somebody else", async () => {
    const brokenOff = () => {
      const start = (stream: ReadableStreamDefaultController): void => {
        stream.enqueue(new TextEncoder().encode('{"files":['));
        stream.error(new TypeError("network error"));
      };
      return new Response(new ReadableStream({ start }), { status: 200 });
    };
    const { api, requests } = apiThat(brokenOff, () => new Response("<html>please sign in</html>"), ok);
    expect(await api.post("/v1/uploads/x/files")).toEqual({ fine: true });
    expect(requests).toHaveLength(3);
  });

  it("believe a fault of the server's in the end, though they go on trying where it is away", async () => {
    const { api, requests } = apiThat(problem(500, "our fault"));
    await expect(api.patient().get("/v1/me")).rejects.toMatchObject({ status: 500, message: "our fault" });
    expect(requests).toHaveLength(12);
    const away = apiThat(...Array.from({ length: 30 }, () => problem(502, "nobody")), ok);
    expect(await away.api.patient().get("/v1/me")).toEqual({ fine: true });
  });

  it("ask for another token once where one is refused, then believe it", async () => {
    const { api, refused, requests } = apiThat(problem(401, "expired"));
    await expect(api.get("/v1/me")).rejects.toThrow(new Refused(401, { detail: "expired" }));
    expect(refused).toEqual(["token-1"]);
    expect(requests).toHaveLength(2);
  });

  it("are not repeated where the server means no, and keep its sentence", async () => {
    const { api, requests } = apiThat(problem(409, "The state does not allow it."));
    const failure = await api.post("/v1/x").catch((error: unknown) => error);
    expect(failure).toMatchObject({ status: 409, type: "conflict", message: "The state does not allow it." });
    expect(requests).toHaveLength(1);
  });

  it("end after a while where nobody waits for them, and go on where an upload does", async () => {
    const { api } = apiThat(brokenLine);
    await expect(api.get("/v1/me")).rejects.toThrow(Unreachable);
    const answers: Answering[] = [...Array.from({ length: 9 }, () => brokenLine), ok];
    expect(
      await apiThat(...answers)
        .api.patient()
        .get("/v1/me"),
    ).toEqual({ fine: true });
  });

  it("end with the sign-in, even those of an upload", async () => {
    const session = { token: () => Promise.reject(new SignedOut()), refused: () => undefined };
    const wires = { fetch: () => Promise.reject(new Error("not reached")), sleep: async () => undefined };
    const uploading = new Api("/api", session, { patient: true, wires });
    await expect(uploading.get("/v1/me")).rejects.toThrow(SignedOut);
  });

  it("end when the page they are for is left", async () => {
    const { api } = apiThat(brokenLine);
    const leaving = new AbortController();
    leaving.abort(new Error("left"));
    await expect(api.get("/v1/me", leaving.signal)).rejects.toThrow("left");
  });
});
