/** CloudFormation's spelling of a bucket's configuration, and the S3 API's. */
import type {
  LifecycleRule,
  ObjectLockConfiguration,
  ServerSideEncryptionConfiguration,
  ServerSideEncryptionRule,
  Transition,
} from "@aws-sdk/client-s3";

export type LockConfiguration = ObjectLockConfiguration;

export interface BucketEncryption {
  readonly ServerSideEncryptionConfiguration: readonly {
    readonly BucketKeyEnabled?: boolean;
    readonly ServerSideEncryptionByDefault: NonNullable<
      ServerSideEncryptionRule["ApplyServerSideEncryptionByDefault"]
    >;
  }[];
}

export interface Lifecycle {
  readonly Rules: readonly {
    readonly Id: string;
    readonly Status: "Enabled" | "Disabled";
    readonly Prefix?: string;
    readonly ExpirationInDays?: number;
    readonly ExpiredObjectDeleteMarker?: boolean;
    readonly TagFilters?: readonly { readonly Key: string; readonly Value: string }[];
    readonly AbortIncompleteMultipartUpload?: { readonly DaysAfterInitiation: number };
    readonly NoncurrentVersionExpiration?: { readonly NoncurrentDays: number };
    readonly Transitions?: readonly {
      readonly StorageClass: NonNullable<Transition["StorageClass"]>;
      readonly TransitionInDays: number;
    }[];
  }[];
}

export const encryptionOf = (encryption: BucketEncryption): ServerSideEncryptionConfiguration => ({
  Rules: encryption.ServerSideEncryptionConfiguration.map((rule) => ({
    ApplyServerSideEncryptionByDefault: rule.ServerSideEncryptionByDefault,
    BucketKeyEnabled: rule.BucketKeyEnabled ?? false,
  })),
});

export const lifecycleOf = ({ Rules }: Lifecycle): { Rules: LifecycleRule[] } => ({
  Rules: Rules.map(ruleOf),
});

function ruleOf(rule: Lifecycle["Rules"][number]): LifecycleRule {
  const [tag] = rule.TagFilters ?? [];
  return {
    ID: rule.Id,
    Status: rule.Status,
    Filter: tag ? { Tag: { ...tag } } : { Prefix: rule.Prefix ?? "" },
    ...(rule.ExpirationInDays && { Expiration: { Days: rule.ExpirationInDays } }),
    ...(rule.ExpiredObjectDeleteMarker && { Expiration: { ExpiredObjectDeleteMarker: true } }),
    ...(rule.AbortIncompleteMultipartUpload && {
      AbortIncompleteMultipartUpload: rule.AbortIncompleteMultipartUpload,
    }),
    ...(rule.NoncurrentVersionExpiration && {
      NoncurrentVersionExpiration: rule.NoncurrentVersionExpiration,
    }),
    ...(rule.Transitions && {
      Transitions: rule.Transitions.map(({ StorageClass, TransitionInDays }) => ({
        StorageClass,
        Days: TransitionInDays,
      })),
    }),
  };
}
