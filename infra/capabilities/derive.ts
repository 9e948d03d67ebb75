/** Derive: makes thumbnails from archived originals, and makes them again when asked. */

import type { IKey } from "aws-cdk-lib/aws-kms";
import type { IQueue } from "aws-cdk-lib/aws-sqs";
import { Duration, Stack } from "aws-cdk-lib/core";
import { Construct } from "constructs";
import { consumeQueue } from "../blocks/consume.ts";
import { AppFunction } from "../blocks/function.ts";
import { WorkQueue } from "../blocks/queue.ts";
import type { Capability } from "../capability.ts";

/** A 60-frame ultrasound decodes in seconds; a mammogram in JPEG 2000 in tens of them. */
const workTime = Duration.minutes(5);

export class Derive extends Construct {
  readonly queue: IQueue;

  constructor(
    scope: Construct,
    id: string,
    { stage, stored, settings, key }: Capability & { readonly key: IKey },
  ) {
    super(scope, id);
    const { queue } = new WorkQueue(this, "Work", {
      stage,
      word: "derive",
      key,
      workTime,
      patience: Duration.hours(1),
    });
    this.queue = queue;
    const fn = new AppFunction(this, "Deriver", {
      stage,
      entry: "functions/derive/on-instance-indexed.ts",
      description: "Makes thumbnails of archived instances",
      memory: 3008,
      timeout: workTime,
    });
    settings.tell(fn);
    const region = `${Stack.of(this).region}/*`;
    stored.bindBucket(fn, "archive", ["read"], [region]);
    stored.bindBucket(fn, "derived", ["read", "write"], [region]);
    stored.bindCatalog(fn, "write");
    stored.bindHospitalKeys(fn, ["encrypt", "decrypt"]);
    consumeQueue(fn, {
      queueArn: queue.queueArn,
      keyArn: key.keyArn,
      batch: 5,
      concurrency: stage.config.capacity.routineConcurrency,
    });
  }
}
