/**
 * Findings of cdk-nag (AwsSolutions, HIPAA Security) that we answer for instead of changing, each with its reason.
 * test/infra/nag.test.ts fails on a finding that is not here, and on an answer that no longer has a finding.
 */
export interface Answer {
  /** The rule; with `[` and what follows it, one finding of the rule. */
  readonly rule: string | RegExp;
  /** Construct paths, without the stack's name. */
  readonly where: RegExp;
  readonly reason: string;
}

const anywhere = /./;
const webFiles = /^(Web|Custom::CDKBucketDeployment|Cdn)/;

export const answers: readonly Answer[] = [
  // ---- the API
  {
    rule: "AwsSolutions-APIG2",
    where: /^Api\/Api$/,
    reason:
      "Requests are validated by the functions against shared/contract, which answer with problem documents.",
  },
  {
    rule: "AwsSolutions-APIG3",
    where: /^HttpApi\/Stage$/,
    reason:
      "WAF costs by the month whether used or not; throttling is built in, and a deployer can associate an ACL.",
  },
  {
    rule: "AwsSolutions-APIG4",
    where: /^HttpApi\/Routes\/OPTIONS /,
    reason: "A CORS preflight cannot carry a token (Fetch standard).",
  },
  {
    rule: "AwsSolutions-APIG4",
    where: /^HttpApi\/Routes\/(GET|POST) --v1--(shares--open|openapi\.json|sign-in|health)$/,
    reason: "Public by the contract, which states why for each route.",
  },
  {
    rule: "AwsSolutions-COG4",
    where: /^HttpApi\/Routes\//,
    reason: "Tokens of any OIDC issuer are accepted, Cognito's among them, by our own authorizer.",
  },
  {
    rule: "HIPAA.Security-APIGWCacheEnabledAndEncrypted",
    where: /^HttpApi\/Stage$/,
    reason: "Answers depend on who asks, and a cache is paid by the hour.",
  },
  {
    rule: "HIPAA.Security-APIGWSSLEnabled",
    where: /^HttpApi\/Stage$/,
    reason: "Client certificates are for HTTP back ends; ours are functions, called with signed requests.",
  },
  {
    rule: /^AwsSolutions-IAM4\[.*AmazonAPIGatewayPushToCloudWatchLogs\]$/,
    where: /^Api\/LogsRole/,
    reason: "The account-wide role API Gateway asks for; AWS documents this policy for it.",
  },

  // ---- sign-in
  {
    rule: "AwsSolutions-COG2",
    where: /^SignIn\/Users/,
    reason:
      "Required in production; optional elsewhere, so that journeys can sign in without a second factor.",
  },
  {
    rule: "AwsSolutions-COG8",
    where: /^SignIn\/Users/,
    reason: "Plus is paid per user and month; a deployer who wants its threat protection turns it on.",
  },

  // ---- data
  {
    rule: "HIPAA.Security-S3BucketReplicationEnabled",
    where: anywhere,
    reason: "Medical records stay in their region by law; a second region is a deployer's decision.",
  },
  {
    rule: "HIPAA.Security-DynamoDBInBackupPlan",
    where: /^(Catalog|Audit)\/Table/,
    reason:
      "Point-in-time recovery restores to any second of 35 days; deletion protection is on in production.",
  },
  {
    rule: "HIPAA.Security-S3DefaultEncryptionKMS",
    where: /^(Buckets\/Logs|Web)\//,
    reason: "S3 delivers access logs only to SSE-S3 buckets; the web bucket holds public files.",
  },
  {
    rule: "AwsSolutions-SQS3",
    where: /^Catalog\/(StreamFailures|ScheduleFailures)\//,
    reason: "These are dead-letter queues, of a stream and of a schedule, which cdk-nag does not see.",
  },

  {
    rule: /^(AwsSolutions-SMG4|HIPAA\.Security-SecretsManagerRotationEnabled)$/,
    where: /^Front\//,
    reason: "It opens nothing: it only makes the front's word on the client's address believed.",
  },

  // ---- functions
  {
    rule: "HIPAA.Security-IAMNoInlinePolicy",
    where: anywhere,
    reason: "One role a function, used by nothing else: its policy belongs to it and goes with it.",
  },
  {
    rule: "HIPAA.Security-LambdaConcurrency",
    where: anywhere,
    reason:
      "Only the emergency lane reserves concurrency; a limit on every function would take from the others.",
  },
  {
    rule: "HIPAA.Security-LambdaDLQ",
    where: anywhere,
    reason:
      "Functions are called synchronously or from queues and streams, and those have dead-letter queues.",
  },
  {
    rule: "HIPAA.Security-LambdaInsideVPC",
    where: anywhere,
    reason:
      "A VPC would need endpoints paid by the hour; IAM and TLS guard every call, no network address does.",
  },

  // ---- wildcards
  {
    rule: "AwsSolutions-IAM5[Resource::*]",
    where: /\/Role\/DefaultPolicy/,
    reason:
      "X-Ray, kms:ListKeys, kms:CreateKey and dynamodb:ListStreams take no resource; test/infra lists every such action.",
  },
  {
    rule: /^AwsSolutions-IAM5\[Resource::arn:.*:kms:.*:key\/\*\]$/,
    where: /^(EmptiedOnDestroy|KeyCustodian|Catalog|Ingest|Derive|Upload|Retrieve|Report|Share|Network)\//,
    reason: "Hospitals' keys are made at run time; a condition admits only those tagged with this stage.",
  },
  {
    rule: /^AwsSolutions-IAM5\[Resource::arn:.*:kms:.*:alias\/mic-.*-group-\*\]$/,
    where: /^Network\//,
    reason: "Aliases of hospitals' keys are made at run time, under this prefix.",
  },
  {
    rule: /^AwsSolutions-IAM5\[Resource::arn:.*:s3:::mic-.*\/\*\]$/,
    where: /^(Catalog|Ingest|Derive|Retrieve|Report|Upload)\//,
    reason: "Objects under a prefix of one bucket: their keys are hospitals' and studies'.",
  },
  {
    rule: /^AwsSolutions-IAM5\[Resource::<(Buckets|Web).*\.Arn>\/\*\]$/,
    where: /^EmptiedOnDestroy\//,
    reason: "Empties the buckets of a stage that is being destroyed; never part of a production template.",
  },

  // ---- public web files
  {
    rule: /^(AwsSolutions-S1|HIPAA\.Security-S3BucketLoggingEnabled|AwsSolutions-CFR3)$/,
    where: webFiles,
    reason: "Public pages without data; who saw whose images is in the audit records.",
  },
  {
    rule: /^AwsSolutions-CFR[12]$/,
    where: webFiles,
    reason: "Patients open links from anywhere; a deployer can add WAF and geography.",
  },
  {
    rule: "AwsSolutions-CFR4",
    where: webFiles,
    reason:
      "Applies to CloudFront's own name, whose protocols are fixed; with a webOrigin of your own it is TLS 1.2.",
  },
  {
    rule: /^AwsSolutions-(IAM4|IAM5|L1)/,
    where: /^Custom::CDKBucketDeployment/,
    reason: "CDK's own deployment of the web files; it reaches the asset and web buckets only.",
  },
];
