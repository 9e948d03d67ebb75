/** An OpenID issuer for tests: real keys, real tokens, served on loopback. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from "jose";

export interface TestIssuer {
  readonly url: string;
  /** A token of this issuer with its current key; claims given replace the defaults, `undefined` ones are left out. */
  token(claims?: Record<string, unknown>): Promise<string>;
  /** From now on another key signs, and only that one is published. */
  rotate(): Promise<void>;
  /** How often the keys were asked for. */
  keyRequests(): number;
  /** While down, requests for its documents fail. */
  setDown(down: boolean): void;
  close(): Promise<void>;
}

export async function startIssuer(now: () => Date, alg: "RS256" | "ES256" = "ES256"): Promise<TestIssuer> {
  let keyNumber = 0;
  let key = await newKey();
  let requests = 0;
  let down = false;

  async function newKey() {
    keyNumber += 1;
    const { privateKey, publicKey } = await generateKeyPair(alg);
    const kid = `key-${keyNumber}`;
    return { kid, privateKey, jwk: { ...(await exportJWK(publicKey)), kid, alg, use: "sig" } };
  }

  const server = createServer((request, response) => {
    if (down) {
      response.writeHead(503).end();
      return;
    }
    const isKeys = request.url === "/keys";
    if (isKeys) requests += 1;
    const document = isKeys ? { keys: [key.jwk] } : { issuer: url, jwks_uri: `${url}/keys` };
    response.writeHead(200, { "Content-Type": "application/json" }).end(JSON.stringify(document));
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  return {
    url,
    keyRequests: () => requests,
    setDown: (value) => {
      down = value;
    },
    rotate: async () => {
      key = await newKey();
    },
    async token(claims = {}) {
      const issued = Math.floor(now().getTime() / 1000);
      const payload = { iss: url, aud: "mic", sub: "u-1", iat: issued, exp: issued + 300, ...claims };
      return new SignJWT(JSON.parse(JSON.stringify(payload)) as JWTPayload)
        .setProtectedHeader({ alg, kid: key.kid })
        .sign(key.privateKey);
    },
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
}
