/** The only way to make a queue here: encrypted, TLS only, with a dead-letter queue and alarms on age and dead letters. */
import type { IKey } from "aws-cdk-lib/aws-kms";
import { Queue, QueueEncryption } from "aws-cdk-lib/aws-sqs";
import { Duration, RemovalPolicy } from "aws-cdk-lib/core";
import { Construct } from "constructs";
import { graceSeconds, tries } from "../../shared/work-limits.ts";
import type { QueueWord } from "../names.ts";
import type { Stage } from "../stage.ts";
import { AppAlarm, metricOf } from "./alarm.ts";

export interface WorkQueueProps {
  readonly stage: Stage;
  readonly word: QueueWord;
  readonly key: IKey;
  /** How long one batch may take. */
  readonly workTime: Duration;
  /** Alarms when the oldest message has waited this long. */
  readonly patience: Duration;
}

export class WorkQueue extends Construct {
  readonly queue: Queue;
  readonly deadLetters: Queue;

  constructor(scope: Construct, id: string, props: WorkQueueProps) {
    super(scope, id);
    const { stage, word, patience } = props;
    this.deadLetters = deadLetterQueue(this, "DeadLetters", { ...props, of: word });
    this.queue = new Queue(this, "Queue", {
      queueName: stage.names.queue(word),
      ...encrypted(props.key),
      visibilityTimeout: Duration.seconds(props.workTime.toSeconds() + graceSeconds),
      retentionPeriod: Duration.days(14),
      deadLetterQueue: { queue: this.deadLetters, maxReceiveCount: tries },
      removalPolicy: RemovalPolicy.DESTROY,
    });
    new AppAlarm(this, "Waiting", {
      stage,
      metric: metricOf(
        "AWS/SQS",
        "ApproximateAgeOfOldestMessage",
        { QueueName: this.queue.queueName },
        "Maximum",
      ),
      threshold: patience.toSeconds(),
      meaning: `Work waits in ${stage.names.queue(word)} for ${patience.toHumanString()} and more.`,
      runbook: `${word}-waits`,
    });
  }
}

/** A queue where failed work ends: whatever arrives raises an alarm. */
export function deadLetterQueue(
  scope: Construct,
  id: string,
  props: { readonly stage: Stage; readonly of: QueueWord; readonly key: IKey },
): Queue {
  const name = `${props.stage.names.queue(props.of)}-dead`;
  const queue = new Queue(scope, id, {
    queueName: name,
    ...encrypted(props.key),
    retentionPeriod: Duration.days(14),
    removalPolicy: RemovalPolicy.DESTROY,
  });
  new AppAlarm(scope, `${id}Filled`, {
    stage: props.stage,
    metric: metricOf(
      "AWS/SQS",
      "ApproximateNumberOfMessagesVisible",
      { QueueName: queue.queueName },
      "Maximum",
    ),
    threshold: 1,
    meaning: `Work failed for good and lies in ${name}.`,
    runbook: `${props.of}-dead-letters`,
  });
  return queue;
}

const encrypted = (key: IKey) =>
  ({ encryption: QueueEncryption.KMS, encryptionMasterKey: key, enforceSSL: true }) as const;
