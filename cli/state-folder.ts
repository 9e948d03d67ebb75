/** Where `mic` keeps what it must remember between runs: the user's own folder, never the clinic's. */
import { homedir } from "node:os";
import { join } from "node:path";

export function stateFolder(): string {
  const { XDG_STATE_HOME, LOCALAPPDATA } = process.env;
  const base = XDG_STATE_HOME || LOCALAPPDATA || join(homedir(), ".local", "state");
  return join(base, "medical-image-cloud");
}
