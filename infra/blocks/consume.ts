/** Connects functions to what wakes them: a queue, a table's stream, the clock. Partial failures always. */

import { Rule, Schedule } from "aws-cdk-lib/aws-events";
import { LambdaFunction } from "aws-cdk-lib/aws-events-targets";
import { PolicyStatement } from "aws-cdk-lib/aws-iam";
import { EventSourceMapping, StartingPosition } from "aws-cdk-lib/aws-lambda";
import type { IQueue } from "aws-cdk-lib/aws-sqs";
import { Duration } from "aws-cdk-lib/core";
import type { AppFunction } from "./function.ts";

export interface QueueConsumption {
  readonly queueArn: string;
  readonly keyArn: string;
  readonly batch: number;
  /** Workers at once, 2 to 1000. */
  readonly concurrency?: number;
}

/** Only the messages a batch reports as failed come back. */
export function consumeQueue(fn: AppFunction, props: QueueConsumption): void {
  fn.allow(
    new PolicyStatement({
      actions: [
        "sqs:ReceiveMessage",
        "sqs:DeleteMessage",
        "sqs:ChangeMessageVisibility",
        "sqs:GetQueueAttributes",
      ],
      resources: [props.queueArn],
    }),
    new PolicyStatement({ actions: ["kms:Decrypt"], resources: [props.keyArn] }),
  );
  const mapping = new EventSourceMapping(fn, "Queue", {
    target: fn.lambda,
    eventSourceArn: props.queueArn,
    batchSize: props.batch,
    reportBatchItemFailures: true,
    ...(props.concurrency && { maxConcurrency: props.concurrency }),
  });
  mapping.node.addDependency(fn.role);
}

export interface StreamConsumption {
  readonly streamArn: string;
  readonly keyArn: string;
  /** Where the position of a batch goes that failed for a day. */
  readonly failures: IQueue;
}

/** Order is kept within an item's shard; one poisoned record is cut out by halving the batch. */
export function consumeStream(fn: AppFunction, props: StreamConsumption): void {
  fn.allow(
    new PolicyStatement({
      actions: ["dynamodb:GetRecords", "dynamodb:GetShardIterator", "dynamodb:DescribeStream"],
      resources: [props.streamArn],
    }),
    new PolicyStatement({ actions: ["dynamodb:ListStreams"], resources: ["*"] }),
    new PolicyStatement({ actions: ["sqs:SendMessage"], resources: [props.failures.queueArn] }),
    new PolicyStatement({ actions: ["kms:Decrypt", "kms:GenerateDataKey"], resources: [props.keyArn] }),
  );
  const mapping = new EventSourceMapping(fn, "Stream", {
    target: fn.lambda,
    eventSourceArn: props.streamArn,
    startingPosition: StartingPosition.TRIM_HORIZON,
    batchSize: 100,
    parallelizationFactor: 4,
    bisectBatchOnError: true,
    // No limit of attempts: they would be used up in minutes, and what is lost here is lost for good.
    maxRecordAge: Duration.days(1),
    reportBatchItemFailures: true,
    // CDK's own SqsDlq would grant every action on the key.
    onFailure: { bind: () => ({ destination: props.failures.queueArn }) },
  });
  mapping.node.addDependency(fn.role);
}

export function every(fn: AppFunction, period: Duration, failures: IQueue): void {
  new Rule(fn, "Clock", {
    schedule: Schedule.rate(period),
    targets: [new LambdaFunction(fn.lambda, { deadLetterQueue: failures, retryAttempts: 2 })],
  });
}
