import { describe, expect, it } from "@jest/globals";
import { stages } from "./stages.ts";
import { type Granted, identityStatements, listOf } from "./statements.ts";
import type { Synthesized } from "./synthesized.ts";

/** Actions granted on every resource, each with its reason. */
const onEverything: Readonly<Record<string, string>> = {
  "xray:PutTraceSegments": "X-Ray has no resource to name",
  "xray:PutTelemetryRecords": "X-Ray has no resource to name",
  "dynamodb:ListStreams": "takes no resource; Lambda polls the stream with it",
  "kms:CreateKey": "the key does not exist yet; only with this stage's tag",
  "kms:TagResource": "part of kms:CreateKey; only with this stage's tag",
  "kms:ListKeys": "takes no resource; only where a stage is being destroyed",
};

/** CDK's own deployment of the public web files; it reaches two buckets. */
const ofWebFiles = (statement: Granted): boolean => statement.in.startsWith("CustomCDKBucketDeployment");

const allowed = (stage: Synthesized): readonly Granted[] =>
  identityStatements(stage.resources).filter(({ Effect }) => Effect === "Allow");
const tagged = ({ Condition }: Granted): boolean => JSON.stringify(Condition ?? {}).includes("mic:stage");
/** Grants of the functions whose policies' logical ids begin with one of these. */
const grantsOf = (stage: Synthesized, ...beginnings: string[]): readonly Granted[] =>
  allowed(stage).filter(({ in: id }) => beginnings.some((beginning) => id.startsWith(beginning)));
const actionsOf = (statements: readonly Granted[], service: string): readonly string[] =>
  [...new Set(statements.flatMap(({ Action }) => listOf(Action)))]
    .filter((action) => action.startsWith(`${service}:`))
    .sort();

