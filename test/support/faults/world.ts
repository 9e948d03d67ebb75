/**
 * A hospital whose every part runs as deployed: requests, landing events, the table's stream, derive's queue and the clock,
 * each delivered at least once to workers that may meet any fate. Drives the real use cases on whatever stores it stands on.
 */
import { ulid } from "ulid";
import { applyChanges } from "../../../shared/catalog/apply-changes.ts";
import type { Change } from "../../../shared/catalog/change.ts";
import { closeQuietStudies } from "../../../shared/catalog/close-quiet-studies.ts";
import type { ConflictItem } from "../../../shared/catalog/desk-items.ts";
import type { EncounterClass, UploadFileItem } from "../../../shared/catalog/items.ts";
import type { Keep } from "../../../shared/contract/schemas/ingest.ts";
import { deriveInstance } from "../../../shared/derive/derive-instance.ts";
import type { DeriveMessage } from "../../../shared/derive/derive-message.ts";
import { correctQuarantined } from "../../../shared/ingest/correct-quarantined.ts";
import { discardQuarantined } from "../../../shared/ingest/discard-quarantined.ts";
import { ingestObject, type LandedObject } from "../../../shared/ingest/ingest-object.ts";
import { releaseQuarantined } from "../../../shared/ingest/release-quarantined.ts";
import { resolveConflict } from "../../../shared/ingest/resolve-conflict.ts";
import { objectKeys, type Priority } from "../../../shared/object-keys.ts";
import type { EventBus, ObjectStore, Queue, Table } from "../../../shared/ports.ts";
import { completeUpload } from "../../../shared/upload/complete-upload.ts";
import { createUpload } from "../../../shared/upload/create-upload.ts";
import { manifestFile } from "../clinic.ts";
import { testGrant } from "../grant.ts";
import { memoryEventBus } from "../memory/event-bus.ts";
import { memoryQueue } from "../memory/queue.ts";
import { persistently } from "../persistently.ts";
import { user } from "../principals.ts";
import { streamed } from "../stream.ts";
import { type FateOf, fated } from "./fates.ts";
import type { Ground } from "./ground.ts";

export interface Ports {
  readonly table: Table;
  readonly objects: ObjectStore;
  readonly queue: Queue;
  readonly bus: EventBus;
}

/** Longer than any claim is held. */
const afterLease = 60_001;
const afterQuiet = 11 * 60_000;
const healthy: FateOf = () => "done";
const retentionYears = { outpatient: 15, inpatient: 30, unknown: 15 };

/** As S3 would say it. */
interface Woken {
  readonly Records: readonly { readonly s3: { readonly object: { readonly key: string } } }[];
}

export interface Sending {
  readonly files: readonly Uint8Array[];
  readonly encounterClass: EncounterClass;
  readonly priority: Priority;
}

export class World {
  readonly ground: Ground;
  readonly uploads: string[] = [];
  /** What S3 said landed, ever: any of it may be delivered again. */
  readonly landed: LandedObject[] = [];
  /** Of that, what no worker has finished yet. */
  readonly events: LandedObject[] = [];
  readonly messages: DeriveMessage[] = [];
  /** The stream's records that no worker has finished yet, oldest first. */
  backlog: Change[] = [];
  readonly bus = memoryEventBus();
  readonly #queue = memoryQueue();
  readonly #stream: ReturnType<typeof streamed>;

  constructor(ground: Ground) {
    this.ground = ground;
    this.#stream = streamed(ground.table);
  }

