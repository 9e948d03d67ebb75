import { describe, expect, it } from "@jest/globals";
import { keys } from "../../../shared/catalog/keys.ts";
import { createShare, type ShareRequest } from "../../../shared/share/create-share.ts";
import type { ShareItem, ShareSessionItem } from "../../../shared/share/items.ts";
import { listAccesses } from "../../../shared/share/list-accesses.ts";
import { listShares } from "../../../shared/share/list-shares.ts";
import { openLink } from "../../../shared/share/open-link.ts";
import { revokeShare } from "../../../shared/share/revoke-share.ts";
import { isShareAccessToken, tokenHash } from "../../../shared/share/token.ts";
import { callerFor } from "../../support/principals.ts";
import { people, type ReadingRoom, readingRoom, study } from "../../support/reading-room.ts";

const shareId = "01JNQZ3K00000000000000000S";
const webOrigin = "https://film.example";
const phone = callerFor({ id: "anonymous", kind: "user", name: "", roles: [], scopes: [] });

async function link(room: ReadingRoom, request: Partial<ShareRequest> = {}) {
  const grant = room.atHospital(people.townPhysician, "createShare");
  const share = await createShare(
    grant,
    { ...room, webOrigin },
    { studyUid: study.studyUid, ...request, shareId },
  );
  return { ...share, token: share.url.split("#")[1] ?? "" };
}
const open = (room: ReadingRoom, token: string, passcode?: string) =>
  openLink(phone, room, { token, passcode });
const refusal = async (attempt: Promise<unknown>): Promise<unknown> =>
  attempt.then(
    () => "opened",
    ({ type, detail, extensions }: { type: string; detail: string; extensions: object }) => ({
      type,
      detail,
      extensions,
    }),
  );
const closed = { type: "link-closed", detail: expect.any(String), extensions: {} };

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

describe("Opening a link", () => {
  it("gives an access token for exactly its study, for fifteen minutes", async () => {
    const room = await readingRoom();
    const opened = await open(room, (await link(room)).token);
    expect(opened).toMatchObject({
      scope: `share-${shareId}`,
      permission: "view",
      expiresAt: "2027-03-01T08:15:00.000Z",
    });
    expect(isShareAccessToken(opened.accessToken)).toBe(true);
    const session = await room.table.get(keys.shareSession(tokenHash(opened.accessToken)));
    expect(session).toMatchObject({
      ...study,
      shareId,
      expiresAt: 1803888900,
    } satisfies Partial<ShareSessionItem>);
  });

  it("gives a token that does not outlive the link", async () => {
    const room = await readingRoom();
    const { token } = await link(room, { expiresInDays: 1 / 24 });
    room.clock.advance(50 * 60_000);
    expect((await open(room, token)).expiresAt).toBe("2027-03-01T09:00:00.000Z");
  });

  it("is on record for the hospital: when, from where, and who guessed wrong", async () => {
    const room = await readingRoom();
    const { token } = await link(room, { passcode: "4711" });
    await refusal(open(room, token, "0000"));
    room.clock.advance(1000);
    await open(room, token, "4711");
    const { accesses } = await listAccesses(room.atHospital(people.townPhysician), { shareId });
    expect(accesses).toMatchObject([
      { at: "2027-03-01T08:00:01.000Z", outcome: "opened", sourceIp: "192.0.2.1" },
      { outcome: "wrong-passcode" },
    ]);
    const openings = room.table.items("audit").filter(({ action }) => action === "openShare");
    expect(openings.map(({ outcome }) => outcome).sort()).toEqual(["denied", "permitted"]);
    for (const opening of openings) {
      expect(opening).toMatchObject({ hospital: "town", agent: { id: `share:${shareId}`, kind: "share" } });
    }
  });

  it("never happens more often than allowed, however many try at once", async () => {
    const room = await readingRoom();
    const { token } = await link(room, { maxOpenings: 3 });
    const attempts = await Promise.all(Array.from({ length: 10 }, () => refusal(open(room, token))));
    expect(attempts.filter((attempt) => attempt === "opened")).toHaveLength(3);
    expect(attempts.filter((attempt) => attempt !== "opened")).toEqual(Array(7).fill(closed));
    expect((await room.table.get(keys.share(shareId))) as ShareItem).toMatchObject({ openings: 3 });
  });
});

