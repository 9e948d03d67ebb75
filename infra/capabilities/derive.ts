/** Derive: makes thumbnails from archived originals, and makes them again when asked. Emergencies have a lane of their own. */
import type { IKey } from "aws-cdk-lib/aws-kms";
import type { IQueue } from "aws-cdk-lib/aws-sqs";
import { Duration, Stack } from "aws-cdk-lib/core";
import { Construct } from "constructs";
import { workMinutes } from "../../shared/work-limits.ts";
import { consumeQueue } from "../blocks/consume.ts";
import { AppFunction } from "../blocks/function.ts";
import { WorkQueue } from "../blocks/queue.ts";
import type { Capability } from "../capability.ts";

const workTime = Duration.minutes(workMinutes.derive);

const lanes = {
  routine: { word: "derive", patience: Duration.hours(1) },
  stat: { word: "derive-stat", patience: Duration.minutes(5) },
} as const;
type Lane = keyof typeof lanes;

export type DeriveQueues = Readonly<Record<(typeof lanes)[Lane]["word"], IQueue>>;

type DeriveProps = Capability & { readonly key: IKey };

export class Derive extends Construct {
  readonly queues: DeriveQueues;

  constructor(scope: Construct, id: string, props: DeriveProps) {
    super(scope, id);
    this.queues = { derive: this.lane("routine", props), "derive-stat": this.lane("stat", props) };
  }

  /** An emergency's frames are what its reader waits for: they never queue behind routine work. */
  private lane(lane: Lane, { stage, stored, settings, key }: DeriveProps): IQueue {
    const { statConcurrency, routineConcurrency } = stage.config.capacity;
    const scope = new Construct(this, lane);
    const { queue } = new WorkQueue(scope, "Work", { stage, key, workTime, ...lanes[lane] });
    const fn = new AppFunction(scope, "Deriver", {
      stage,
      entry: "functions/derive/on-instance-indexed.ts",
      variant: lane,
      description: `Makes thumbnails and frames of archived instances (${lane})`,
      // One whole core; what it holds at most is measured in docs/robustness.md.
      memory: 1769,
      timeout: workTime,
      ...(lane === "stat" && { reservedConcurrency: statConcurrency }),
    });
    settings.tell(fn);
    const region = `${Stack.of(this).region}/*`;
    stored.bindBucket(fn, "archive", ["read"], [region]);
    stored.bindBucket(fn, "derived", ["read", "write"], [region]);
    stored.bindCatalog(fn, "write");
    stored.bindHospitalKeys(fn, ["encrypt", "decrypt"], "objects");
    consumeQueue(fn, {
      queueArn: queue.queueArn,
      keyArn: key.keyArn,
      batch: 5,
      concurrency: lane === "stat" ? Math.max(2, statConcurrency) : routineConcurrency,
    });
    return queue;
  }
}
