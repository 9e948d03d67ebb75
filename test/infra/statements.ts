/** IAM statements of a template, wherever they stand. */
import type { Found } from "./synthesized.ts";

export interface Statement {
  readonly Effect: "Allow" | "Deny";
  readonly Action?: string | readonly string[];
  readonly Resource?: unknown;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly Principal?: unknown;
}
export interface Granted extends Statement {
  /** The resource the statement stands in. */
  readonly in: string;
  readonly type: string;
}

/** Statements that grant a role something (not those of resource policies). */
export function identityStatements(resources: readonly Found[]): readonly Granted[] {
  return resources.flatMap(({ Type, Properties, id }) => {
    if (Type !== "AWS::IAM::Policy" && Type !== "AWS::IAM::Role") return [];
    const documents: { readonly Statement: readonly Statement[] }[] =
      Type === "AWS::IAM::Policy"
        ? [Properties.PolicyDocument as { Statement: Statement[] }]
        : ((Properties.Policies ?? []) as { PolicyDocument: { Statement: Statement[] } }[]).map(
            (policy) => policy.PolicyDocument,
          );
    return documents.flatMap(({ Statement }) => Statement.map((one) => ({ ...one, in: id, type: Type })));
  });
}

export const listOf = <T>(value: T | readonly T[] | undefined): readonly T[] =>
  value === undefined ? [] : Array.isArray(value) ? value : [value as T];
