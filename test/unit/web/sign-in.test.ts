/** The page's sign-in against the local issuer: the protocol is real, only the browser's address bar is not. */
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from "@jest/globals";
import { decodeJwt } from "jose";
import { type Account, AccountDirectory } from "../../../local/issuer/accounts.ts";
import { createIssuer } from "../../../local/issuer/interactions.ts";
import { createProvider, webClient } from "../../../local/issuer/provider.ts";
import { newIssuerSecrets } from "../../../local/issuer/secrets.ts";
import { Browser } from "../../../local/issuer/sign-in.ts";
import type { OfferedIssuer } from "../../../shared/contract/schemas/contract.ts";
import type { SignedIn } from "../../../web/src/sign-in/oidc.ts";
import { Session, SignedOut } from "../../../web/src/sign-in/session.ts";

const technician: Account = {
  username: "technician@xinghe-village",
  password: "a-right-password",
  name: "李梅",
  role: "technician",
  hospital: "xinghe-village",
};
const other: Account = { ...technician, username: "technician@qinghe-county", hospital: "qinghe-county" };

describe("signing in on the web page", () => {
  let server: Server;
  let origin = "";
  let offered: OfferedIssuer;
  let storage: Map<string, string>;
  let left: URL[];
  let skew = 0;

  beforeAll(async () => {
    server = createServer();
    await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const issuer = `${origin}/idp`;
    const directory = new AccountDirectory([technician, other]);
    const provider = createProvider({
      issuer,
      web: origin,
      directory,
      secrets: newIssuerSecrets(),
      gatewayHospital: "xinghe-village",
    });
    const mounted = createIssuer(provider, directory, "/idp");
    server.on("request", (request, response) => mounted.handle(request, response));
    offered = { ...webClient, issuer, token: "access", signOut: "openid" };
  });
  beforeEach(() => {
    storage = new Map();
    left = [];
    skew = 0;
  });
  afterAll(
    () =>
      new Promise((closed) => {
        server.closeAllConnections();
        server.close(closed);
      }),
  );

  /** The page as it is loaded anew in the same tab. */
  const load = (): Session =>
    new Session({
      storage: {
        getItem: (key) => storage.get(key) ?? null,
        setItem: (key, value) => void storage.set(key, value),
        removeItem: (key) => void storage.delete(key),
      },
      now: () => Date.now() + skew,
      origin,
      leaveFor: (url) => void left.push(url),
    });

  /** What the person does at the issuer; answers the address they come back to. */
  async function passTheForm({ username, password }: Account): Promise<URL> {
    const browser = new Browser(`${origin}/`);
    const form = await browser.follow(left.at(-1) as URL);
    const end = await browser.follow(form.url as URL, new URLSearchParams({ username, password }));
    return end.callback as URL;
  }

  async function signedIn(account = technician): Promise<Session> {
    await load().begin(offered, "#upload");
    const landed = await passTheForm(account);
    const session = load();
    await session.finish(landed);
    return session;
  }

  function tokensOf({ state: { value } }: Session): SignedIn {
    if (value.kind !== "signed-in") throw new Error(`the session is ${value.kind}`);
    return value.signedIn;
  }

  it("brings the person back to where they were, with a token the API takes and nothing of it in an address", async () => {
    await load().begin(offered, "#quarantine/a/1");
    const landed = await passTheForm(technician);
    const session = load();
    expect(await session.finish(landed)).toMatchObject({ returnTo: "#quarantine/a/1" });
    const token = await session.token();
    expect(decodeJwt(token)).toMatchObject({
      aud: "urn:mic:api",
      sub: technician.username,
      hospital: "xinghe-village",
      roles: ["technician"],
    });
    for (const url of [...left, landed]) expect(url.href).not.toContain(token);
  });

  it("asks with PKCE and remembers nothing but in the tab", async () => {
    await load().begin(offered, "");
    const asked = left[0] as URL;
    expect(asked.searchParams.get("code_challenge_method")).toBe("S256");
    const { errand } = JSON.parse([...storage.values()][0] as string);
    expect(asked.href).not.toContain(errand.verifier);
  });

  it("goes on after a reload without another sign-in", async () => {
    const token = await (await signedIn()).token();
    expect(await load().token()).toBe(token);
  });

  it("does not use an answer to a question it did not ask", async () => {
    await load().begin(offered, "");
    const landed = await passTheForm(technician);
    landed.searchParams.set("state", "forged");
    const session = load();
    await session.finish(landed);
    expect(session.state.value).toMatchObject({ kind: "signed-out", why: "failed" });
    expect(await load().finish(landed)).toBeUndefined();
  });

  it("renews a token before it ends, once for all who ask at the same time, and keeps person and sign-in time", async () => {
    const session = await signedIn();
    const first = await session.token();
    skew = 9.9 * 60_000;
    const [second, third] = await Promise.all([session.token(), session.token()]);
    expect(second).not.toBe(first);
    expect(third).toBe(second);
    const [before, after] = [decodeJwt(first), decodeJwt(second as string)];
    expect(after).toMatchObject({ sub: before.sub, roles: before.roles, auth_time: before.auth_time });
  });

  it("renews a token the API refuses, whatever its time says", async () => {
    const session = await signedIn();
    const first = await session.token();
    session.refused(first);
    expect(await session.token()).not.toBe(first);
  });

  it("that has ended keeps whoever needs a token waiting until the same person signs in again", async () => {
    const session = await signedIn();
    session.accept({ ...tokensOf(session), refreshToken: "used-up", expiresAt: 0 });
    let given: string | undefined;
    const waiting = session.token().then((token) => {
      given = token;
    });
    await session.state.until((state) => state.kind === "expired");
    expect(given).toBeUndefined();

    storage.clear();
    session.accept(tokensOf(await signedIn(other)));
    expect(session.state.value).toMatchObject({ kind: "expired", somebodyElse: true });
    storage.clear();
    session.accept(tokensOf(await signedIn()));
    await waiting;
    expect(decodeJwt(given as unknown as string).sub).toBe(technician.username);
  });

  it("ends at the issuer too, with no token in the address, and the page says so afterwards", async () => {
    const session = await signedIn();
    const token = await session.token();
    await session.leave();
    await expect(session.token()).rejects.toThrow(SignedOut);
    const end = left.at(-1) as URL;
    expect(end.pathname).toBe("/idp/session/end");
    expect(Object.fromEntries(end.searchParams)).toEqual({
      client_id: "mic-web",
      post_logout_redirect_uri: `${origin}/`,
    });
    expect([...storage.values()].join()).not.toContain(token);
    expect(load().state.value).toEqual({ kind: "signed-out", why: "left" });
    expect(load().state.value).toEqual({ kind: "signed-out" });
  });

  it("says where the issuer cannot be reached that it may let the next person in as this one", async () => {
    const session = await signedIn();
    const token = await session.token();
    const before = left.length;
    jest.spyOn(globalThis, "fetch").mockRejectedValue(new TypeError("Failed to fetch"));
    await session.leave();
    jest.restoreAllMocks();
    expect(left).toHaveLength(before);
    expect(session.state.value).toMatchObject({ kind: "signed-out", why: "leftHere" });
    expect([...storage.values()].join()).not.toContain(token);
    expect(load().state.value).toEqual({ kind: "signed-out", why: "leftHere" });
  });
});
