import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { Link, NotShown, type OpenResult } from "../../../web/src/share/client.ts";
import { slicesOf } from "../../../web/src/share/series-images.ts";

type Answer = () => Response;
const real = globalThis.fetch;
let asked: { path: string; body: { token: string; passcode?: string; openingId?: string } | undefined }[] =
  [];
let answers: Record<string, Answer[]> = {};

const json = (body: unknown, status = 200): Answer => {
  return () => new Response(JSON.stringify(body), { status });
};
const problem = (type: string, status: number, more = {}) =>
  json({ type: `https://images.example/api/problems/${type}`, status, ...more }, status);
const lineBroke: Answer = () => {
  throw new TypeError("network");
};
const session = json({ accessToken: "mics_x", shareId: "S" });
const study = json({ study: { studyUid: "1.2" }, series: [], reports: [] });

beforeEach(() => {
  asked = [];
  globalThis.fetch = async (url, init) => {
    const path = String(url).replace("/api", "");
    asked.push({ path, body: init?.body ? JSON.parse(String(init.body)) : undefined });
    const answer = answers[path]?.shift();
    if (answer === undefined) throw new Error(`not expected: ${path}`);
    return answer();
  };
});
afterEach(() => {
  globalThis.fetch = real;
});

const openings = () => asked.filter(({ path }) => path === "/v1/shares/open");
const opened = (result: OpenResult) => {
  if (result.kind !== "opened") throw new Error(result.kind);
  return result.client;
};

describe("a link opened on a bad line", () => {
  it("is opened once: after the line broke only what it shows is asked for again", async () => {
    answers = {
      "/v1/shares/open": [session],
      "/v1/shares/opened": [lineBroke, problem("internal", 500), study],
    };
    const link = new Link("token");
    expect(await link.open()).toEqual({ kind: "offline" });
    expect(await link.open()).toEqual({ kind: "offline" });
    expect(await link.open()).toMatchObject({ kind: "opened" });
    expect(openings()).toHaveLength(1);
  });

  it("is the same opening when the answer was lost, with the passcode typed before", async () => {
    answers = { "/v1/shares/open": [lineBroke, session], "/v1/shares/opened": [study] };
    const link = new Link("token");
    expect(await link.open("4711")).toEqual({ kind: "offline" });
    expect(await link.open("4711")).toMatchObject({ kind: "opened" });
    const [first, second] = openings();
    expect(first?.body).toEqual({ token: "token", passcode: "4711", openingId: expect.any(String) });
    expect(second?.body).toEqual(first?.body);
  });

  it("is not tried again with a passcode that was wrong", async () => {
    answers = { "/v1/shares/open": [problem("passcode-required", 403), problem("passcode-required", 403)] };
    const link = new Link("token");
    expect(await link.open("0000")).toEqual({ kind: "passcode", wrong: true });
    expect(await link.open()).toEqual({ kind: "passcode", wrong: false });
  });

  it("that was revoked meanwhile is closed", async () => {
    answers = { "/v1/shares/open": [session], "/v1/shares/opened": [problem("link-closed", 404)] };
    expect(await new Link("token").open()).toEqual({ kind: "closed" });
  });
});

describe("an image that cannot be shown", () => {
  it.each([
    ["has no such frame", problem("not-found", 404, { frames: 3 }), "notShown"],
    ["is of a link revoked meanwhile", problem("not-found", 404), "sessionEnded"],
    ["is asked for after the session", problem("unauthenticated", 401), "sessionEnded"],
    ["is being made", problem("unavailable", 503), "preparing"],
    ["is of another format", problem("not-acceptable", 406), "notShown"],
    ["came too slowly for its signed URL", () => new Response("<Error/>", { status: 403 }), "offline"],
  ])("says why when it %s", async (_, answer, absence) => {
    const frame = "/dicomweb/share-S/studies/1.2/series/1.2.1/instances/1.2.1.1/frames/1";
    answers = { "/v1/shares/open": [session], "/v1/shares/opened": [study], [frame]: [answer] };
    const client = opened(await new Link("token").open());
    await expect(client.frame("1.2.1", "1.2.1.1", 1)).rejects.toEqual(new NotShown(absence as "notShown"));
  });
});

describe("the images to scroll through", () => {
  it("are those with pixels: a dose report in the series is not among them", () => {
    const instances = [
      { sopUid: "1", frames: 1, thumbnail: "ready" },
      { sopUid: "2", frames: 1, thumbnail: "none" },
      { sopUid: "3", frames: 2 },
    ];
    expect(slicesOf(instances).map(({ sopUid, frame }) => `${sopUid}/${frame}`)).toEqual([
      "1/1",
      "3/1",
      "3/2",
    ]);
  });
});
