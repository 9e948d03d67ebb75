/** The buckets and how long what lies in each stays there. docs/data-layout.md describes their keys. */
import type { IKey } from "aws-cdk-lib/aws-kms";
import { type CorsRule, HttpMethods, type LifecycleRule, StorageClass } from "aws-cdk-lib/aws-s3";
import { Duration } from "aws-cdk-lib/core";
import { Construct } from "constructs";
import { quarantineDays } from "../shared/ingest/index-quarantined.ts";
import { stagedDays } from "../shared/ingest/settle.ts";
import { wrappedDays } from "../shared/retrieve/wrap-instance.ts";
import { AppBucket } from "./blocks/bucket.ts";
import { lockMode } from "./config.ts";
import type { Stage } from "./stage.ts";
import { browserOrigins } from "./web-origin.ts";

const abandonedUploads: LifecycleRule = {
  id: "abandoned-uploads",
  abortIncompleteMultipartUploadAfter: Duration.days(7),
};

/** Landing holds what nobody has checked yet: nothing sent leaves it by age, only what ingest has marked as processed. */
const landingLifecycle: readonly LifecycleRule[] = [
  abandonedUploads,
  { id: "processed", tagFilters: { "mic-state": "processed" }, expiration: Duration.days(1) },
  // Ingest's own, from what lies beside it: tagged once it is archived, and left as it is where the source was refused or was
  // known. No queue tries for longer, and what is gone is made again.
  { id: "staged", prefix: "converted/", expiration: Duration.days(stagedDays) },
  { id: "replaced", noncurrentVersionExpiration: Duration.days(1), expiredObjectDeleteMarker: true },
];

/** Both classes answer in milliseconds. S3 leaves objects below 128 KB where they are, since there they would cost more. */
const archiveLifecycle: readonly LifecycleRule[] = [
  abandonedUploads,
  {
    id: "colder",
    transitions: [
      { storageClass: StorageClass.INFREQUENT_ACCESS, transitionAfter: Duration.days(60) },
      { storageClass: StorageClass.GLACIER_INSTANT_RETRIEVAL, transitionAfter: Duration.days(180) },
    ],
  },
];

/** Derived objects are made again by one command, so replaced versions need not stay; an envelope is made when it is asked for. */
const derivedLifecycle: readonly LifecycleRule[] = [
  abandonedUploads,
  { id: "wrapped", prefix: "wrapped/", expiration: Duration.days(wrappedDays) },
  { id: "replaced", noncurrentVersionExpiration: Duration.days(1), expiredObjectDeleteMarker: true },
];

/**
 * Quarantine and conflicts wait this long for a decision; what was taken in or discarded is tagged and need not stay. What
 * somebody decided to take in has neither tag until ingest has done so: a decision outlives every delay.
 */
const quarantineLifecycle: readonly LifecycleRule[] = [
  abandonedUploads,
  { id: "processed", tagFilters: { "mic-state": "processed" }, expiration: Duration.days(1) },
  {
    id: "undecided",
    tagFilters: { "mic-state": "waiting" },
    expiration: Duration.days(quarantineDays),
  },
  { id: "replaced", noncurrentVersionExpiration: Duration.days(1), expiredObjectDeleteMarker: true },
];

/** Law asks for six months of network logs. */
const logsLifecycle: readonly LifecycleRule[] = [
  { id: "old", expiration: Duration.days(400), noncurrentVersionExpiration: Duration.days(1) },
];

export class Buckets extends Construct {
  readonly landing: AppBucket;
  readonly all: readonly AppBucket[];

  constructor(scope: Construct, id: string, { stage, key }: { readonly stage: Stage; readonly key: IKey }) {
    super(scope, id);
    const logs = new AppBucket(this, "Logs", { stage, word: "logs", lifecycle: logsLifecycle });
    const kept = { stage, key, accessLogs: logs };
    const cors = [download(stage)];
    this.landing = new AppBucket(this, "Landing", {
      ...kept,
      word: "landing",
      lifecycle: landingLifecycle,
      cors: [upload(stage)],
    });
    const archive = new AppBucket(this, "Archive", {
      ...kept,
      word: "archive",
      lifecycle: archiveLifecycle,
      cors,
      objectLock: objectLock(stage),
    });
    const derived = new AppBucket(this, "Derived", {
      ...kept,
      word: "derived",
      lifecycle: derivedLifecycle,
      cors,
    });
    const quarantine = new AppBucket(this, "Quarantine", {
      ...kept,
      word: "quarantine",
      lifecycle: quarantineLifecycle,
      cors,
    });
    this.all = [this.landing, archive, derived, quarantine, logs];
  }
}

/**
 * Ingest locks each object for its encounter class. In production there is no default: a default would lock what ingest
 * has not decided on. Elsewhere one day in governance mode keeps the stage removable.
 */
const objectLock = (stage: Stage) => ({
  objectLockEnabled: "Enabled",
  ...(lockMode(stage.config) === "GOVERNANCE" && {
    rule: { defaultRetention: { mode: "GOVERNANCE", days: 1 } },
  }),
});

const upload = (stage: Stage): CorsRule => ({
  allowedMethods: [HttpMethods.PUT],
  allowedOrigins: [...browserOrigins(stage.config)],
  allowedHeaders: ["*"],
  exposedHeaders: ["ETag", "x-amz-checksum-sha256", "x-amz-version-id"],
  maxAge: 3600,
});

/**
 * A page of another origin than the API's (an allowed viewer) follows the API's redirect with `Origin: null`
 * (Fetch, "HTTP-redirect fetch"), so that origin is listed wherever such pages are. The signed URL is the credential.
 */
const download = (stage: Stage): CorsRule => ({
  allowedMethods: [HttpMethods.GET, HttpMethods.HEAD],
  allowedOrigins: [
    ...browserOrigins(stage.config),
    ...(stage.config.allowedOrigins.length > 0 ? ["null"] : []),
  ],
  allowedHeaders: ["*"],
  exposedHeaders: ["ETag", "Content-Length", "Content-Range", "Content-Type", "Accept-Ranges"],
  maxAge: 3600,
});
