import { randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from "node:crypto";

export interface HashedPasscode {
  readonly salt: Uint8Array;
  readonly hash: Uint8Array;
  /** log2 of scrypt's N, so that stored hashes outlive a change of cost. */
  readonly cost: number;
}

/** 16 MB and about 70 ms a try. A passcode is short: what keeps it from being guessed is the lock, not the hash. */
const cost = 14;

function derive(passcode: string, salt: Uint8Array, log2: number): Promise<Uint8Array> {
  const options: ScryptOptions = { N: 2 ** log2, r: 8, p: 1, maxmem: 2 ** (log2 + 11) };
  return new Promise((resolve, reject) => {
    scrypt(passcode, salt, 32, options, (error, key) => (error ? reject(error) : resolve(key)));
  });
}

export async function hashPasscode(passcode: string): Promise<HashedPasscode> {
  const salt = new Uint8Array(randomBytes(16));
  return { salt, hash: new Uint8Array(await derive(passcode, salt, cost)), cost };
}

const decoy: HashedPasscode = { salt: new Uint8Array(16), hash: new Uint8Array(32), cost };

/** Costs the same whether or not there is a passcode to compare with: an unknown link must not answer sooner. */
export async function passcodeMatches(
  given: string | undefined,
  stored: HashedPasscode | undefined,
): Promise<boolean> {
  const against = stored ?? decoy;
  const derived = await derive(given ?? "", against.salt, against.cost);
  const equal = timingSafeEqual(derived, against.hash);
  return stored !== undefined && given !== undefined && equal;
}