  /** One worker's ports: where one of its calls kills it, all are dead. */
  worker(fateOf: FateOf = healthy): Ports {
    const worker = { dead: false };
    const wrap = <T extends object>(port: T): T => fated(port, worker, fateOf);
    return {
      table: wrap(this.#stream.table),
      objects: wrap(this.ground.objects),
      queue: wrap(this.#queue),
      bus: wrap(this.bus),
    };
  }

  /** Announces and sends; an announcement that failed is made again, as a client does, and may leave an empty upload behind. */
  async send({ files, ...request }: Sending, fateOf?: FateOf): Promise<string> {
    const { upload, clock, hospital } = this.ground;
    const ask = (fate?: FateOf) => {
      const uploadId = ulid(clock.now().getTime());
      this.uploads.push(uploadId);
      const manifest = files.map((bytes, index) => manifestFile(bytes, `folder/IM${index}`));
      return createUpload(upload, this.#grant("createUpload", fate), uploadId, {
        ...request,
        files: manifest,
      });
    };
    const reply = await ask(fateOf).catch(() => persistently(ask));
    for (const { fileId, put } of reply.files) {
      const status = put && (await this.ground.send(put, files[Number(fileId)] as Uint8Array));
      if (status !== 200) throw new Error(`The test's own PUT was answered ${status}`);
      const { uploadId } = reply;
      const at = { priority: request.priority, hospital: hospital.hospital, uploadId, fileId };
      const event = await this.#eventOf(objectKeys.landing(at));
      this.landed.push(event);
      this.events.push(event);
    }
    return reply.uploadId;
  }

  async #eventOf(key: string): Promise<LandedObject> {
    const head = await persistently(() => this.ground.objects.head({ bucket: "landing", key }));
    const versionId = head?.versionId;
    return { key, ...(versionId !== undefined && { versionId }) };
  }

  /** How many of people's decisions were taken. */
  decisions = 0;

  /** Why the last worker failed, for a person who reads a failing sequence. */
  lastFailure: unknown;

  /** False when the event comes again. */
  async deliver(event: LandedObject, fateOf?: FateOf): Promise<boolean> {
    const { table, objects } = this.worker(fateOf);
    const { clock, hospital } = this.ground;
    const more = { clock, region: hospital.region, retentionYears, requestId: "fault" };
    const run = { ...more, attempt: ulid(), leaseMilliseconds: () => 60_000, pause: async () => undefined };
    const survived = await this.#succeeds(ingestObject({ table, objects, ...run }, event));
    if (survived) take(this.events, event);
    this.#collect();
    return survived;
  }

  /** The next `count` records of the stream, as one batch; what failed, and what came after it, comes again. Answers how many were done. */
  async follow(count: number, fateOf?: FateOf, { twice = false } = {}): Promise<number> {
    this.#collect();
    const batch = this.backlog.slice(0, count);
    const { table, objects, queue, bus } = this.worker(fateOf);
    const deps = { table, objects, queue, events: bus, clock: this.ground.clock };
    const finished = async (): Promise<number> => {
      const failure = await applyChanges(deps, batch);
      if (failure) this.lastFailure = failure.cause;
      return failure ? batch.findIndex(({ sequence }) => sequence === failure.sequence) : batch.length;
    };
    const done = await finished().catch(() => 0);
    if (!twice) this.backlog = this.backlog.slice(done);
    this.#collect();
    return done;
  }

