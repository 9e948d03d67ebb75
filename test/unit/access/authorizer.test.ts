import { createHash } from "node:crypto";
import { afterEach, beforeEach, describe, expect, it, jest } from "@jest/globals";
import { SignJWT, UnsecuredJWT } from "jose";
import { authorizer } from "../../../functions/access/authorizer.ts";
import { roles } from "../../../shared/access/principal.ts";
import { type TrustedIssuer, tokenVerifier } from "../../../shared/access/verify-token.ts";
import { keys } from "../../../shared/catalog/keys.ts";
import { startIssuer, type TestIssuer } from "../../support/issuer.ts";
import { fixedClock } from "../../support/memory/clock.ts";
import { memoryTable } from "../../support/memory/table.ts";
import { testRegion } from "../../support/principals.ts";

const methodArn = "arn:test:execute-api:eu-central-1:000000000000:api1/prod/GET/v1/uploads";
const clock = fixedClock();
const unlimited = { hospitals: "all", roles: [...roles] } as const;
const claims = { name: "王强", hospital: "county-1", roles: ["radiologist", "emperor"], licence: "110330" };
let issuer: TestIssuer;
let table = memoryTable();

beforeEach(async () => {
  jest.spyOn(process.stdout, "write").mockReturnValue(true);
  clock.set("2027-03-01T08:00:00.000Z");
  table = memoryTable();
  issuer = await startIssuer(() => clock.now());
});
afterEach(() => issuer.close());

/** Signs in at an API that trusts the issuers; answers the principal. */
function gate(more: Partial<TrustedIssuer> = {}, others: readonly TrustedIssuer[] = []) {
  const trusted = [{ issuer: issuer.url, audience: ["mic"], ...unlimited, ...more }, ...others];
  const verify = tokenVerifier(trusted, () => clock.now());
  const authorize = authorizer(() => ({ verify, table, clock }));
  return async (token: string) => {
    const result = await authorize({ methodArn, authorizationToken: `Bearer ${token}` });
    return JSON.parse(result.context?.principal as string);
  };
}

describe("a token of a trusted issuer", () => {
  it("says who its holder is", async () => {
    const principal = await gate()(
      await issuer.token({ ...claims, auth_time: 1_803_888_000, scope: "openid mic" }),
    );
    expect(principal).toEqual({
      id: `user:u-1@${issuer.url.replace("http://", "")}`,
      kind: "user",
      name: "王强",
      roles: ["radiologist"],
      hospital: "county-1",
      licence: "110330",
      authenticatedAt: "2027-03-01T08:00:00.000Z",
      scopes: ["openid", "mic"],
    });
  });

  it("lets its holder into the whole API, since the gateway remembers the answer for every route", async () => {
    const verify = tokenVerifier([{ issuer: issuer.url, audience: "mic", ...unlimited }], () => clock.now());
    const authorize = authorizer(() => ({ verify, table, clock }));
    const result = await authorize({
      methodArn,
      headers: { authorization: `bearer ${await issuer.token(claims)}` },
    });
    expect(result.policyDocument.Statement).toEqual([
      {
        Action: "execute-api:Invoke",
        Effect: "Allow",
        Resource: "arn:test:execute-api:eu-central-1:000000000000:api1/prod/*",
      },
    ]);
    expect(result.context?.principal).toMatch(/^[\x20-\x7e]*$/);
  });

  it("may name its claims as Cognito does, with the client instead of an audience", async () => {
    const names = { hospital: "custom:hospital", roles: "cognito:groups", licence: "custom:licence" };
    const token = await issuer.token({
      aud: undefined,
      client_id: "web",
      "custom:hospital": "county-1",
      "cognito:groups": ["physician"],
      "cognito:username": "wu",
    });
    expect(await gate({ claims: names, audience: ["web"] })(token)).toMatchObject({
      name: "wu",
      roles: ["physician"],
      hospital: "county-1",
    });
  });

  it("of a machine makes a service of its hospital and nothing else", async () => {
    const machine = { sub: "gateway", client_id: "gateway", roles: ["hospital-admin"] };
    expect(await gate()(await issuer.token({ ...machine, hospital: "village-1" }))).toMatchObject({
      kind: "machine",
      roles: ["service"],
      hospital: "village-1",
    });
    const scoped = await issuer.token({ ...machine, scope: "mic/hospital-village-2 mic/upload" });
    expect(await gate()(scoped)).toMatchObject({ roles: ["service"], hospital: "village-2" });
  });

  it("cannot make a person a service", async () => {
    expect(await gate()(await issuer.token({ roles: ["service"] }))).toMatchObject({
      kind: "user",
      roles: [],
    });
  });

  it("verifies after its issuer rotated the keys", async () => {
    const enter = gate();
    await enter(await issuer.token(claims));
    await issuer.rotate();
    jest.spyOn(Date, "now").mockReturnValue(Date.now() + 11_000);
    await expect(enter(await issuer.token(claims))).resolves.toMatchObject({ hospital: "county-1" });
    jest.restoreAllMocks();
    expect(issuer.keyRequests()).toBe(2);
  });

  it("verifies without asking for the keys again", async () => {
    const enter = gate();
    for (let times = 0; times < 3; times++) await enter(await issuer.token(claims));
    expect(issuer.keyRequests()).toBe(1);
  });

  it("is told apart from another issuer's by the same subject", async () => {
    const other = await startIssuer(() => clock.now(), "RS256");
    try {
      const enter = gate({}, [{ issuer: other.url, audience: "mic", ...unlimited }]);
      const one = await enter(await issuer.token(claims));
      const two = await enter(await other.token(claims));
      expect(one.id).not.toBe(two.id);
    } finally {
      await other.close();
    }
  });
});

