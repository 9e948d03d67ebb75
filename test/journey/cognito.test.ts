/** People of the stage's Cognito user pool are as good as those of any issuer: roles by group, hospital by attribute. */
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { aws, names } from "../support/aws.ts";
import { Session, send, settled, signedIn } from "../support/cloud.ts";
import { ctInstance, newUid } from "../support/instances.ts";
import {
  addPerson,
  type PoolPerson,
  type PoolTokens,
  poolOf,
  removePerson,
  signInToPool,
  type UserPool,
} from "../support/user-pool.ts";

const found = await poolOf({ aws, names });
const described = found ? describe : describe.skip;
if (!found) console.warn("This stage has no user pool: journeys of Cognito's people are skipped.");
const pool = found as UserPool;

const run = Date.now();
const technician: PoolPerson = {
  username: `journey-technician-${run}`,
  name: "林小雨",
  role: "technician",
  hospital: "xinghe-village",
};
const nobody: PoolPerson = { username: `journey-nobody-${run}`, name: "No Hospital", role: "technician" };

const studyUid = newUid();
const files = [{ name: "a.dcm", bytes: ctInstance({ studyUid }) }];
let tokens: PoolTokens;

described("a technician in the stage's user pool", () => {
  beforeAll(async () => {
    tokens = await signInToPool(pool, technician.username, await addPerson(pool, technician));
  });
  afterAll(() => removePerson(pool, technician.username));

  it("is known by name, role and hospital", async () => {
    const { status, body } = await new Session(tokens.idToken).get("/v1/me");
    expect({ status, body }).toMatchObject({
      status: 200,
      body: { kind: "user", name: "林小雨", roles: ["technician"], hospital: "xinghe-village" },
    });
    expect(body.id).toMatch(new RegExp(`^user:.+@cognito-idp\\..+/${pool.id}$`));
  });

  it("uploads for the hospital, whose doctors then see the study", async () => {
    const session = new Session(tokens.idToken);
    const ledger = await settled(session, await send(session, files));
    expect(ledger.totals).toMatchObject({ indexed: 1 });
    const physician = signedIn("physician@xinghe-village");
    expect((await physician.get(`/v1/studies/${studyUid}`)).body).toMatchObject({ instances: 1 });
    expect((await session.get("/v1/worklist")).status).toBe(403);
  });

  it("is nobody's with the access token, which carries no attributes", async () => {
    const session = new Session(tokens.accessToken);
    expect((await session.get("/v1/me")).body).not.toHaveProperty("hospital");
    expect((await session.post("/v1/uploads", { files: [] })).status).toBe(403);
  });

  it("is refused with a token of which one letter was changed", async () => {
    const [head, claims, signature] = tokens.idToken.split(".") as [string, string, string];
    const other = signature.startsWith("A") ? "B" : "A";
    const forged = new Session(`${head}.${claims}.${other}${signature.slice(1)}`);
    expect((await forged.get("/v1/me")).status).toBe(401);
  });
});

described("somebody in the pool whom no hospital vouches for", () => {
  beforeAll(async () => {
    tokens = await signInToPool(pool, nobody.username, await addPerson(pool, nobody));
  });
  afterAll(() => removePerson(pool, nobody.username));

  it("uploads nothing and sees nothing, whatever group they are in", async () => {
    const session = new Session(tokens.idToken);
    expect((await session.get("/v1/me")).body.roles).toEqual(["technician"]);
    expect((await session.post("/v1/uploads", { files: [] })).status).toBe(403);
    expect((await session.get("/dicomweb/mine/studies")).status).toBe(403);
    expect((await session.get("/dicomweb/hospital-xinghe-village/studies")).status).toBe(403);
  });
});
