import { describe, expect, it } from "@jest/globals";
import { AwsSolutionsChecks, HIPAASecurityChecks } from "cdk-nag";
import { type Answer, answers } from "../../infra/nag.ts";
import { stages } from "./stages.ts";
import type { Synthesized } from "./synthesized.ts";

interface Finding {
  readonly rule: string;
  readonly path: string;
}

function findingsOf({ app }: Synthesized): readonly Finding[] {
  return [new AwsSolutionsChecks(), new HIPAASecurityChecks()].flatMap((pack) =>
    pack
      .validateScope(app)
      .violations.flatMap(({ ruleName, violatingResources }) =>
        violatingResources.map(({ constructPath = "" }) => ({ rule: ruleName, path: constructPath })),
      ),
  );
}

const answersTo =
  ({ rule, where }: Answer) =>
  (finding: Finding): boolean =>
    (typeof rule === "string" ? rule === finding.rule : rule.test(finding.rule)) &&
    where.test(finding.path.split("/").slice(1).join("/"));

const findings = Object.values(stages).flatMap(findingsOf);

describe("cdk-nag, AwsSolutions and HIPAA, over every stage", () => {
  it("finds nothing that infra/nag.ts does not give a reason for", () => {
    const unanswered = findings.filter((finding) => !answers.some((answer) => answersTo(answer)(finding)));
    expect(unanswered).toEqual([]);
  });

  it("has no answer left over from a finding that is gone", () => {
    const stale = answers.filter((answer) => !findings.some(answersTo(answer)));
    expect(stale.map(({ rule }) => String(rule))).toEqual([]);
  });
});
