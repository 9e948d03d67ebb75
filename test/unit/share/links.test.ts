import { describe, expect, it } from "@jest/globals";
import { visitorWith } from "../../../shared/access/share-session.ts";
import { keys } from "../../../shared/catalog/keys.ts";
import { createShare } from "../../../shared/share/create-share.ts";
import { listShares } from "../../../shared/share/list-shares.ts";
import { revokeShare } from "../../../shared/share/revoke-share.ts";
import { tokenHash } from "../../../shared/share/token.ts";
import { people, readingRoom, study } from "../../support/reading-room.ts";
import { closed, link, open, refusal, shareId, webOrigin } from "./town-link.ts";

describe("A link", () => {
  it("carries 256 random bits after the #, and no stored item holds them", async () => {
    const room = await readingRoom();
    const { url, token } = await link(room, { passcode: "4711" });
    expect(url).toMatch(/^https:\/\/film\.example\/s#[A-Za-z0-9_-]{43}$/);
    const stored = JSON.stringify([...room.table.items(), ...room.table.items("audit")]);
    expect(stored).not.toContain(token);
    expect(stored).not.toContain("4711");
    expect(stored).toContain(tokenHash(token));
  });

  it("stays open for seven days unless said otherwise, and never over ninety", async () => {
    const room = await readingRoom();
    expect((await link(room)).expiresAt).toBe("2027-03-08T08:00:00.000Z");
    const tooLong = link(await readingRoom(), { expiresInDays: 91 });
    await expect(tooLong).rejects.toMatchObject({ type: "invalid-request", extensions: { limit: 90 } });
  });

  it("can only be made to a study of the own hospital, or to a signed report on it", async () => {
    const room = await readingRoom();
    const county = room.atHospital(people.countyRadiologist, "createShare");
    const making = createShare(county, { ...room, webOrigin }, { studyUid: study.studyUid, shareId });
    await expect(making).rejects.toMatchObject({ type: "not-found" });
    const noReport = link(room, { reportId: "01JNQZ3K00000000000000000A" });
    await expect(noReport).rejects.toMatchObject({ type: "not-found" });
  });

  it("is made once when the request is repeated, with another token to the same link", async () => {
    const room = await readingRoom();
    const [first, second] = [await link(room), await link(room)];
    expect(second.shareId).toBe(first.shareId);
    expect(second.token).not.toBe(first.token);
    await revokeShare(room.atHospital(people.townPhysician), room, { shareId });
    expect(await refusal(open(room, first.token))).toEqual(closed);
    expect(await refusal(open(room, second.token))).toEqual(closed);
  });
});

describe("Revoking a link", () => {
  it("takes the access to the study back in the same moment, and twice is no error", async () => {
    const room = await readingRoom();
    await link(room);
    const physician = room.atHospital(people.townPhysician, "revokeShare");
    const access = keys.studyAccess(`share-${shareId}`, study);
    expect(await room.table.get(access)).toMatchObject({ permissions: ["view"] });
    await revokeShare(physician, room, { shareId });
    await revokeShare(physician, room, { shareId });
    expect(await room.table.get(access)).toBeUndefined();
  });

  it("loses no race against an opening: the access does not come back", async () => {
    const room = await readingRoom();
    const { token } = await link(room);
    await Promise.all([
      refusal(open(room, token)),
      revokeShare(room.atHospital(people.townPhysician), room, { shareId }),
    ]);
    expect(await room.table.get(keys.studyAccess(`share-${shareId}`, study))).toBeUndefined();
    expect(await refusal(open(room, token))).toEqual(closed);
  });

  it("makes the access tokens it gave worthless at once", async () => {
    const room = await readingRoom();
    const { accessToken } = await open(room, (await link(room)).token);
    await revokeShare(room.atHospital(people.townPhysician), room, { shareId });
    expect(await visitorWith(room.table, accessToken, room.clock.now())).toBeUndefined();
  });

  it("is not for another hospital", async () => {
    const room = await readingRoom();
    await link(room);
    const revoking = revokeShare(room.atHospital(people.countyRadiologist), room, { shareId });
    await expect(revoking).rejects.toMatchObject({ type: "not-found" });
  });
});

describe("The hospital's list of links", () => {
  it("shows them newest first with their state, and never a token", async () => {
    const room = await readingRoom();
    const grant = room.atHospital(people.townPhysician);
    const make = (id: string, more = {}) =>
      createShare(grant, { ...room, webOrigin }, { studyUid: study.studyUid, shareId: id, ...more });
    await make("01JNQZ3K000000000000000001");
    await make("01JNQZ3K000000000000000002", { passcode: "4711", maxOpenings: 2 });
    await make("01JNQZ3K000000000000000003");
    await revokeShare(grant, room, { shareId: "01JNQZ3K000000000000000003" });
    const first = await listShares(grant, room, { limit: 2 });
    expect(first.shares).toMatchObject([
      { shareId: "01JNQZ3K000000000000000003", state: "revoked" },
      { shareId: "01JNQZ3K000000000000000002", state: "open", passcode: true, openings: 0, maxOpenings: 2 },
    ]);
    const rest = await listShares(grant, room, { cursor: first.next });
    expect(rest.shares.map((share) => share.shareId)).toEqual(["01JNQZ3K000000000000000001"]);
    expect(JSON.stringify(first)).not.toMatch(/hash|salt|token/);
  });
});
