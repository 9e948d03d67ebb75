import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import {
  authorizerCacheSeconds,
  clockSkewSeconds,
  revocationSeconds,
  signedUrlSeconds,
} from "../../shared/contract/revocation.ts";
import type { Route } from "../../shared/contract/route.ts";
import { routes } from "../../shared/contract/routes.ts";
import { longestUnderWaySeconds } from "../../shared/work-limits.ts";
import { alwaysOn } from "./always-on.ts";
import { cn, dev, prod, stages } from "./stages.ts";
import type { Found } from "./synthesized.ts";

const runbook = readFileSync(join(import.meta.dirname, "../../docs/runbook.md"), "utf8");
const runbookPages = [...runbook.matchAll(/^#+ (.+)$/gm)].map(([, heading]) =>
  heading?.toLowerCase().replaceAll(" ", "-"),
);

const idOf = (reference: unknown): string =>
  (reference as { Ref?: string }).Ref ?? (reference as { "Fn::GetAtt": [string] })["Fn::GetAtt"]?.[0];

describe.each(Object.entries(stages))("stage %s", (_, stage) => {
  it("costs nothing but its storage, keys, alarms and one secret while nobody uses it", () => {
    const found = stage.resources.filter(({ Type }) => alwaysOn.some((pattern) => pattern.test(Type)));
    expect(found.map(({ Type, id }) => `${Type} ${id}`)).toEqual([]);
    for (const { Properties } of stage.ofType("AWS::DynamoDB::Table"))
      expect(Properties.BillingMode).toBe("PAY_PER_REQUEST");
  });

  it("loses no message: every queue that is worked on has a dead-letter queue, and every dead letter an alarm", () => {
    const queues = stage.ofType("AWS::SQS::Queue");
    const named = (queue: Found): string => queue.Properties.QueueName as string;
    const isDead = (queue: Found): boolean => named(queue).endsWith("-dead");
    for (const queue of queues.filter((one) => !isDead(one)))
      expect([named(queue), queue.Properties.RedrivePolicy]).toEqual([named(queue), expect.anything()]);
    const watched = stage
      .ofType("AWS::CloudWatch::Alarm")
      .flatMap(({ Properties }) => (Properties.Dimensions ?? []) as { Name: string; Value: unknown }[])
      .filter(({ Name }) => Name === "QueueName")
      .map(({ Value }) => idOf(Value));
    expect(queues.map(({ id }) => id).filter((id) => !watched.includes(id))).toEqual([]);
  });

  it("tells whoever an alarm wakes which page of the runbook to open, and reaches them", () => {
    for (const { Properties } of stage.ofType("AWS::CloudWatch::Alarm")) {
      const [, page] = /docs\/runbook\.md#([a-z-]+)$/.exec(Properties.AlarmDescription as string) ?? [];
      expect(runbookPages).toContain(page);
      expect(Properties.AlarmActions).toHaveLength(1);
    }
  });

  it("answers every route of the contract, and asks for a token on all that are not public for a stated reason", () => {
    const methods = stage
      .ofType("AWS::ApiGateway::Method")
      .filter((one) => one.Properties.HttpMethod !== "OPTIONS");
    const byId = new Map(methods.map(({ Properties }) => [Properties.OperationName as string, Properties]));
    expect([...byId.keys()].sort()).toEqual(routes.map(({ id }) => id).sort());
    for (const { id, access } of routes as readonly Route[]) {
      const isPublic = "public" in access;
      if (isPublic) expect(access.public.length).toBeGreaterThan(10);
      expect([id, byId.get(id)?.AuthorizationType]).toEqual([id, isPublic ? "NONE" : "CUSTOM"]);
    }
  });

  it("lets every table be restored to any second and encrypts it with a key of ours", () => {
    for (const { Properties } of stage.ofType("AWS::DynamoDB::Table")) {
      expect(Properties.PointInTimeRecoverySpecification).toEqual({ PointInTimeRecoveryEnabled: true });
      expect(Properties.SSESpecification).toMatchObject({ SSEEnabled: true, SSEType: "KMS" });
    }
  });

  it("has one role for each function, so that a grant to one is a grant to no other", () => {
    const roleIds = stage
      .ofType("AWS::Lambda::Function")
      .map(({ Properties, stack }) => `${stack} ${idOf(Properties.Role)}`);
    expect(new Set(roleIds).size).toBe(roleIds.length);
  });

  it("tells a function at most six things, as JSON", () => {
    for (const { Properties } of stage.ofType("AWS::Lambda::Function")) {
      const { Variables = {} } = (Properties.Environment ?? {}) as { Variables?: Record<string, unknown> };
      const names = Object.keys(Variables);
      expect(names.length).toBeLessThanOrEqual(6);
      expect(names.filter((name) => !/^(MIC_[A-Z_]+|AWS_CA_BUNDLE)$/.test(name))).toEqual([]);
    }
  });

  it("writes no query string and no request body into a log: they hold patients' names", () => {
    const [api] = stage.ofType("AWS::ApiGateway::Stage") as [Found];
    const { Format } = api.Properties.AccessLogSetting as { Format: string };
    expect(Format).not.toMatch(/querystring|\$context\.path\b|requestOverride/i);
    const settings = api.Properties.MethodSettings as { DataTraceEnabled?: boolean }[];
    expect(settings.some(({ DataTraceEnabled }) => DataTraceEnabled === true)).toBe(false);
  });

  it("holds back concurrency for emergencies, which have a queue and a function of their own", () => {
    const functions = stage.ofType("AWS::Lambda::Function");
    const stat = functions.filter(({ Properties }) => Properties.ReservedConcurrentExecutions !== undefined);
    expect(stat.map(({ Properties }) => Properties.FunctionName).sort()).toEqual([
      expect.stringMatching(/derive-on-instance-indexed-stat$/),
      expect.stringMatching(/ingest-on-object-landed-stat$/),
    ]);
    const sources = (fn: Found | undefined) =>
      stage
        .ofType("AWS::Lambda::EventSourceMapping")
        .filter(({ Properties }) => idOf(Properties.FunctionName) === fn?.id)
        .map(({ Properties }) => JSON.stringify(Properties.EventSourceArn));
    for (const fn of stat) expect(sources(fn)).toEqual([expect.stringMatching(/stat/)]);
  });

  it("delivers what a dead worker held within half an hour, and never while a worker may still run", () => {
    const timeouts = new Map(
      stage.ofType("AWS::Lambda::Function").map(({ id, Properties }) => [id, Properties.Timeout as number]),
    );
    const longest = Math.max(...timeouts.values());
    for (const { Properties } of stage.ofType("AWS::SQS::Queue"))
      if (Properties.RedrivePolicy) {
        expect(Properties.VisibilityTimeout).toBeLessThanOrEqual(Math.min(longest, 900) + 60);
        const { maxReceiveCount } = Properties.RedrivePolicy as { maxReceiveCount: number };
        expect(maxReceiveCount).toBe(12);
        // What the audit of the ledger calls under way.
        const perTry = Math.max(Properties.VisibilityTimeout as number, Math.min(longest, 900) + 900);
        expect(maxReceiveCount * perTry).toBeLessThanOrEqual(longestUnderWaySeconds);
      }
  });

  it("gives up no change of the table before it is a day old", () => {
    const streams = stage
      .ofType("AWS::Lambda::EventSourceMapping")
      .filter(({ Properties }) => Properties.StartingPosition);
    expect(streams).toHaveLength(1);
    for (const { Properties } of streams) {
      expect(Properties.MaximumRetryAttempts ?? -1).toBe(-1);
      expect(Properties.MaximumRecordAgeInSeconds).toBe(86_400);
      expect(Properties.BisectBatchOnFunctionError).toBe(true);
    }
  });
});

describe("revocation", () => {
  it("reaches the bytes within a minute: signed URL, authorizer cache and clock skew together", () => {
    expect(signedUrlSeconds).toBeLessThanOrEqual(45);
    expect(signedUrlSeconds + authorizerCacheSeconds + clockSkewSeconds).toBeLessThanOrEqual(
      revocationSeconds,
    );
    expect(revocationSeconds).toBe(60);
    for (const stage of Object.values(stages))
      expect(stage.ofType("AWS::ApiGateway::Authorizer")[0]?.Properties.AuthorizerResultTtlInSeconds).toBe(
        authorizerCacheSeconds,
      );
  });
});

describe("a stage that must never be lost, and one that must go", () => {
  const kept = ["AWS::S3::Bucket", "AWS::DynamoDB::Table", "AWS::KMS::Key", "AWS::Cognito::UserPool"];

  it("keeps data, keys and users in production even when its stacks are deleted", () => {
    for (const stage of [prod, cn]) {
      const data = stage.resources.filter(
        ({ Type, stack }) => kept.includes(Type) && stack.endsWith("-Data"),
      );
      expect(data.length).toBeGreaterThanOrEqual(9);
      expect(data.filter(({ DeletionPolicy }) => DeletionPolicy !== "Retain")).toEqual([]);
    }
    expect(prod.terminationProtection).toEqual(["Mic-prod-Data"]);
    expect(cn.terminationProtection).toEqual(["Mic-cn-Data"]);
  });

  it("has nothing in production that could empty a bucket", () => {
    for (const stage of [prod, cn]) {
      expect(stage.ofType("Custom::EmptiedOnDestroy")).toEqual([]);
      expect([...stage.text.values()].join()).not.toContain("BypassGovernanceRetention");
    }
  });

  it("removes a development stage whole: locked objects and keys made at run time too", () => {
    const emptied = dev
      .ofType("Custom::EmptiedOnDestroy")
      .map(({ Properties }) => Properties.buckets as unknown[]);
    expect(emptied.flat()).toHaveLength(dev.ofType("AWS::S3::Bucket").length);
    const remaining = dev.resources.filter(
      ({ Type, DeletionPolicy }) => kept.includes(Type) && DeletionPolicy === "Retain",
    );
    expect(remaining).toEqual([]);
  });
});