describe("a token that is not good", () => {
  const now = () => Math.floor(clock.now().getTime() / 1000);

  it.each([
    ["of another issuer", () => ({ iss: "https://elsewhere.example" })],
    ["for another audience", () => ({ aud: "another" })],
    ["without an audience", () => ({ aud: undefined })],
    ["expired", () => ({ exp: now() - 6 })],
    ["without an expiry", () => ({ exp: undefined })],
    ["not valid yet", () => ({ nbf: now() + 60 })],
    ["without a subject", () => ({ sub: undefined })],
  ])("%s is refused", async (_, wrong) => {
    await expect(gate()(await issuer.token({ ...claims, ...wrong() }))).rejects.toThrow(/^Unauthorized$/);
  });

  it("is still good for the seconds clocks may differ", async () => {
    await expect(gate()(await issuer.token({ exp: now() - 4 }))).resolves.toBeDefined();
  });

  it("signed with nothing, or with a shared secret, is refused", async () => {
    const payload = { iss: issuer.url, aud: "mic", sub: "u-1", exp: now() + 300 };
    const unsecured = new UnsecuredJWT(payload).encode();
    await expect(gate()(`${unsecured}x`)).rejects.toThrow("Unauthorized");
    const shared = await new SignJWT(payload)
      .setProtectedHeader({ alg: "HS256", kid: "key-1" })
      .sign(new Uint8Array(32));
    await expect(gate()(shared)).rejects.toThrow("Unauthorized");
  });

  it("changed after it was signed is refused", async () => {
    const [header, , signature] = (await issuer.token(claims)).split(".");
    const payload = Buffer.from(
      JSON.stringify({ iss: issuer.url, aud: "mic", sub: "root", exp: now() + 300 }),
    );
    await expect(gate()([header, payload.toString("base64url"), signature].join("."))).rejects.toThrow(
      "Unauthorized",
    );
  });

  it.each(["", "nonsense", "a.b.c", "mics_short"])("%j is refused", async (token) => {
    await expect(gate()(token)).rejects.toThrow("Unauthorized");
  });
});

