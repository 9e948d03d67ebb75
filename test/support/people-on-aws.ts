/** The people journeys act as on a deployed stage: listed by the deployer, signed in here where they gave passwords. */
import { readFileSync } from "node:fs";
import * as z from "zod/mini";
import { seedUsers } from "../../local/seed-data.ts";
import { roles } from "../../shared/access/principal.ts";
import { signInToPool, type UserPool } from "./user-pool.ts";

const person = z.strictObject({
  /** As journeys name them, such as `technician@xinghe-village`. */
  username: z.string(),
  role: z.enum(roles),
  hospital: z.exactOptional(z.string()),
  /** A token the API accepts: for Cognito the ID token. */
  accessToken: z.exactOptional(z.string()),
  /** Instead of a token, in the stage's user pool: the name there (the username unless said) and the password. */
  login: z.exactOptional(z.string()),
  password: z.exactOptional(z.string()),
});
type Listed = z.infer<typeof person>;

export interface Person extends Omit<Listed, "login" | "password" | "accessToken"> {
  readonly accessToken: string;
}

/** What is wrong with the deployer's list; its message is for the deployer and never holds a secret. */
export class UnusablePeople extends Error {
  override readonly name = "UnusablePeople";
}

/** `file`, or the JSON in `variable` of the environment. Throws UnusablePeople. */
export function listedPeople(file: string | undefined, variable: string): readonly Listed[] {
  const source = file ?? variable;
  const text = file === undefined ? process.env[variable] : read(file);
  if (text === undefined) throw new UnusablePeople(`Pass --users <file>, or put its JSON into ${variable}.`);
  const result = z.array(person).safeParse(parse(text, source));
  if (!result.success) {
    const { path = [], message } = result.error.issues[0] ?? { message: "not a list of people" };
    throw new UnusablePeople(`${source}: ${path.join(".") || "it"}: ${message}`);
  }
  requireEveryone(result.data, source);
  return result.data;
}

function read(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (cause) {
    throw new UnusablePeople(`${file} cannot be read.`, { cause });
  }
}

function parse(text: string, source: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The parser quotes what it stumbled over, which may be a password.
    throw new UnusablePeople(`${source} is not JSON.`);
  }
}

/** The journeys' people are the local cloud's: same names, same roles, same hospitals. */
function requireEveryone(listed: readonly Listed[], source: string): void {
  const wrong = seedUsers.filter(({ username, role, hospital }) => {
    const found = listed.find((one) => one.username === username);
    return found?.role !== role || found.hospital !== hospital;
  });
  if (wrong.length === 0) return;
  const lines = wrong.map(
    ({ username, role, hospital }) => `  ${username}: ${role}, ${hospital ?? "no hospital"}`,
  );
  throw new UnusablePeople([`${source} must list these, as they are here:`, ...lines].join("\n"));
}

/** With a token for each of them. Throws UnusablePeople naming whoever cannot be signed in. */
export async function signedInPeople(
  listed: readonly Listed[],
  pool: UserPool | undefined,
): Promise<Person[]> {
  const people: Person[] = [];
  for (const { login, password, accessToken, ...one } of listed)
    people.push({
      ...one,
      accessToken: accessToken ?? (await tokenOf(login ?? one.username, password, pool)),
    });
  return people;
}

async function tokenOf(
  login: string,
  password: string | undefined,
  pool: UserPool | undefined,
): Promise<string> {
  if (password === undefined) throw new UnusablePeople(`${login} has neither accessToken nor password.`);
  if (!pool) throw new UnusablePeople(`${login} needs an accessToken: this stage has no user pool.`);
  try {
    return (await signInToPool(pool, login, password)).idToken;
  } catch (cause) {
    throw new UnusablePeople(`${login} cannot sign in: ${(cause as Error).message}`, { cause });
  }
}
