import { randomBytes } from "node:crypto";
import { beforeAll, describe, expect, it } from "@jest/globals";
import { revocationSeconds } from "../../shared/contract/revocation.ts";
import {
  type Answer,
  eventually,
  type Json,
  Session,
  send,
  settled,
  signedIn,
  stranger,
} from "../support/cloud.ts";
import { ctInstance, newUid } from "../support/instances.ts";

const technician = signedIn("technician@xinghe-village");
const doctor = signedIn("physician@xinghe-village");
const studyUid = newUid();
const seriesUid = newUid();
const sopUid = newUid();

const make = async (more: object = {}): Promise<{ shareId: string; token: string }> => {
  const { body } = await doctor.post("/v1/shares", { studyUid, ...more });
  return { shareId: body.shareId, token: new URL(body.url).hash.slice(1) };
};
const open = (token: string, passcode?: string): Promise<Answer<Json>> =>
  stranger.post("/v1/shares/open", { token, ...(passcode === undefined ? {} : { passcode }) });
/** What a stranger can tell one refusal from another by. */
const seen = ({ status, body }: Answer<Json>) => ({
  status,
  type: body.type,
  title: body.title,
  detail: body.detail,
});

describe("a share link", () => {
  beforeAll(async () => {
    await settled(
      technician,
      await send(technician, [{ name: "a.dcm", bytes: ctInstance({ studyUid, seriesUid, sopUid }) }]),
    );
  });

  it("keeps its token out of every URL a server sees: it is in the fragment", async () => {
    const { body } = await doctor.post("/v1/shares", { studyUid });
    const url = new URL(body.url);
    expect(url.pathname + url.search).toBe("/s");
    expect(Buffer.from(url.hash.slice(1), "base64url")).toHaveLength(32);
  });

  it("looks the same to a stranger when it is unknown, malformed, revoked, expired, locked or used up", async () => {
    const unknown = seen(await open(randomBytes(32).toString("base64url")));
    expect(unknown.status).toBe(404);
    expect(seen(await open("guess"))).toEqual(unknown);

    const revoked = await make();
    expect((await doctor.call("DELETE", `/v1/shares/${revoked.shareId}`)).status).toBe(204);
    expect(seen(await open(revoked.token))).toEqual(unknown);

    const expiring = await make({ expiresInDays: 1 / 86_400 });
    await eventually("expiry", 20, async () =>
      (await open(expiring.token)).status === 404 ? true : undefined,
    );
    expect(seen(await open(expiring.token))).toEqual(unknown);

    const locked = await make({ passcode: "1357" });
    for (let attempt = 0; attempt < 5; attempt++) await open(locked.token, "0000");
    expect(seen(await open(locked.token, "1357"))).toEqual(unknown);

    const once = await make({ maxOpenings: 1 });
    expect((await open(once.token)).status).toBe(200);
    expect(seen(await open(once.token))).toEqual(unknown);
  }, 60_000);

  it("is never opened more often than allowed, however many ask at once", async () => {
    const { token } = await make({ maxOpenings: 3 });
    const answers = await Promise.all(Array.from({ length: 12 }, () => open(token)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(3);
  });

  it("records each opening for its maker", async () => {
    const { shareId, token } = await make();
    await open(token);
    await open(token);
    const { body } = await doctor.get(`/v1/shares/${shareId}/accesses`);
    expect(body.accesses.map(({ outcome }: Json) => outcome)).toEqual(["opened", "opened"]);
  });

  it("once revoked, reaches no image: not by the page that is open, and not by a URL handed out before", async () => {
    const { shareId, token } = await make();
    const { body } = await open(token);
    const patient = new Session(body.accessToken);
    const instance = `/dicomweb/${body.scope}/studies/${studyUid}/series/${seriesUid}/instances/${sopUid}/thumbnail`;
    const url = await eventually(
      "thumbnail",
      30,
      async () => (await patient.get(instance)).headers.get("location") ?? undefined,
    );
    expect((await fetch(url)).status).toBe(200);

    await doctor.call("DELETE", `/v1/shares/${shareId}`);
    const revokedAt = Date.now();
    expect([401, 403, 404]).toContain((await patient.get(instance)).status);
    await eventually("the signed URL to die", revocationSeconds, async () =>
      (await fetch(url)).status === 403 ? true : undefined,
    );
    expect(Date.now() - revokedAt).toBeLessThan(revocationSeconds * 1000);
  }, 90_000);
});
