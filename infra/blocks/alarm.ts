/** The only way to make an alarm here: it says where its page of the runbook is, and reaches the operators' topic. */

import {
  Alarm,
  ComparisonOperator,
  type IMetric,
  Metric,
  TreatMissingData,
} from "aws-cdk-lib/aws-cloudwatch";
import { SnsAction } from "aws-cdk-lib/aws-cloudwatch-actions";
import { Topic } from "aws-cdk-lib/aws-sns";
import { Duration, Stack } from "aws-cdk-lib/core";
import { Construct } from "constructs";
import type { Stage } from "../stage.ts";

export interface AppAlarmProps {
  readonly stage: Stage;
  readonly metric: IMetric;
  /** Alarms at this value and above. */
  readonly threshold: number;
  readonly periods?: number;
  /** What it means, for the person it wakes. */
  readonly meaning: string;
  /** Heading in docs/runbook.md. */
  readonly runbook: string;
}

export class AppAlarm extends Construct {
  constructor(scope: Construct, id: string, props: AppAlarmProps) {
    super(scope, id);
    const topic = Topic.fromTopicArn(this, "Operators", alarmTopicArn(this, props.stage));
    new Alarm(this, "Alarm", {
      metric: props.metric,
      threshold: props.threshold,
      evaluationPeriods: props.periods ?? 1,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      treatMissingData: TreatMissingData.NOT_BREACHING,
      alarmDescription: `${props.meaning} Runbook: docs/runbook.md#${props.runbook}`,
    }).addAlarmAction(new SnsAction(topic));
  }
}

export const alarmTopicArn = (scope: Construct, stage: Stage): string =>
  Stack.of(scope).formatArn({ service: "sns", resource: stage.names.alarmTopic });

/** A metric AWS keeps about one queue or function, summed or at its greatest over five minutes. */
export const metricOf = (
  namespace: "AWS/SQS" | "AWS/Lambda" | "AWS/ApiGateway",
  metricName: string,
  dimensionsMap: Record<string, string>,
  statistic: "Sum" | "Maximum",
): IMetric => new Metric({ namespace, metricName, dimensionsMap, statistic, period: Duration.minutes(5) });
