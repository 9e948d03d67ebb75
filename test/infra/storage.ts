import { describe, expect, it } from "@jest/globals";
import { stages } from "./stages.ts";
import { listOf, type Statement } from "./statements.ts";
import type { Found, Synthesized } from "./synthesized.ts";

interface Rule {
  readonly ExpirationInDays?: number;
  readonly Prefix?: string;
  readonly TagFilters?: readonly { readonly Key: string; readonly Value: string }[];
  readonly Transitions?: readonly { readonly StorageClass: string }[];
}

function bucket(stage: Synthesized, word: string): Found {
  const found = stage
    .ofType("AWS::S3::Bucket")
    .find(({ Properties }) => JSON.stringify(Properties.BucketName).includes(`-${word}-`));
  if (!found) throw new Error(`There is no ${word} bucket`);
  return found;
}
const rulesOf = (found: Found): readonly Rule[] =>
  (found.Properties.LifecycleConfiguration as { Rules: Rule[] }).Rules;
const policyOf = (stage: Synthesized, { id }: Found): readonly Statement[] =>
  stage
    .ofType("AWS::S3::BucketPolicy")
    .filter(({ Properties }) => (Properties.Bucket as { Ref?: string }).Ref === id)
    .flatMap(({ Properties }) => (Properties.PolicyDocument as { Statement: Statement[] }).Statement);
const denies = (statements: readonly Statement[], condition: object): boolean =>
  statements.some(
    ({ Effect, Condition }) => Effect === "Deny" && JSON.stringify(Condition) === JSON.stringify(condition),
  );

