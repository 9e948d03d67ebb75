import { describe, expect, it } from "@jest/globals";
import { visitorWith } from "../../../shared/access/share-session.ts";
import { keys } from "../../../shared/catalog/keys.ts";
import type { ShareItem, ShareSessionItem } from "../../../shared/share/items.ts";
import { listAccesses } from "../../../shared/share/list-accesses.ts";
import { revokeShare } from "../../../shared/share/revoke-share.ts";
import { tokenHash } from "../../../shared/share/token.ts";
import { people, readingRoom, study } from "../../support/reading-room.ts";
import { closed, link, open, refusal, shareId } from "./town-link.ts";

describe("Opening a link", () => {
  it("gives an access token for exactly its study, for fifteen minutes", async () => {
    const room = await readingRoom();
    const opened = await open(room, (await link(room)).token);
    expect(opened).toMatchObject({
      scope: `share-${shareId}`,
      permission: "view",
      expiresAt: "2027-03-01T08:15:00.000Z",
    });
    const visitor = await visitorWith(room.table, opened.accessToken, room.clock.now());
    expect(visitor).toMatchObject({ id: `share:${shareId}`, kind: "share", roles: [] });
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

describe("A phone on a bad line", () => {
  const openingId = "9f3c1f0e-54c2-4bd0-9d8b-52fd5a1e7c11";

  it("that lost the answer asks again and has the same session, and no opening is spent", async () => {
    const room = await readingRoom();
    const { token } = await link(room, { maxOpenings: 1, passcode: "4711" });
    const first = await open(room, token, "4711", openingId);
    room.clock.advance(5 * 60_000);
    expect(await open(room, token, "4711", openingId)).toEqual(first);
    expect(await visitorWith(room.table, first.accessToken, room.clock.now())).toBeDefined();
    expect(await room.table.get(keys.share(shareId))).toMatchObject({ openings: 1 });
    expect((await listAccesses(room.atHospital(people.townPhysician), { shareId })).accesses).toHaveLength(1);
  });

  it("that asks twice at once opens once", async () => {
    const room = await readingRoom();
    const { token } = await link(room, { maxOpenings: 1 });
    const [one, two] = await Promise.all([1, 2].map(() => open(room, token, undefined, openingId)));
    expect(one).toEqual(two);
  });

  it("has no second session by it: not with a guessed passcode, not afterwards, not once the link is revoked", async () => {
    const room = await readingRoom();
    const { token } = await link(room, { maxOpenings: 1, passcode: "4711" });
    await open(room, token, "4711", openingId);
    expect(await refusal(open(room, token, "0000", openingId))).toEqual(closed);
    expect(await refusal(open(room, token, undefined, openingId))).toEqual(closed);
    expect(await refusal(open(room, token, "4711"))).toEqual(closed);
    room.clock.advance(15 * 60_000);
    expect(await refusal(open(room, token, "4711", openingId))).toEqual(closed);

    const other = await readingRoom();
    const taken = await link(other, {});
    await open(other, taken.token, undefined, openingId);
    await revokeShare(other.atHospital(people.townPhysician), other, { shareId });
    expect(await refusal(open(other, taken.token, undefined, openingId))).toEqual(closed);
  });

  it("may open again under its old id when that session has ended and openings are left", async () => {
    const room = await readingRoom();
    const { token } = await link(room, { maxOpenings: 2 });
    await open(room, token, undefined, openingId);
    room.clock.advance(15 * 60_000);
    await open(room, token, undefined, openingId);
    expect(await room.table.get(keys.share(shareId))).toMatchObject({ openings: 2 });
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

  it("is on record when somebody goes on guessing at a locked link, even rightly", async () => {
    const room = await readingRoom();
    const { token } = await link(room, { passcode: "4711" });
    for (const guess of ["0", "1", "2", "3", "4", "5", "4711"]) {
      room.clock.advance(1000);
      await refusal(open(room, token, guess));
    }
    const { accesses } = await listAccesses(room.atHospital(people.townPhysician), { shareId });
    const wrong = Array.from({ length: 5 }, () => "wrong-passcode");
    expect(accesses.map(({ outcome }) => outcome)).toEqual(["locked", "locked", ...wrong]);
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
    expect(accesses.filter(({ outcome }) => outcome === "wrong-passcode").length).toBeLessThanOrEqual(5);
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
