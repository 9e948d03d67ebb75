/**
 * A worker that is killed in the middle of ingest, for journeys: the deployed function's own code, environment and stores,
 * in a process that gets SIGKILL right after its n-th change took effect.
 * Arguments: landing key, version id, n. Environment: the function's, and credentials. Exits 0 when it survived.
 */
import { ulid } from "ulid";
import { environment } from "../../functions/environment.ts";
import { stores } from "../../functions/stores.ts";
import { ingestObject } from "../../shared/ingest/ingest-object.ts";
import { Killed, mortal } from "./mortal-worker.ts";

const [key, versionId, dieAt] = process.argv.slice(2) as [string, string, string];
const { region, retentionYears } = environment("settings");
const { table, objects, clock } = stores();
const worker = mortal({ table, objects }, { dieAt: Number(dieAt), done: true });

try {
  await ingestObject(
    {
      table: worker.table,
      objects: worker.objects,
      clock,
      region,
      retentionYears,
      // Short, so that the journey need not wait for the dead worker's claim to run out.
      leaseMilliseconds: () => 1_000,
      attempt: ulid(),
      requestId: "journey",
    },
    { key, versionId },
  );
} catch (error) {
  if (!(error instanceof Killed)) throw error;
  process.kill(process.pid, "SIGKILL");
}
