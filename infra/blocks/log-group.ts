/** The only way to make a log group here: encrypted, kept as long as law asks, gone with a stage that is not production. */

import { type IKey, Key } from "aws-cdk-lib/aws-kms";
import { LogGroup, RetentionDays } from "aws-cdk-lib/aws-logs";
import { StringParameter } from "aws-cdk-lib/aws-ssm";
import { RemovalPolicy } from "aws-cdk-lib/core";
import type { Construct } from "constructs";
import { isProduction } from "../config.ts";
import type { Stage } from "../stage.ts";

export interface AppLogGroupProps {
  readonly stage: Stage;
  /** Under `/aws/…/mic-<stage>-`: the platform key admits no other. */
  readonly name: string;
  /** Default: the platform key, as the Data stack published it. */
  readonly key?: IKey | undefined;
}

export function appLogGroup(scope: Construct, id: string, { stage, name, key }: AppLogGroupProps): LogGroup {
  const production = isProduction(stage.config);
  return new LogGroup(scope, id, {
    logGroupName: name,
    encryptionKey: key ?? platformKey(scope, `${id}Key`, stage),
    // Law asks for six months of network logs; thirteen also cover a year's comparison.
    retention: production ? RetentionDays.THIRTEEN_MONTHS : RetentionDays.TWO_WEEKS,
    removalPolicy: production ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
  });
}

const platformKey = (scope: Construct, id: string, { names }: Stage): IKey =>
  Key.fromKeyArn(
    scope,
    id,
    StringParameter.valueForStringParameter(scope, names.parameter("platform-key-arn")),
  );
