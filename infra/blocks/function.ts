/** The only way to make a function here: own role, own log group, bundled, traced, told only what it is granted. */

import { type IRole, type PolicyStatement, Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import type { IKey } from "aws-cdk-lib/aws-kms";
import { Architecture, Function as Lambda, Runtime, Tracing } from "aws-cdk-lib/aws-lambda";
import { Duration, Lazy, Stack } from "aws-cdk-lib/core";
import { Construct } from "constructs";
import { architectureOf } from "../config.ts";
import type { Stage } from "../stage.ts";
import { functionName } from "./bundle.ts";
import { appLogGroup } from "./log-group.ts";

/** Environment variables a function may have. Each holds JSON, except MIC_UPLOADER_ROLE, which is an ARN. */
export type Variable =
  | "MIC_SETTINGS"
  | "MIC_TABLES"
  | "MIC_BUCKETS"
  | "MIC_KEYS"
  | "MIC_QUEUES"
  | "MIC_IDENTITY"
  | "MIC_SIGN_IN"
  | "MIC_UPLOADER_ROLE";

type Value = string | readonly unknown[] | Readonly<Record<string, unknown>>;

export interface AppFunctionProps {
  readonly stage: Stage;
  /** `functions/<word>/<file>.ts`, exporting `handler`. */
  readonly entry: string;
  readonly description: string;
  /** Tells apart two functions of one entry. */
  readonly variant?: string;
  /** MB; CPU grows with it, a whole core at 1769. Default 1024. */
  readonly memory?: number;
  /** Default 29 s, the longest a REST API waits. */
  readonly timeout?: Duration;
  readonly reservedConcurrency?: number;
  /** Encrypts its log. Default: the platform key, as the Data stack published it. */
  readonly logKey?: IKey;
}

export class AppFunction extends Construct {
  readonly lambda: Lambda;
  readonly role: IRole;
  readonly functionName: string;
  private readonly variables = new Map<Variable, Value>();

  constructor(scope: Construct, id: string, props: AppFunctionProps) {
    super(scope, id);
    const { config, names, code } = props.stage;
    const word = [functionName(props.entry), props.variant].filter(Boolean).join("-");
    this.functionName = names.function(word);
    const logGroup = appLogGroup(this, "Logs", {
      stage: props.stage,
      name: `/aws/lambda/${this.functionName}`,
      key: props.logKey,
    });
    this.role = new Role(this, "Role", {
      assumedBy: new ServicePrincipal("lambda"),
      description: `Runs ${this.functionName}`,
    });
    logGroup.grantWrite(this.role);
    this.lambda = new Lambda(this, "Function", {
      functionName: this.functionName,
      description: props.description,
      code: code(props.entry),
      handler: "index.handler",
      runtime: Runtime.NODEJS_24_X,
      architecture: architectureOf(config) === "arm64" ? Architecture.ARM_64 : Architecture.X86_64,
      memorySize: props.memory ?? 1024,
      timeout: props.timeout ?? Duration.seconds(29),
      tracing: Tracing.ACTIVE,
      role: this.role,
      logGroup,
      ...(props.reservedConcurrency && { reservedConcurrentExecutions: props.reservedConcurrency }),
    });
  }

  /** Grants by statement; capabilities use the narrower `bind…` of what they bind. */
  allow(...statements: readonly PolicyStatement[]): this {
    for (const statement of statements) this.role.addToPrincipalPolicy(statement);
    return this;
  }

  /** Adds members to an environment variable's JSON object; a string or a list sets it whole. */
  tell(variable: Variable, value: Value): this {
    const known = this.variables.get(variable);
    if (known === undefined) this.lambda.addEnvironment(variable, this.rendered(variable));
    this.variables.set(variable, isObject(known) && isObject(value) ? { ...known, ...value } : value);
    return this;
  }

  private rendered(variable: Variable): string {
    return Lazy.string({
      produce: () => {
        const value = this.variables.get(variable);
        return typeof value === "string" ? value : Stack.of(this).toJsonString(value);
      },
    });
  }
}

const isObject = (value: Value | undefined): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && !Array.isArray(value);