  /** False when the message comes again. */
  async derive(message: DeriveMessage, fateOf?: FateOf): Promise<boolean> {
    const { table, objects } = this.worker(fateOf);
    const survived = await this.#succeeds(
      deriveInstance({ table, objects, clock: this.ground.clock }, message),
    );
    if (survived) take(this.messages, message);
    this.#collect();
    return survived;
  }

  async complete(uploadId: string, fateOf?: FateOf): Promise<boolean> {
    const done = await this.#succeeds(
      completeUpload(this.ground.upload, this.#grant("completeUpload", fateOf), uploadId),
    );
    this.#collect();
    return done;
  }

  /** A person at the quarantine desk tries again, with the study's UID made where it lacks. */
  async release({ uploadId, fileId }: UploadFileItem, correct: boolean, fateOf?: FateOf): Promise<boolean> {
    const { clock } = this.ground;
    const grant = this.#grant("releaseQuarantined", fateOf);
    const path = { uploadId, fileId };
    return this.#decide(
      correct
        ? correctQuarantined(grant, clock, path, { studyInstanceUid: "new" })
        : releaseQuarantined(grant, clock, path),
    );
  }

  async discard({ uploadId, fileId }: UploadFileItem, fateOf?: FateOf): Promise<boolean> {
    const grant = this.#grant("discardQuarantined", fateOf);
    return this.#decide(discardQuarantined(grant, this.ground.clock, { uploadId, fileId }, "no image"));
  }

  async resolve(conflict: ConflictItem, keep: Keep, fateOf?: FateOf): Promise<boolean> {
    const grant = this.#grant("resolveConflict", fateOf);
    return this.#decide(resolveConflict(grant, this.ground.clock, conflict, { keep }));
  }

  /** What follows from a decision comes by the stream. */
  async #decide(deciding: Promise<unknown>): Promise<boolean> {
    const done = await this.#succeeds(deciding);
    if (done) this.decisions++;
    this.#collect();
    return done;
  }

  /** Eleven minutes later: whatever was quiet is closed. */
  async fallQuiet(fateOf?: FateOf): Promise<void> {
    const { clock, hospital } = this.ground;
    clock.advance(afterQuiet);
    await this.#succeeds(closeQuietStudies({ table: this.worker(fateOf).table, clock }, hospital.region));
    this.#collect();
  }

  /** What an operator's command or its worker does. False where it failed. */
  async operate(work: (ports: Ports) => Promise<unknown>, fateOf?: FateOf): Promise<boolean> {
    const done = await this.#succeeds(work(this.worker(fateOf)));
    this.#collect();
    return done;
  }

  letLeasesEnd(): void {
    this.ground.clock.advance(afterLease);
  }

  /** Everything that is still to come, to healthy workers, until nothing follows from anything. */
  async settle(): Promise<void> {
    this.letLeasesEnd();
    await this.#ingestAll();
    for (const uploadId of this.uploads) await this.complete(uploadId);
    await this.#drain();
    await this.fallQuiet();
    await this.#drain();
  }

  async #ingestAll(): Promise<void> {
    for (const event of [...this.events])
      if (!(await this.deliver(event))) throw this.#unexpected(`ingest ${event.key}`);
  }

  async #drain(): Promise<void> {
    this.#collect();
    for (let round = 0; this.backlog.length + this.messages.length + this.events.length > 0; round++) {
      await this.#ingestAll();
      if (round > 50) throw new Error("One change follows from another for ever");
      const { length } = this.backlog;
      if ((await this.follow(length)) < length) throw this.#unexpected("follow the stream");
      for (const message of [...this.messages])
        if (!(await this.derive(message))) throw this.#unexpected(`derive ${message.sopUid}`);
    }
  }

  async #succeeds(work: Promise<unknown>): Promise<boolean> {
    return work.then(
      () => true,
      (error: unknown) => {
        this.lastFailure = error;
        return false;
      },
    );
  }

  #unexpected(what: string): Error {
    return new Error(`A healthy worker cannot ${what}: ${String(this.lastFailure)}`, {
      cause: this.lastFailure,
    });
  }

  #collect(): void {
    this.backlog.push(...this.#stream.drain());
    this.messages.push(...(this.#queue.drain() as DeriveMessage[]));
    const woken = [...this.#queue.drain("ingest-stat"), ...this.#queue.drain("ingest")] as readonly Woken[];
    const again = woken.flatMap(({ Records }) => Records.map(({ s3: { object } }) => ({ key: object.key })));
    this.landed.push(...again);
    this.events.push(...again);
  }

  #grant(action: string, fateOf?: FateOf) {
    const { hospital, clock } = this.ground;
    const { table, objects } = this.worker(fateOf);
    const principal = user("hospital-admin", hospital.hospital);
    return testGrant({ principal, action, table, objects, clock });
  }
}

function take<T>(from: T[], one: T): void {
  const at = from.indexOf(one);
  if (at >= 0) from.splice(at, 1);
}
