/** What must never be lost: keys, buckets, tables, what waits to be ingested, who may sign in, and the API's address. */

import type { IKey } from "aws-cdk-lib/aws-kms";
import { Topic } from "aws-cdk-lib/aws-sns";
import { EmailSubscription } from "aws-cdk-lib/aws-sns-subscriptions";
import { StringParameter } from "aws-cdk-lib/aws-ssm";
import { type App, Stack } from "aws-cdk-lib/core";
import { ApiAddress } from "./blocks/api-address.ts";
import { EmptiedOnDestroy } from "./blocks/emptied-on-destroy.ts";
import { FrontSecret } from "./blocks/front-secret.ts";
import { KeyCustodian } from "./blocks/key-custodian.ts";
import { StageKeys } from "./blocks/keys.ts";
import { AppTable } from "./blocks/table.ts";
import { Buckets } from "./buckets.ts";
import { IngestQueues } from "./capabilities/ingest.ts";
import { SignIn } from "./capabilities/sign-in.ts";
import { isProduction, isRemovable } from "./config.ts";
import type { ParameterWord } from "./names.ts";
import { type Stage, stackProps } from "./stage.ts";

export class DataStack extends Stack {
  constructor(app: App, stage: Stage) {
    const { config, names } = stage;
    super(app, names.stack("Data"), {
      ...stackProps(stage, "what must never be lost"),
      terminationProtection: isProduction(config),
    });
    const { platform, signing } = new StageKeys(this, "Keys", stage);
    alarmTopic(this, stage, platform);
    const queues = new IngestQueues(this, "Ingest", { stage, key: platform });
    const buckets = new Buckets(this, "Buckets", { stage, key: platform });
    queues.notifyFrom(buckets.landing.resource);
    const tables = { stage, key: platform };
    const { table } = new AppTable(this, "Catalog", {
      ...tables,
      word: "catalog",
      stream: true,
      expiring: true,
    });
    new AppTable(this, "Audit", { ...tables, word: "audit" });
    const api = new ApiAddress(this, "Api", stage);
    new FrontSecret(this, "Front", { stage, key: platform });
    publish(this, stage, {
      "platform-key-arn": platform.keyArn,
      "signing-key-arn": signing.keyArn,
      "catalog-stream-arn": table.tableStreamArn as string,
      "api-id": api.id,
      "api-root-id": api.rootId,
    });
    if (config.identity.some(({ kind }) => kind === "cognito")) {
      const signIn = new SignIn(this, "SignIn", stage);
      publish(this, stage, { "user-pool-id": signIn.userPoolId, "sign-in-origin": signIn.origin });
    }
    if (isProduction(config)) new KeyCustodian(this, "KeyCustodian", stage);
    if (isRemovable(config))
      new EmptiedOnDestroy(this, "EmptiedOnDestroy", {
        stage,
        buckets: buckets.all,
        retiresKeys: true,
        logKey: platform,
      });
  }
}

/** Alarms of all stacks go here. */
function alarmTopic(scope: Stack, { config, names }: Stage, key: IKey): void {
  const topic = new Topic(scope, "Alarms", { topicName: names.alarmTopic, masterKey: key, enforceSSL: true });
  if (config.alarmEmail) topic.addSubscription(new EmailSubscription(config.alarmEmail));
}

/** Values AWS chose, for the other stacks to find. */
export function publish(
  scope: Stack,
  { names }: Stage,
  values: Partial<Record<ParameterWord, string>>,
): void {
  for (const [word, stringValue] of Object.entries(values))
    new StringParameter(scope, `Parameter-${word}`, {
      parameterName: names.parameter(word as ParameterWord),
      stringValue,
    });
}
