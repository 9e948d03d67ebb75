import { closeQuietStudies } from "../../shared/catalog/close-quiet-studies.ts";
import { environment } from "../environment.ts";
import { log } from "../log.ts";
import { stores } from "../stores.ts";

/** Completes studies to which nothing was added for a while. */
export async function handler(): Promise<void> {
  const { table, clock } = stores();
  const done = await closeQuietStudies({ table, clock }, environment("settings").region);
  log("info", "quiet studies", done);
}
