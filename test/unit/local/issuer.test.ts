import { mkdtempSync, rmSync, statSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { createRemoteJWKSet, decodeJwt, jwtVerify } from "jose";
import { type Account, AccountDirectory, loadAccounts } from "../../../local/issuer/accounts.ts";
import { createIssuer } from "../../../local/issuer/interactions.ts";
import { createProvider } from "../../../local/issuer/provider.ts";
import { newIssuerSecrets } from "../../../local/issuer/secrets.ts";
import { signIn } from "../../../local/issuer/sign-in.ts";
import { seedUsers } from "../../../local/seed-data.ts";

const radiologist: Account = {
  username: "radiologist@qinghe-county",
  password: "a-right-password",
  name: "王强",
  role: "radiologist",
  hospital: "qinghe-county",
  licence: "110330000002047",
};
const operator: Account = {
  username: "network-operator@network",
  password: "another-password",
  name: "沈毅",
  role: "network-operator",
};
const secrets = newIssuerSecrets();

describe("the local identity provider", () => {
  let server: Server;
  let web = "";
  let issuer = "";

  beforeAll(async () => {
    server = createServer();
    await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
    web = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    issuer = `${web}/idp`;
    const directory = new AccountDirectory([radiologist, operator]);
    const provider = createProvider({ issuer, web, directory, secrets, gatewayHospital: "xinghe-village" });
    const mounted = createIssuer(provider, directory, "/idp");
    server.on("request", (request, response) => mounted.handle(request, response));
  });
  afterAll(
    () =>
      new Promise((closed) => {
        server.closeAllConnections();
        server.close(closed);
      }),
  );

  it("gives a doctor who signs in a token that says hospital, role, licence and sign-in time", async () => {
    const { accessToken } = await signIn(issuer, radiologist.username, radiologist.password);
    const { payload, protectedHeader } = await jwtVerify(
      accessToken,
      createRemoteJWKSet(new URL(`${issuer}/jwks`)),
      { issuer, audience: "urn:mic:api" },
    );
    expect(protectedHeader.alg).toBe("RS256");
    expect(payload).toMatchObject({
      sub: radiologist.username,
      name: "王强",
      hospital: "qinghe-county",
      roles: ["radiologist"],
      licence: "110330000002047",
      scope: "mic",
    });
    expect(Math.abs(Number(payload.auth_time) - Date.now() / 1000)).toBeLessThan(30);
    expect(Number(payload.exp) - Number(payload.iat)).toBe(12 * 3600);
  });

  it("has a link that shows the sign-in page, and says who came in without a code in the address bar", async () => {
    const jar = new Map<string, string>();
    const open = async (url: string, body?: URLSearchParams): Promise<{ url: string; text: string }> => {
      const cookie = [...jar].map((pair) => pair.join("=")).join("; ");
      const request = { redirect: "manual", headers: { cookie } } as const;
      const answer = await fetch(url, body ? { ...request, method: "POST", body } : request);
      for (const line of answer.headers.getSetCookie()) {
        const [name = "", value = ""] = (line.split(";")[0] ?? "").split("=");
        jar.set(name, value);
      }
      const to = answer.headers.get("location");
      return to ? open(new URL(to, url).href) : { url, text: await answer.text() };
    };
    expect((await open(`${issuer}/signed-in`)).text).toContain("Nobody is signed in");
    const form = await open(`${issuer}/sign-in`);
    expect(form.text).toContain("登录医学影像云");
    const { username, password } = radiologist;
    const end = await open(form.url, new URLSearchParams({ username, password }));
    expect(end.url).toBe(`${issuer}/signed-in`);
    expect(end.text).toContain("王强");
  });

  it("gives a network operator a token without a hospital", async () => {
    const { accessToken } = await signIn(issuer, operator.username, operator.password);
    expect(decodeJwt(accessToken)).toMatchObject({ roles: ["network-operator"] });
    expect(decodeJwt(accessToken).hospital).toBeUndefined();
  });

  it("refuses a wrong password and an unknown person alike", async () => {
    await expect(signIn(issuer, radiologist.username, "wrong")).rejects.toThrow("HTTP 401");
    await expect(signIn(issuer, "nobody@nowhere", "wrong")).rejects.toThrow("HTTP 401");
  });

  it("gives a machine a token of its own with client credentials", async () => {
    const response = await fetch(`${issuer}/token`, {
      method: "POST",
      headers: { authorization: `Basic ${btoa(`mic-gateway:${secrets.gatewaySecret}`)}` },
      body: new URLSearchParams({ grant_type: "client_credentials", scope: "mic" }),
    });
    const { access_token: token } = (await response.json()) as { access_token: string };
    const { payload } = await jwtVerify(token, createRemoteJWKSet(new URL(`${issuer}/jwks`)), {
      issuer,
      audience: "urn:mic:api",
    });
    expect(payload).toMatchObject({ sub: "mic-gateway", roles: ["service"], hospital: "xinghe-village" });
  });

  it("lets a terminal start the device flow and shows the person a page in two languages", async () => {
    const response = await fetch(`${issuer}/device/auth`, {
      method: "POST",
      body: new URLSearchParams({ client_id: "mic-cli", scope: "openid profile mic" }),
    });
    const started = (await response.json()) as { verification_uri: string };
    expect(started.verification_uri).toBe(`${issuer}/device`);
    const page = await (await fetch(started.verification_uri)).text();
    expect(page).toContain("连接终端");
    expect(page).toContain("Connect a terminal");
  });

  it("tells a person with a stale tab to start again", async () => {
    const response = await fetch(`${issuer}/interaction/long-gone`);
    expect(response.status).toBe(400);
    expect(await response.text()).toContain("This sign-in has expired");
  });
});

describe("the accounts", () => {
  it("keep their passwords over a warm restart, in a file only the owner reads", async () => {
    const folder = mkdtempSync(join(tmpdir(), "mic-accounts-"));
    const file = join(folder, "users.json");
    const [first] = await loadAccounts(file, seedUsers);
    const again = await loadAccounts(file, [
      ...seedUsers,
      { username: "new@network", name: "新", role: "auditor" },
    ]);
    expect(again[0]?.password).toBe(first?.password);
    expect(new Set(again.map(({ password }) => password)).size).toBe(seedUsers.length + 1);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    rmSync(folder, { recursive: true });
  });

  it("lock after ten wrong passwords and open again after five minutes", () => {
    let now = 0;
    const directory = new AccountDirectory([radiologist], () => now);
    for (let tries = 0; tries < 10; tries += 1) {
      expect(directory.check(radiologist.username, "wrong")).toBe("wrong");
    }
    expect(directory.check(radiologist.username, radiologist.password)).toBe("locked");
    now = 5 * 60_000 + 1;
    expect(directory.check(radiologist.username, radiologist.password)).toBe(radiologist);
  });
});
