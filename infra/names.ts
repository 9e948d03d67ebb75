/**
 * Every physical name of a stage. Stacks find each other's resources by name (and, where AWS chooses the name, by SSM
 * parameter), so none exports a value to another: an export cannot change while anyone imports it.
 */
import { Aws } from "aws-cdk-lib/core";

export const stackNames = ["Data", "Edge", "Services"] as const;
export type StackName = (typeof stackNames)[number];

export type BucketWord = "landing" | "archive" | "derived" | "quarantine" | "logs" | "web";
export type TableWord = "catalog" | "audit";
export type QueueWord =
  | "ingest"
  | "ingest-stat"
  | "derive"
  | "derive-stat"
  | "rebuild"
  | "stream-failures"
  | "schedule-failures";
/** Values AWS chooses, handed from stack to stack by SSM parameter. */
export type ParameterWord =
  | "platform-key-arn"
  | "signing-key-arn"
  | "catalog-stream-arn"
  | "api-id"
  | "api-root-id"
  | "user-pool-id"
  | "sign-in-origin"
  | "web-origin";

export class Names {
  readonly stage: string;

  constructor(stage: string) {
    this.stage = stage;
  }

  stack(name: StackName): string {
    return `Mic-${this.stage}-${name}`;
  }
  /** Bucket names are global: account and region keep stages of different owners apart. */
  bucket(word: BucketWord): string {
    return `mic-${this.stage}-${word}-${Aws.ACCOUNT_ID}-${Aws.REGION}`;
  }
  table(word: TableWord): string {
    return `mic-${this.stage}-${word}`;
  }
  queue(word: QueueWord): string {
    return `mic-${this.stage}-${word}`;
  }
  function(word: string): string {
    return `mic-${this.stage}-${word}`;
  }
  parameter(word: ParameterWord): string {
    return `/mic/${this.stage}/${word}`;
  }
  /** What the front of the API proves itself with. */
  get frontSecret(): string {
    return `mic-${this.stage}-front`;
  }
  keyAlias(word: "platform" | "signing"): string {
    return `alias/mic-${this.stage}-${word}`;
  }
  /** Aliases of the hospitals' keys, which the network function makes at run time, begin with this. */
  get groupKeyAliasPrefix(): string {
    return `alias/mic-${this.stage}-group-`;
  }
  /** Known by name to the policies of the hospitals' keys, which outlive any one role (shared/aws/group-key.ts). */
  get keyCustodian(): string {
    return `mic-${this.stage}-key-custodian`;
  }
  get bus(): string {
    return `mic-${this.stage}`;
  }
  get alarmTopic(): string {
    return `mic-${this.stage}-alarms`;
  }
}
