/** Ingest: what lands is checked, archived unchanged and indexed. Emergencies have a lane of their own, end to end. */
import { PolicyStatement, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import type { IKey } from "aws-cdk-lib/aws-kms";
import type { CfnBucket } from "aws-cdk-lib/aws-s3";
import { Aws, Duration, Stack } from "aws-cdk-lib/core";
import { Construct } from "constructs";
import { workMinutes } from "../../shared/work-limits.ts";
import { ApiFunction } from "../blocks/api-function.ts";
import { consumeQueue } from "../blocks/consume.ts";
import { AppFunction } from "../blocks/function.ts";
import { WorkQueue } from "../blocks/queue.ts";
import type { Capability } from "../capability.ts";
import type { Stage } from "../stage.ts";

const lanes = {
  routine: { word: "ingest", patience: Duration.minutes(30) },
  stat: { word: "ingest-stat", patience: Duration.minutes(2) },
} as const;
type Lane = keyof typeof lanes;
const laneNames = Object.keys(lanes) as Lane[];

const workTime = Duration.minutes(workMinutes.ingest);

/**
 * The queues that landing notifies. They live with the data: the bucket's notification must find them, and a message lost
 * is a file that arrived and was never seen.
 */
export class IngestQueues extends Construct {
  private readonly queues: Readonly<Record<Lane, WorkQueue>>;

  constructor(scope: Construct, id: string, props: { readonly stage: Stage; readonly key: IKey }) {
    super(scope, id);
    const make = (lane: Lane) => new WorkQueue(this, lane, { ...props, ...lanes[lane], workTime });
    this.queues = { routine: make("routine"), stat: make("stat") };
    for (const { queue } of Object.values(this.queues)) {
      queue.addToResourcePolicy(
        new PolicyStatement({
          principals: [new ServicePrincipal("s3")],
          actions: ["sqs:SendMessage"],
          resources: [queue.queueArn],
          conditions: {
            StringEquals: { "aws:SourceAccount": Aws.ACCOUNT_ID },
            // A pattern, not a reference: the bucket needs the queue, so the queue cannot need the bucket.
            ArnLike: {
              "aws:SourceArn": `arn:${Aws.PARTITION}:s3:::mic-${props.stage.config.stage}-landing-*`,
            },
          },
        }),
      );
    }
  }

  /** The key's first segment, the priority, chooses the lane. */
  notifyFrom(bucket: CfnBucket): void {
    bucket.notificationConfiguration = {
      queueConfigurations: laneNames.map((lane) => ({
        event: "s3:ObjectCreated:*",
        queue: this.queues[lane].queue.queueArn,
        filter: { s3Key: { rules: [{ name: "prefix", value: `${lane}/` }] } },
      })),
    };
    for (const { queue } of Object.values(this.queues)) bucket.node.addDependency(queue);
  }
}

export class Ingest extends Construct {
  readonly api: ApiFunction;

  constructor(scope: Construct, id: string, props: Capability) {
    super(scope, id);
    for (const lane of laneNames) this.indexer(lane, props);
    this.api = this.desk(props);
  }

  /** Looks at what waits and puts decisions on record; what follows from them the indexers and the table's stream do. */
  private desk(props: Capability): ApiFunction {
    const { stored } = props;
    const api = new ApiFunction(this, "Api", { ...props, capability: "ingest" });
    stored.bindCatalog(api, "write");
    stored.bindAudit(api, "append");
    const { region } = Stack.of(this);
    stored.bindBucket(api, "archive", ["read"], [`${region}/*`]);
    stored.bindBucket(api, "quarantine", ["read"], [`quarantine/${region}/*`, `conflict/${region}/*`]);
    stored.bindBucket(api, "quarantine", ["write", "tag"], [`corrected/${region}/*`]);
    stored.bindHospitalKeys(api, ["encrypt", "decrypt"], "objects");
    return api;
  }

  private indexer(lane: Lane, { stage, stored, settings }: Capability): void {
    const { statConcurrency, routineConcurrency } = stage.config.capacity;
    const fn = new AppFunction(this, lane, {
      stage,
      entry: "functions/ingest/on-object-landed.ts",
      variant: lane,
      description: `Checks, archives and indexes what lands (${lane})`,
      memory: 1769,
      timeout: workTime,
      ...(lane === "stat" && { reservedConcurrency: statConcurrency }),
    });
    settings.tell(fn);
    stored.bindBucket(fn, "landing", ["read", "tag"], [`${lane}/*`]);
    // What is made of photographs and documents is staged there.
    stored.bindBucket(fn, "landing", ["read", "write", "tag"], ["converted/*"]);
    stored.bindBucket(
      fn,
      "archive",
      ["read", "write", "lock", "hold", "tag"],
      // What a corrected copy was made from lies beside it, under a word of its own.
      [`${Stack.of(this).region}/*`, `uncorrected/${Stack.of(this).region}/*`],
    );
    stored.bindBucket(fn, "derived", ["write"], [`${Stack.of(this).region}/*`]);
    stored.bindBucket(fn, "quarantine", ["read", "write", "tag"], ["*"]);
    stored.bindCatalog(fn, "write");
    stored.bindAudit(fn, "append");
    stored.bindHospitalKeys(fn, ["encrypt", "decrypt"], "objects");
    consumeQueue(fn, {
      queueArn: stored.queueArn(lanes[lane].word),
      keyArn: stored.parameter("platform-key-arn"),
      batch: 10,
      concurrency: lane === "stat" ? Math.max(2, statConcurrency) : routineConcurrency,
    });
  }
}