describe("A stranger", () => {
  it("cannot tell an expired, revoked, locked, used-up and unknown link apart", async () => {
    const unknown = await refusal(open(await readingRoom(), "guessed"));

    const expired = await readingRoom();
    const old = await link(expired);
    expired.clock.advance(7 * 86_400_000);

    const revoked = await readingRoom();
    const taken = await link(revoked);
    await revokeShare(revoked.atHospital(people.townPhysician), revoked, { shareId });

    const usedUp = await readingRoom();
    const once = await link(usedUp, { maxOpenings: 1 });
    await open(usedUp, once.token);

    const locked = await readingRoom();
    const guessed = await link(locked, { passcode: "4711" });
    for (let attempt = 0; attempt < 5; attempt += 1) await refusal(open(locked, guessed.token, "0000"));

    expect(unknown).toEqual(closed);
    for (const [room, token] of [
      [expired, old.token],
      [revoked, taken.token],
      [usedUp, once.token],
      [locked, guessed.token],
    ] as const) {
      expect(await refusal(open(room, token))).toEqual(unknown);
      expect(await refusal(open(room, token, "4711"))).toEqual(unknown);
    }
  });

  it("makes us read as much and write as little for a closed link as for an unknown one", async () => {
    const room = await readingRoom();
    const { token } = await link(room, { passcode: "4711" });
    await revokeShare(room.atHospital(people.townPhysician), room, { shareId });
    const calls: string[] = [];
    room.table.before(({ operation }) => void calls.push(operation));
    await refusal(open(room, token, "4711"));
    const known = calls.splice(0);
    await refusal(open(room, "guessed", "4711"));
    expect(calls).toEqual(known);
    expect(known).toEqual(["get", "get"]);
  });
});

describe("A passcode", () => {
  it("is asked for, and a wrong one gets the same answer as none", async () => {
    const room = await readingRoom();
    const { token } = await link(room, { passcode: "4711" });
    const asked = await refusal(open(room, token));
    expect(asked).toMatchObject({ type: "passcode-required", extensions: {} });
    expect(await refusal(open(room, token, "0000"))).toEqual(asked);
    expect(await refusal(open(room, token, "4711"))).toBe("opened");
  });

  it("locks the link for 15 minutes after five wrong ones, and twice as long the next time", async () => {
    const room = await readingRoom();
    const { token } = await link(room, { passcode: "4711" });
    const guessFiveTimes = async () => {
      for (let attempt = 0; attempt < 5; attempt += 1) await refusal(open(room, token, "0000"));
    };
    await guessFiveTimes();
    room.clock.advance(15 * 60_000 - 1);
    expect(await refusal(open(room, token, "4711"))).toEqual(closed);
    room.clock.advance(1);
    await guessFiveTimes();
    room.clock.advance(30 * 60_000 - 1);
    expect(await refusal(open(room, token, "4711"))).toEqual(closed);
    room.clock.advance(1);
    expect(await refusal(open(room, token, "4711"))).toBe("opened");
    expect(await room.table.get(keys.share(shareId))).toMatchObject({ tries: 0, locks: 0, lockedUntil: "" });
  });

  it("is compared at most five times when many guesses come at once", async () => {
    const room = await readingRoom();
    const { token } = await link(room, { passcode: "4711" });
    const guesses = Array.from({ length: 12 }, (_, guess) =>
      refusal(open(room, token, String(1000 + guess))),
    );
    await Promise.all(guesses);
    const { accesses } = await listAccesses(room.atHospital(people.townPhysician), { shareId });
    expect(accesses.length).toBeLessThanOrEqual(5);
    expect(await refusal(open(room, token, "4711"))).toEqual(closed);
  });

  it("may be right at the fifth try", async () => {
    const room = await readingRoom();
    const { token } = await link(room, { passcode: "4711" });
    for (let attempt = 0; attempt < 4; attempt += 1) await refusal(open(room, token, "0000"));
    expect(await refusal(open(room, token, "4711"))).toBe("opened");
    expect(await refusal(open(room, token, "4711"))).toBe("opened");
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
