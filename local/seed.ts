/** Signs everybody in through the real flow and makes the hospitals through the real API, as an operator would. */
import type { Role } from "../shared/access/principal.ts";
import type { CreateHospitalRequest } from "../shared/contract/schemas/network.ts";
import { caller } from "./api.ts";
import type { Account } from "./issuer/accounts.ts";
import { signIn } from "./issuer/sign-in.ts";
import { StepProblem } from "./progress.ts";
import { seedHospitals } from "./seed-data.ts";

/** A person as `cloud.json` lists them. */
export interface SignedIn {
  readonly username: string;
  readonly password: string;
  readonly name: string;
  readonly role: Role;
  readonly hospital?: string;
  readonly licence?: string;
  readonly accessToken: string;
}

export async function signEverybodyIn(issuer: string, accounts: readonly Account[]): Promise<SignedIn[]> {
  const people: SignedIn[] = [];
  for (const account of accounts) {
    const { accessToken } = await signIn(issuer, account.username, account.password);
    people.push({ ...account, accessToken });
  }
  return people;
}

/** The first person with this role, at this hospital where one is named. */
export function personWith<P extends Pick<SignedIn, "role" | "hospital">>(
  people: readonly P[],
  role: Role,
  hospital?: string,
): P {
  const found = people.find(
    (one) => one.role === role && (hospital === undefined || one.hospital === hospital),
  );
  if (!found) throw new StepProblem(`Nobody is ${role}${hospital ? ` at ${hospital}` : ""}.`);
  return found;
}

/** Idempotent: hospitals that are there already stay as they are. */
export async function onboardHospitals(
  api: string,
  people: readonly Pick<SignedIn, "role" | "hospital" | "accessToken">[],
): Promise<void> {
  const call = caller(api, personWith(people, "network-operator").accessToken);
  for (const { id, name, tier, keyGroup } of seedHospitals) {
    const there = await call("GET", `/v1/hospitals/${id}`, { accept: [404] });
    if (there.status !== 404) continue;
    const body: CreateHospitalRequest = { hospital: id, name, tier, keyGroup };
    const headers = { "idempotency-key": `seed-${id}` };
    await call("POST", "/v1/hospitals", { body, headers, accept: [409] });
  }
}
