/** Who can sign in locally: the seeded people with passwords made on the first start and kept over warm restarts. */
import { createHash, randomInt, timingSafeEqual } from "node:crypto";
import type { Role } from "../../shared/access/principal.ts";
import { readJsonFile, writePrivateJson } from "../private-file.ts";
import type { SeedUser } from "../seed-data.ts";

export interface Account {
  readonly username: string;
  readonly password: string;
  readonly name: string;
  readonly role: Role;
  readonly hospital?: string;
  readonly licence?: string;
}

/** Letters and digits that nobody confuses when typing them from a terminal. */
const alphabet = "abcdefghjkmnpqrstuvwxyz23456789";

/** Sixteen characters in four groups: 79 bits. */
export function newPassword(): string {
  const group = (): string =>
    Array.from({ length: 4 }, () => alphabet.charAt(randomInt(alphabet.length))).join("");
  return Array.from({ length: 4 }, group).join("-");
}

/** Reads `file`, adds whoever of `people` is new with a fresh password, and writes it back. */
export async function loadAccounts(file: string, people: readonly SeedUser[]): Promise<readonly Account[]> {
  const kept = new Map(((await readJsonFile<Account[]>(file)) ?? []).map((one) => [one.username, one]));
  const accounts = people.map((person) => ({
    ...person,
    password: kept.get(person.username)?.password ?? newPassword(),
  }));
  await writePrivateJson(file, accounts);
  return accounts;
}

const failuresAllowed = 10;
const failureWindowMs = 5 * 60_000;

/** Checks passwords; after ten wrong ones in five minutes an account refuses even the right one for a while. */
export class AccountDirectory {
  readonly #accounts: ReadonlyMap<string, Account>;
  readonly #failures = new Map<string, { count: number; since: number }>();
  readonly #now: () => number;

  constructor(accounts: readonly Account[], now: () => number = Date.now) {
    this.#accounts = new Map(accounts.map((account) => [account.username, account]));
    this.#now = now;
  }

  find(username: string): Account | undefined {
    return this.#accounts.get(username);
  }

  /** The account, "wrong" (unknown names look like wrong passwords) or "locked". */
  check(username: string, password: string): Account | "wrong" | "locked" {
    const account = this.#accounts.get(username);
    if (this.#locked(username)) return "locked";
    const matches = timingSafeEqual(digest(password), digest(account?.password ?? newPassword()));
    if (account && matches) {
      this.#failures.delete(username);
      return account;
    }
    if (account) this.#fail(username);
    return "wrong";
  }

  #locked(username: string): boolean {
    const failure = this.#failures.get(username);
    if (!failure) return false;
    if (this.#now() - failure.since <= failureWindowMs) return failure.count >= failuresAllowed;
    this.#failures.delete(username);
    return false;
  }

  #fail(username: string): void {
    const failure = this.#failures.get(username);
    if (failure) failure.count += 1;
    else this.#failures.set(username, { count: 1, since: this.#now() });
  }
}

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
