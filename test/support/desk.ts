/** The quarantine desk of a clinic in memory: people decide, and what follows from their decisions happens as it does on AWS. */
import type { Grant } from "../../shared/access/grant.ts";
import type { Role } from "../../shared/access/principal.ts";
import type { UploadFileItem } from "../../shared/catalog/items.ts";
import { keys } from "../../shared/catalog/keys.ts";
import type { IngestDependencies } from "../../shared/ingest/dependencies.ts";
import type { ObjectStore, Table } from "../../shared/ports.ts";
import { type Clinic, followStream } from "./clinic.ts";
import { testGrant } from "./grant.ts";
import { memoryEventBus } from "./memory/event-bus.ts";
import { type MemoryQueue, memoryQueue } from "./memory/queue.ts";
import { user } from "./principals.ts";
import { streamed } from "./stream.ts";

interface Landed {
  readonly Records: readonly [{ readonly s3: { readonly object: { readonly key: string } } }];
}

export interface Desk {
  readonly queue: MemoryQueue;
  /** A person of the clinic; `name` tells two of one role apart. `stores`: of a worker that dies. */
  as(role: Role, name?: string, stores?: { readonly table: Table; readonly objects: ObjectStore }): Grant;
  /** What the stream and the queues bring about, until nothing more follows. */
  follow(more?: Partial<IngestDependencies>): Promise<void>;
  file(uploadId: string, fileId?: string): Promise<UploadFileItem>;
}

export function desk(here: Clinic): Desk {
  const stream = streamed(here.table);
  const queue = memoryQueue();
  const events = memoryEventBus();
  const { objects, clock, hospital } = here;
  return {
    queue,
    as(role, name = "one", stores) {
      const principal = user(role, hospital.hospital, { id: `user:${role}-${name}` });
      const table = { ...here.table, ...(stores?.table ?? stream.table) };
      return testGrant({
        principal,
        action: "desk",
        table,
        objects: { ...objects, ...stores?.objects },
        clock,
      });
    },
    async follow(more) {
      for (;;) {
        await followStream({ objects, queue, events, clock }, stream);
        const woken = [...queue.drain("ingest"), ...queue.drain("ingest-stat")] as readonly Landed[];
        if (woken.length === 0) return;
        for (const { Records } of woken)
          await here.ingest({ key: Records[0].s3.object.key }, { table: stream.table, ...more });
      }
    },
    async file(uploadId, fileId = "0") {
      return (await here.table.get(keys.uploadFile(hospital, uploadId, fileId))) as UploadFileItem;
    },
  };
}
