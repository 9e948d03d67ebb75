/** Which API the command line talks to and as whom: flags, then environment, then the local cloud that is running. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ApiClient, type TokenSource } from "./client.ts";
import { CommandFailed, exitCodes } from "./failures.ts";

export interface SessionOptions {
  readonly api?: string;
  readonly token?: string;
  /** A seeded user of the local cloud. */
  readonly user?: string;
}

interface LocalCloud {
  readonly api: string;
  readonly web: string;
  readonly users: readonly {
    readonly username: string;
    readonly role: string;
    readonly hospital?: string;
    readonly accessToken: string;
  }[];
}

/** Throws CommandFailed that says what to set when there is neither a token nor a local cloud. */
export function openSession(options: SessionOptions, preferredRole: string): ApiClient {
  const api = options.api ?? process.env.MIC_API;
  const token = options.token ?? process.env.MIC_TOKEN ?? tokenFile(process.env.MIC_TOKEN_FILE);
  if (api !== undefined && token !== undefined) return new ApiClient(api, token);
  if (api !== undefined)
    throw new CommandFailed(
      "Set MIC_TOKEN or MIC_TOKEN_FILE, or pass --token, to use that API.",
      exitCodes.usage,
    );
  const cloud = localCloud();
  if (cloud === undefined) {
    throw new CommandFailed(
      "No local cloud is running. Start one with npm start, or set MIC_API and MIC_TOKEN for a deployed one.",
      exitCodes.usage,
    );
  }
  if (token !== undefined) return new ApiClient(cloud.api, token);
  const { username } = pickUser(cloud, options.user, preferredRole);
  // A local cloud that was started again has signed everybody in anew.
  const current: TokenSource = () => pickUser(localCloud() ?? cloud, username, preferredRole).accessToken;
  return new ApiClient(cloud.api, current, username);
}

/** Read again whenever the token is not accepted: whatever signs in writes a fresh one there. */
function tokenFile(path: string | undefined): TokenSource | undefined {
  if (path === undefined) return undefined;
  return () => {
    try {
      return readFileSync(path, "utf8").trim();
    } catch (cause) {
      throw new CommandFailed(`Cannot read MIC_TOKEN_FILE, ${path}.`, exitCodes.usage, cause);
    }
  };
}

function localCloud(): LocalCloud | undefined {
  const file = process.env.MIC_CLOUD ?? join(import.meta.dirname, "..", ".local", "cloud.json");
  return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as LocalCloud) : undefined;
}

function pickUser(
  { users }: LocalCloud,
  name: string | undefined,
  role: string,
): LocalCloud["users"][number] {
  const user =
    name === undefined ? users.find((one) => one.role === role) : users.find((one) => one.username === name);
  if (user !== undefined) return user;
  const known = users
    .map((one) => `  ${one.username} (${one.role}, ${one.hospital ?? "network"})`)
    .join("\n");
  throw new CommandFailed(
    `There is no such user in the local cloud. Pass --user with one of:\n${known}`,
    exitCodes.usage,
  );
}
