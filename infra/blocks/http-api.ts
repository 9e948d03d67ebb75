/** Attaches every route of the contract to the API's address: no route, no resource. All but public ones need a token. */

import { CfnAuthorizer, CfnStage, Deployment, RestApi } from "aws-cdk-lib/aws-apigateway";
import { ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { CfnPermission } from "aws-cdk-lib/aws-lambda";
import { Aws } from "aws-cdk-lib/core";
import { Construct } from "constructs";
import { authorizerCacheSeconds } from "../../shared/contract/revocation.ts";
import type { Route } from "../../shared/contract/route.ts";
import type { Stage } from "../stage.ts";
import { AppAlarm, metricOf } from "./alarm.ts";
import { apiStage } from "./api-address.ts";
import type { ApiFunction } from "./api-function.ts";
import type { AppFunction } from "./function.ts";
import { gatewayProblems } from "./gateway-problems.ts";
import { appLogGroup } from "./log-group.ts";
import { invocationUri, RouteTree } from "./route-tree.ts";
import type { Stored } from "./stored.ts";

export interface HttpApiProps {
  readonly stage: Stage;
  readonly stored: Stored;
  readonly routes: readonly Route[];
  readonly authorizer: AppFunction;
  readonly functions: readonly ApiFunction[];
  readonly webOrigin: string;
}

export class HttpApi extends Construct {
  private readonly apiId: string;

  constructor(scope: Construct, id: string, props: HttpApiProps) {
    super(scope, id);
    this.apiId = props.stored.parameter("api-id");
    const authorizer = this.authorizer(props);
    const tree = new RouteTree(this, "Routes", {
      apiId: this.apiId,
      rootId: props.stored.parameter("api-root-id"),
      authorizerId: authorizer.ref,
      routes: props.routes,
      functionOf: ({ capability, id: route }) => {
        const found = props.functions.find((fn) => fn.capability === capability);
        if (!found) throw new Error(`Route ${route} belongs to ${capability}, which has no function`);
        return found;
      },
    });
    for (const fn of [props.authorizer, ...props.functions]) this.allowInvocation(fn);
    const problems = gatewayProblems(this, this.apiId, props.webOrigin);
    const deployment = this.deployment(props);
    deployment.node.addDependency(authorizer, tree, ...problems);
    this.publish(deployment, props);
  }

  /** The cache is short because a revoked link must stop reaching bytes within a minute. */
  private authorizer({ authorizer }: HttpApiProps): CfnAuthorizer {
    return new CfnAuthorizer(this, "Authorizer", {
      restApiId: this.apiId,
      name: "token",
      type: "TOKEN",
      authorizerUri: invocationUri(authorizer),
      identitySource: "method.request.header.Authorization",
      authorizerResultTtlInSeconds: authorizerCacheSeconds,
    });
  }

  /** One permission a function, for the whole API: one a method would double the template. */
  private allowInvocation(fn: AppFunction): void {
    new CfnPermission(fn, "ApiMayInvoke", {
      action: "lambda:InvokeFunction",
      functionName: fn.lambda.functionArn,
      principal: new ServicePrincipal("apigateway").service,
      sourceArn: `arn:${Aws.PARTITION}:execute-api:${Aws.REGION}:${Aws.ACCOUNT_ID}:${this.apiId}/*`,
    });
  }

  /** A deployment is a snapshot: whatever changes what it holds must make a new one. */
  private deployment(props: HttpApiProps): Deployment {
    const api = RestApi.fromRestApiId(this, "Api", this.apiId);
    const deployment = new Deployment(this, "Deployment", { api });
    const layoutVersion = 1;
    deployment.addToLogicalId({ layoutVersion, routes: props.routes, authorizerCacheSeconds });
    return deployment;
  }

  private publish(deployment: Deployment, { stage, routes }: HttpApiProps): void {
    const { config, names } = stage;
    const { requestsPerSecond, burst, publicRequestsPerSecond } = config.capacity;
    const logs = appLogGroup(this, "AccessLogs", { stage, name: `/aws/api/${names.bus}-access` });
    new CfnStage(this, "Stage", {
      restApiId: this.apiId,
      deploymentId: deployment.deploymentId,
      stageName: apiStage,
      tracingEnabled: true,
      accessLogSetting: { destinationArn: logs.logGroupArn, format: JSON.stringify(accessLogFields) },
      methodSettings: [
        {
          resourcePath: "/*",
          httpMethod: "*",
          throttlingRateLimit: requestsPerSecond,
          throttlingBurstLimit: burst,
          metricsEnabled: true,
          loggingLevel: "ERROR",
          // Never: it would write bodies, and so patients, into the log.
          dataTraceEnabled: false,
        },
        // Anyone can call these: slower, so that guessing a link's passcode takes long and costs us little.
        ...routes
          .filter(({ access }) => "public" in access)
          .map(({ path, method }) => ({
            resourcePath: `/${path.slice(1).replaceAll("/", "~1")}`,
            httpMethod: method,
            throttlingRateLimit: publicRequestsPerSecond,
            throttlingBurstLimit: publicRequestsPerSecond * 2,
          })),
      ],
    });
    new AppAlarm(this, "Failing", {
      stage,
      metric: metricOf("AWS/ApiGateway", "5XXError", { ApiName: names.bus, Stage: apiStage }, "Sum"),
      threshold: 5,
      meaning: "The API answers 5xx.",
      runbook: "api-fails",
    });
  }
}

/** No query string, which in QIDO-RS holds patients' names, and no path values: the route and the request id suffice. */
const accessLogFields = {
  requestId: "$context.requestId",
  time: "$context.requestTimeEpoch",
  ip: "$context.identity.sourceIp",
  principal: "$context.authorizer.principalId",
  method: "$context.httpMethod",
  route: "$context.resourcePath",
  status: "$context.status",
  bytes: "$context.responseLength",
  milliseconds: "$context.responseLatency",
  failure: "$context.error.responseType",
} as const;
