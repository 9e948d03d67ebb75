/** Catalog: what follows from changes of the table (work to derive, domain events), and what only time brings about. */
import { EventBus } from "aws-cdk-lib/aws-events";
import type { IKey } from "aws-cdk-lib/aws-kms";
import { type IQueue, Queue } from "aws-cdk-lib/aws-sqs";
import { Duration, Stack } from "aws-cdk-lib/core";
import { Construct } from "constructs";
import { ApiFunction } from "../blocks/api-function.ts";
import { consumeQueue, consumeStream, every } from "../blocks/consume.ts";
import { AppFunction } from "../blocks/function.ts";
import { deadLetterQueue, WorkQueue } from "../blocks/queue.ts";
import type { Capability } from "../capability.ts";
import type { DeriveQueues } from "./derive.ts";

export interface CatalogProps extends Capability {
  readonly key: IKey;
  readonly deriveQueues: DeriveQueues;
}

export class Catalog extends Construct {
  readonly api: ApiFunction;

  constructor(scope: Construct, id: string, props: CatalogProps) {
    super(scope, id);
    const { stored, deriveQueues } = props;
    this.followTable(props);
    this.followClock(props);
    const rebuilds = this.rebuild(props);
    this.api = new ApiFunction(this, "Api", { ...props, capability: "catalog" });
    stored.bindCatalog(this.api, "write");
    stored.bindAudit(this.api, "append");
    stored.bindQueue(this.api, "derive", deriveQueues.derive);
    stored.bindQueue(this.api, "rebuild", rebuilds);
    const region = `${Stack.of(this).region}/*`;
    stored.bindBucket(this.api, "archive", ["hold", "prove"], [region, `uncorrected/${region}`]);
    // A character set that is chosen: originals are read again and their metadata written again.
    stored.bindBucket(this.api, "archive", ["read"], [region]);
    stored.bindBucket(this.api, "derived", ["write"], [region]);
    stored.bindHospitalKeys(this.api, ["encrypt"]);
    stored.bindBucket(this.api, "archive", ["list", "hold", "prove"], ["report/*"]);
    this.proveLedger(stored, region);
  }

  /** The audit of the ledger reads all there is, and changes nothing. S3 tells a SHA-256 only to who may use the key. */
  private proveLedger(stored: CatalogProps["stored"], region: string): void {
    stored.bindBucket(this.api, "derived", ["list"], [region]);
    stored.bindBucket(this.api, "landing", ["list", "tags"], ["routine/*", "stat/*", "converted/*"]);
    const aside = ["quarantine/*", "conflict/*", "corrected/*"];
    stored.bindBucket(this.api, "quarantine", ["list", "tags"], aside);
    stored.bindHospitalKeys(this.api, ["decrypt"], "objects");
  }

  /** Makes the catalog again from the archive: beside the day's work, with workers of its own. */
  private rebuild({ stage, stored, settings, key }: CatalogProps): IQueue {
    const workTime = Duration.minutes(5);
    const patience = Duration.hours(12);
    const { queue } = new WorkQueue(this, "Rebuilds", { stage, key, word: "rebuild", workTime, patience });
    const fn = new AppFunction(this, "OnRebuildRequested", {
      stage,
      entry: "functions/catalog/on-rebuild-requested.ts",
      description: "Makes parts of the catalog again from the archive",
      memory: 1769,
      timeout: workTime,
    });
    settings.tell(fn);
    const region = `${Stack.of(this).region}/*`;
    stored.bindBucket(fn, "archive", ["prove"], [region]);
    stored.bindBucket(fn, "archive", ["read"], ["characters/*"]);
    stored.bindBucket(fn, "archive", ["read", "tag"], ["report/*"]);
    stored.bindBucket(fn, "derived", ["write"], [region]);
    stored.bindBucket(fn, "quarantine", ["read", "tag"], ["quarantine/*", "conflict/*"]);
    stored.bindCatalog(fn, "write");
    stored.bindAudit(fn, "append");
    stored.bindHospitalKeys(fn, ["encrypt", "decrypt"], "objects");
    // A signed report is made again from its document, which only its own data key opens.
    stored.bindHospitalKeys(fn, ["decrypt"], "reports");
    const { routineConcurrency } = stage.config.capacity;
    consumeQueue(fn, {
      queueArn: queue.queueArn,
      keyArn: key.keyArn,
      batch: 5,
      concurrency: routineConcurrency,
    });
    return queue;
  }

  /** Events leave from the stream, never from a handler that may die after its write. */
  private followTable({ stage, stored, settings, key, deriveQueues }: CatalogProps): void {
    const fn = new AppFunction(this, "OnTableChanged", {
      stage,
      entry: "functions/catalog/on-table-changed.ts",
      description: "Turns changes of the catalog into work and domain events",
      timeout: Duration.minutes(1),
    });
    settings.tell(fn);
    stored.bindCatalog(fn, "write");
    // Matching a study to its order is on record like a person's.
    stored.bindAudit(fn, "append");
    stored.bindQueue(fn, "derive", deriveQueues.derive);
    stored.bindQueue(fn, "derive-stat", deriveQueues["derive-stat"]);
    // Reports are kept as long as their study, whose date is in the table.
    stored.bindBucket(fn, "archive", ["list", "lock", "tag"], ["report/*"]);
    // The character set chosen for a study's text is kept beside its originals, under the hospital's key.
    stored.bindBucket(fn, "archive", ["write"], ["characters/*"]);
    stored.bindHospitalKeys(fn, ["encrypt"]);
    // A released file goes to ingest by the queues that landing uses.
    for (const word of ["ingest", "ingest-stat"] as const)
      stored.bindQueue(fn, word, Queue.fromQueueArn(this, `Queue-${word}`, stored.queueArn(word)));
    // What was discarded is tagged, for the buckets to expire; what was released, for them to keep.
    stored.bindBucket(fn, "quarantine", ["list", "tag"], ["quarantine/*", "corrected/*", "conflict/*"]);
    stored.bindBucket(fn, "landing", ["list", "tag"], ["routine/*", "stat/*"]);
    const bus = new EventBus(this, "Bus", { eventBusName: stage.names.bus });
    bus.grantPutEventsTo(fn.role);
    fn.tell("MIC_QUEUES", { bus: bus.eventBusName });
    const failures = deadLetterQueue(this, "StreamFailures", { stage, of: "stream-failures", key });
    // Changes that can never be applied are set aside there too, so that nothing waits behind them.
    stored.bindQueue(fn, "stream-failures", failures);
    consumeStream(fn, {
      streamArn: stored.parameter("catalog-stream-arn"),
      keyArn: key.keyArn,
      failures,
    });
  }

  private followClock({ stage, stored, settings, key }: CatalogProps): void {
    const fn = new AppFunction(this, "EveryFiveMinutes", {
      stage,
      entry: "functions/catalog/every-five-minutes.ts",
      description: "Completes studies that have gone quiet",
      timeout: Duration.minutes(4),
    });
    settings.tell(fn);
    stored.bindCatalog(fn, "write");
    every(
      fn,
      Duration.minutes(5),
      deadLetterQueue(this, "ScheduleFailures", { stage, of: "schedule-failures", key }),
    );
  }
}