describe.each(Object.entries(stages))("grants of stage %s", (_, stage) => {
  const grants = allowed(stage).filter((statement) => !ofWebFiles(statement));

  it("name every action: none ends in a star", () => {
    expect(grants.flatMap(({ Action }) => listOf(Action)).filter((action) => action.includes("*"))).toEqual(
      [],
    );
  });

  it("name a resource, unless the action takes none", () => {
    const onAll = grants.filter(({ Resource }) => listOf(Resource as string).includes("*"));
    const actions = onAll.flatMap(({ Action }) => listOf(Action));
    expect(actions.filter((action) => !(action in onEverything))).toEqual([]);
    const makingKeys = onAll.filter(({ Action }) => listOf(Action).includes("kms:CreateKey"));
    expect(makingKeys.every(tagged)).toBe(true);
  });

  it("open keys made at run time only by this stage's tag", () => {
    const onKeys = grants.filter(({ Resource }) => JSON.stringify(Resource).includes(":key/*"));
    const untagged = onKeys.filter((statement) => !tagged(statement));
    const removable = stage.ofType("Custom::EmptiedOnDestroy").length > 0;
    expect(untagged.flatMap(({ Action }) => listOf(Action))).toEqual(
      removable ? ["kms:ListResourceTags"] : [],
    );
  });

  it("open them only through S3, or for the data key of a report, bound to hospital and study", () => {
    const opening = grants.filter(
      ({ Resource, Action }) =>
        JSON.stringify(Resource).includes(":key/*") &&
        listOf(Action).some((action) => /^kms:(Decrypt|GenerateDataKey)$/.test(action)),
    );
    expect(opening.length).toBeGreaterThan(6);
    const direct = opening.filter(({ Condition }) => !JSON.stringify(Condition).includes("kms:ViaService"));
    const who = direct.map(({ in: id }) => id.replace(/(Role|Api).*$/, ""));
    expect([...new Set(who)].sort()).toEqual(["CatalogOnRebuildRequested", "Report", "Share"]);
    for (const { Condition } of direct)
      expect(Condition).toMatchObject({
        "ForAllValues:StringEquals": { "kms:EncryptionContextKeys": ["hospital", "study"] },
        Null: { "kms:EncryptionContext:hospital": "false", "kms:EncryptionContext:study": "false" },
      });
  });

  it("put that tag on no key of the stage itself, now or later", () => {
    for (const { Properties } of stage.ofType("AWS::KMS::Key")) {
      expect(JSON.stringify(Properties.Tags ?? [])).not.toContain("mic:stage");
      const { Statement } = Properties.KeyPolicy as { Statement: Granted[] };
      expect(Statement).toContainEqual(
        expect.objectContaining({
          Effect: "Deny",
          Action: "kms:TagResource",
          Condition: { "ForAnyValue:StringLike": { "aws:TagKeys": "mic:*" } },
        }),
      );
    }
  });

  it("let no function that answers requests delete a key, change its policy, or tag one that is a hospital's", () => {
    const ending = ["kms:ScheduleKeyDeletion", "kms:PutKeyPolicy", "kms:UntagResource"];
    const holders = grants.filter(({ Action }) => listOf(Action).some((action) => ending.includes(action)));
    expect(holders.filter(({ in: id }) => !/^(EmptiedOnDestroy|KeyCustodian)/.test(id))).toEqual([]);
    for (const { Condition } of grantsOf(stage, "NetworkApi").filter(({ Action }) =>
      listOf(Action).includes("kms:TagResource"),
    ))
      expect(Condition?.Null).toEqual({ "aws:ResourceTag/mic:stage": "true" });
    const custodian = stage.ofType("AWS::IAM::Role").filter(({ id }) => id.startsWith("KeyCustodian"));
    expect(custodian.length + stage.ofType("Custom::EmptiedOnDestroy").length).toBeGreaterThan(0);
    for (const { Properties } of custodian) {
      expect(Properties.RoleName).toMatch(/^mic-[a-z0-9]+-key-custodian$/);
      expect(JSON.stringify(Properties.AssumeRolePolicyDocument)).toContain(":root");
    }
  });

  it("let functions add audit records, and never change or remove one", () => {
    const onAudit = grants.filter(({ Resource }) => JSON.stringify(Resource).includes("-audit"));
    expect(onAudit.length).toBeGreaterThan(5);
    const readers = grants.filter(({ in: id }) => id.startsWith("AuditApi"));
    const others = onAudit.filter((statement) => !readers.includes(statement));
    expect(actionsOf(others, "dynamodb")).toEqual(["dynamodb:PutItem"]);
    expect(actionsOf(onAudit, "dynamodb")).toEqual([
      "dynamodb:BatchGetItem",
      "dynamodb:GetItem",
      "dynamodb:PutItem",
      "dynamodb:Query",
    ]);
  });

  it("let the upload role write only its own hospital's prefix, with its own group's key", () => {
    const uploader = grants.filter(({ in: id }) => id.startsWith("UploadUploader"));
    const text = JSON.stringify(uploader);
    expect(actionsOf(uploader, "s3")).toEqual([
      "s3:AbortMultipartUpload",
      "s3:ListMultipartUploadParts",
      "s3:PutObject",
    ]);
    // biome-ignore lint/suspicious/noTemplateCurlyInString: an IAM policy variable
    expect(text).toContain("/routine/${aws:PrincipalTag/hospital}/*");
    // biome-ignore lint/suspicious/noTemplateCurlyInString: an IAM policy variable
    expect(text).toContain('"aws:ResourceTag/mic:key-group":"${aws:PrincipalTag/key-group}"');
  });

  it("let nobody but the upload function assume that role", () => {
    const role = stage.ofType("AWS::IAM::Role").find(({ id }) => id.startsWith("UploadUploader"));
    const trust = JSON.stringify(role?.Properties.AssumeRolePolicyDocument);
    expect(trust).toMatch(/"Principal":\{"AWS":\{"Fn::GetAtt":\["UploadApiRole[^"]*","Arn"\]\}\}/);
    expect(trust).toContain("aws:RequestTag/hospital");
  });

  it("keep the archive out of reach of all but those that archive, derive, retrieve, compare, verify or keep what is there", () => {
    const touching = grants.filter(
      ({ Resource, Action }) =>
        listOf(Action).some((action) => action.startsWith("s3:")) &&
        JSON.stringify(Resource).includes("-archive-"),
    );
    const who = new Set(touching.map(({ in: id }) => id.replace(/(Role|Api).*$/, "")));
    expect([...who].sort()).toEqual([
      "Catalog",
      "CatalogOnRebuildRequested",
      "CatalogOnTableChanged",
      "DeriveroutineDeriver",
      "DerivestatDeriver",
      "Ingest",
      "Ingestroutine",
      "Ingeststat",
      "Report",
      "Retrieve",
    ]);
    expect(actionsOf(grants, "s3")).not.toContain("s3:PutBucketPolicy");
    const deleting = grants.filter(({ Action }) =>
      listOf(Action).some((action) => /^s3:Delete/.test(action)),
    );
    expect(deleting.filter(({ in: id }) => !id.startsWith("EmptiedOnDestroy"))).toEqual([]);
  });

  it("let the quarantine desk read what waits and add corrected copies, and change nothing that is stored", () => {
    const onObjects = grantsOf(stage, "IngestApi").filter(({ Action }) =>
      listOf(Action).some((action) => action.startsWith("s3:")),
    );
    expect(actionsOf(onObjects, "s3")).toEqual([
      "s3:GetObject",
      "s3:GetObjectTagging",
      "s3:GetObjectVersion",
      "s3:GetObjectVersionTagging",
      "s3:ListBucket",
      "s3:PutObject",
      "s3:PutObjectTagging",
      "s3:PutObjectVersionTagging",
    ]);
    for (const { Action, Resource } of onObjects)
      if (listOf(Action).some((action) => action.startsWith("s3:Put")))
        expect(JSON.stringify(Resource)).toMatch(/-quarantine-.*\/corrected\//);
  });

  it("let only those hold what is archived, or release it, that hold studies or add to them", () => {
    const holding = grants.filter(({ Action }) => listOf(Action).includes("s3:PutObjectLegalHold"));
    const outside = holding.filter(({ Resource }) => !JSON.stringify(Resource).includes("-archive-"));
    const who = new Set(holding.map(({ in: id }) => id.replace(/Role.*$/, "")));
    who.delete("EmptiedOnDestroyEmptier");
    expect([...who].sort()).toEqual(["CatalogApi", "Ingestroutine", "Ingeststat", "ReportApi"]);
    expect(outside.filter(({ in: id }) => !id.startsWith("EmptiedOnDestroy"))).toEqual([]);
  });

  it("let the catalog's API prove the bytes that copies were made of like originals, and hold them", () => {
    const uncorrected = grantsOf(stage, "CatalogApi").filter((statement) =>
      JSON.stringify(statement).includes("uncorrected/"),
    );
    expect(actionsOf(uncorrected, "s3")).toEqual([
      "s3:GetObject",
      "s3:GetObjectLegalHold",
      "s3:GetObjectRetention",
      "s3:GetObjectTagging",
      "s3:GetObjectVersion",
      "s3:GetObjectVersionTagging",
      "s3:ListBucket",
      "s3:ListBucketVersions",
      "s3:PutObjectLegalHold",
    ]);
  });

  it.each([
    ["landing", "converted/*"],
    ["quarantine", "corrected/*"],
  ])("let it see in %s what lies under %s, and neither read nor change it", (bucket, prefix) => {
    const there = grantsOf(stage, "CatalogApi").filter((statement) =>
      new RegExp(`-${bucket}-`).test(JSON.stringify(statement.Resource)),
    );
    expect(JSON.stringify(there)).toContain(prefix);
    expect(actionsOf(there, "s3")).toEqual([
      "s3:GetObjectTagging",
      "s3:GetObjectVersionTagging",
      "s3:ListBucket",
    ]);
  });

  it("let only the report function sign", () => {
    const signing = grants.filter(({ Action }) => listOf(Action).includes("kms:Sign"));
    expect(signing.map(({ in: id }) => id)).toEqual([expect.stringMatching(/^ReportApi/)]);
    expect(
      grantsOf(stage, "AccessAuthorizer").some(({ Action }) => listOf(Action).includes("dynamodb:PutItem")),
    ).toBe(false);
  });
});