describe.each(Object.entries(stages))("storage of stage %s", (_, stage) => {
  const buckets = stage.ofType("AWS::S3::Bucket");
  const sensitive = ["landing", "archive", "derived", "quarantine"].map((word) => bucket(stage, word));

  it("is closed to the public and to plain HTTP", () => {
    for (const one of buckets) {
      expect(one.Properties.PublicAccessBlockConfiguration).toEqual({
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      });
      expect(denies(policyOf(stage, one), { Bool: { "aws:SecureTransport": "false" } })).toBe(true);
    }
    for (const { Properties, id } of stage.ofType("AWS::SQS::Queue")) {
      const policies = stage
        .ofType("AWS::SQS::QueuePolicy")
        .filter((one) => JSON.stringify(one).includes(`"${id}"`));
      expect([Properties.QueueName, JSON.stringify(policies)]).toEqual([
        Properties.QueueName,
        expect.stringContaining("aws:SecureTransport"),
      ]);
    }
  });

  it("takes patients' objects only under a KMS key", () => {
    for (const one of sensitive) {
      expect(JSON.stringify(one.Properties.BucketEncryption)).toContain('"SSEAlgorithm":"aws:kms"');
      expect(
        denies(policyOf(stage, one), {
          StringNotEqualsIfExists: { "s3:x-amz-server-side-encryption": "aws:kms" },
        }),
      ).toBe(true);
    }
  });

  it("keeps originals unchangeable, and in classes that answer in milliseconds", () => {
    const { Properties } = bucket(stage, "archive");
    expect(Properties.ObjectLockEnabled).toBe(true);
    expect(Properties.VersioningConfiguration).toEqual({ Status: "Enabled" });
    const classes = rulesOf(bucket(stage, "archive")).flatMap(({ Transitions = [] }) => Transitions);
    expect(classes.map(({ StorageClass }) => StorageClass)).toEqual(["STANDARD_IA", "GLACIER_IR"]);
    expect(rulesOf(bucket(stage, "archive")).some(({ ExpirationInDays }) => ExpirationInDays)).toBe(false);
  });

  it("lets nothing that a clinic sent leave landing by age alone: only what ingest has processed", () => {
    const expiring = rulesOf(bucket(stage, "landing")).filter(({ ExpirationInDays }) => ExpirationInDays);
    const sent = expiring.filter(({ Prefix }) => Prefix === undefined);
    expect(sent.map(({ TagFilters }) => TagFilters)).toEqual([[{ Key: "mic-state", Value: "processed" }]]);
  });

  it("lets what ingest has staged go by age, whatever became of it, and not before a queue gives up", () => {
    const staged = rulesOf(bucket(stage, "landing")).filter(({ Prefix }) => Prefix !== undefined);
    expect(staged).toEqual([expect.objectContaining({ Prefix: "converted/", Status: "Enabled" })]);
    expect(staged[0]?.TagFilters).toBeUndefined();
    const seconds = stage
      .ofType("AWS::SQS::Queue")
      .map(({ Properties }) => Properties.MessageRetentionPeriod as number);
    expect((staged[0]?.ExpirationInDays ?? 0) * 24 * 60 * 60).toBeGreaterThan(Math.max(...seconds));
  });

  it("keeps quarantine unlocked, and expires by age what nobody decided about", () => {
    const quarantine = bucket(stage, "quarantine");
    expect(quarantine.Properties.ObjectLockEnabled).toBeUndefined();
    const byState = rulesOf(quarantine).flatMap(({ TagFilters, ExpirationInDays }) =>
      ExpirationInDays === undefined ? [] : [[TagFilters?.map(({ Value }) => Value), ExpirationInDays]],
    );
    // What somebody decided to take in has neither tag: no rule expires it.
    expect(byState).toEqual([
      [["processed"], 1],
      [["waiting"], 90],
    ]);
  });

  it("notifies one queue of routine uploads and another of emergencies", () => {
    const { QueueConfigurations } = bucket(stage, "landing").Properties.NotificationConfiguration as {
      QueueConfigurations: unknown[];
    };
    const text = QueueConfigurations.map((one) => JSON.stringify(one));
    expect(text).toEqual([
      expect.stringMatching(/Ingestroutine.*"Value":"routine\/"|"Value":"routine\/".*Ingestroutine/),
      expect.stringMatching(/Ingeststat.*"Value":"stat\/"|"Value":"stat\/".*Ingeststat/),
    ]);
  });

  it("has keys that can go to a second region: they could not be converted later", () => {
    const keys = stage.ofType("AWS::KMS::Key");
    expect(keys.map(({ Properties }) => Properties.MultiRegion)).toEqual([true, true]);
    expect(keys.map(({ Properties }) => Properties.KeySpec)).toContain("ECC_NIST_P256");
  });
});

describe("Object Lock", () => {
  it("locks nothing by default in production: ingest decides by encounter class", () => {
    expect(bucket(stages.prod, "archive").Properties.ObjectLockConfiguration).toEqual({
      ObjectLockEnabled: "Enabled",
    });
    expect(settingsOf(stages.prod)).toContain('\\"lockMode\\":\\"COMPLIANCE\\"');
  });

  it("locks for one day, in the mode that can be lifted, where a stage must be removable", () => {
    expect(bucket(stages.dev, "archive").Properties.ObjectLockConfiguration).toEqual({
      ObjectLockEnabled: "Enabled",
      Rule: { DefaultRetention: { Mode: "GOVERNANCE", Days: 1 } },
    });
    expect(settingsOf(stages.dev)).toContain('\\"lockMode\\":\\"GOVERNANCE\\"');
  });

  it("keeps outpatient images 15 years and inpatient images 30", () => {
    expect(settingsOf(stages.prod)).toContain(
      '\\"retentionYears\\":{\\"outpatient\\":15,\\"inpatient\\":30,\\"unknown\\":15}',
    );
  });
});

const settingsOf = (stage: Synthesized): string =>
  listOf(stage.ofType("AWS::Lambda::Function").find(({ id }) => id.startsWith("Ingestroutine")))
    .map((one) => JSON.stringify(one?.Properties.Environment))
    .join();