describe("an issuer that speaks for one clinic", () => {
  const clinic = {
    hospitals: ["county-1"],
    roles: ["physician", "radiologist", "auditor", "service"],
  } as const;
  const machine = { sub: "gateway", client_id: "gateway" };

  it("lets the clinic's people and machines in", async () => {
    const enter = gate(clinic);
    await expect(enter(await issuer.token(claims))).resolves.toMatchObject({ hospital: "county-1" });
    const scoped = await issuer.token({ ...machine, scope: "mic/hospital-county-1" });
    await expect(enter(scoped)).resolves.toMatchObject({ roles: ["service"], hospital: "county-1" });
  });

  it.each([
    ["a person of another hospital", { hospital: "city-3", roles: ["radiologist"] }],
    ["someone of no hospital, such as an auditor of the whole network", { roles: ["auditor"] }],
    ["someone whose hospital is empty", { hospital: "", roles: ["auditor"] }],
    ["a role it may not give", { hospital: "county-1", roles: ["physician", "hospital-admin"] }],
    ["an operator of the network", { roles: ["network-operator"] }],
    ["a machine of another hospital", { ...machine, hospital: "city-3" }],
    ["a machine of another hospital by its scope", { ...machine, scope: "mic/hospital-city-3" }],
    ["a machine of no hospital", machine],
  ])("cannot send %s", async (_, claimed) => {
    await expect(gate(clinic)(await issuer.token(claimed))).rejects.toThrow(/^Unauthorized$/);
  });

  it("cannot send machines where it was not given their role", async () => {
    const people = { ...clinic, roles: ["physician"] } as const;
    const token = await issuer.token({ ...machine, hospital: "county-1" });
    await expect(gate(people)(token)).rejects.toThrow(/^Unauthorized$/);
  });

  it("is refused in the log without what it claimed", async () => {
    const write = jest.spyOn(process.stdout, "write").mockReturnValue(true);
    await expect(gate(clinic)(await issuer.token({ ...claims, hospital: "city-3" }))).rejects.toThrow();
    const said = write.mock.calls.map(String).join("");
    expect(said).toContain("does not speak for");
    expect(said).not.toMatch(/city-3|radiologist|王强/);
  });
});

describe("a hospital that cannot be one", () => {
  it("does not make its auditor the network's", async () => {
    const token = await issuer.token({ hospital: "County 1", roles: ["auditor"] });
    await expect(gate()(token)).rejects.toThrow(/^Unauthorized$/);
  });
});

describe("when the issuer cannot be reached", () => {
  it("nobody is told that their token is bad, and the next request asks again", async () => {
    const enter = gate();
    issuer.setDown(true);
    const token = await issuer.token(claims);
    await expect(enter(token)).rejects.not.toThrow("Unauthorized");
    issuer.setDown(false);
    await expect(enter(token)).resolves.toMatchObject({ hospital: "county-1" });
  });
});

describe("the access token of an opened link", () => {
  const token = `mics_${"a".repeat(43)}`;
  const study = { region: testRegion, hospital: "village-1", studyUid: "1.2.3" };
  const share = {
    ...keys.share("SHARE1"),
    type: "share",
    ...study,
    shareId: "SHARE1",
    expiresAt: "2027-03-02T08:00:00.000Z",
  };
  const session = {
    ...keys.shareSession(createHash("sha256").update(token).digest("hex")),
    type: "share-session",
    ...study,
    shareId: "SHARE1",
    expiresAt: 1_803_888_900,
  };

  it("makes its holder that link's visitor", async () => {
    await table.write([
      { op: "put", item: share },
      { op: "put", item: session },
    ]);
    expect(await gate()(token)).toEqual({
      id: "share:SHARE1",
      kind: "share",
      name: "",
      roles: [],
      scopes: [],
    });
  });

  it.each([
    ["is unknown", { share, session: undefined }],
    ["has expired", { share, session: { ...session, expiresAt: 1_803_887_999 } }],
    ["belongs to a revoked link", { share: { ...share, revokedAt: "2027-03-01T07:00:00.000Z" }, session }],
    ["belongs to an expired link", { share: { ...share, expiresAt: "2027-03-01T07:59:59.000Z" }, session }],
    ["belongs to a link that is gone", { share: undefined, session }],
  ])("opens nothing when it %s", async (_, stored) => {
    for (const item of [stored.share, stored.session]) if (item) await table.write([{ op: "put", item }]);
    await expect(gate()(token)).rejects.toThrow(/^Unauthorized$/);
  });
});
