/** The gateway's resources and methods for a table of routes. */

import { CfnMethod, CfnResource } from "aws-cdk-lib/aws-apigateway";
import { Aws, Fn } from "aws-cdk-lib/core";
import { Construct } from "constructs";
import type { Route } from "../../shared/contract/route.ts";
import type { AppFunction } from "./function.ts";

export interface RouteTreeProps {
  readonly apiId: string;
  readonly rootId: string;
  readonly authorizerId: string;
  readonly routes: readonly Route[];
  readonly functionOf: (route: Route) => AppFunction;
}

export class RouteTree extends Construct {
  readonly methods: readonly CfnMethod[];
  private readonly resources = new Map<string, string>();
  private readonly props: RouteTreeProps;

  constructor(scope: Construct, id: string, props: RouteTreeProps) {
    super(scope, id);
    this.props = props;
    const byPath = Map.groupBy(props.routes, ({ path }) => path);
    this.methods = [...byPath].flatMap(([path, routes]) => [
      ...routes.map((route) => this.method(route)),
      this.preflight(path, routes[0] as Route),
    ]);
  }

  private method(route: Route): CfnMethod {
    const isPublic = "public" in route.access;
    return new CfnMethod(this, `${route.method} ${route.path}`, {
      ...this.target(route),
      httpMethod: route.method,
      operationName: route.id,
      ...(isPublic
        ? { authorizationType: "NONE" }
        : { authorizationType: "CUSTOM", authorizerId: this.props.authorizerId }),
    });
  }

  /** A preflight carries no token (Fetch, "CORS-preflight fetch"); the function that answers the path answers it. */
  private preflight(path: string, route: Route): CfnMethod {
    return new CfnMethod(this, `OPTIONS ${path}`, {
      ...this.target(route),
      httpMethod: "OPTIONS",
      authorizationType: "NONE",
    });
  }

  private target(route: Route) {
    return {
      restApiId: this.props.apiId,
      resourceId: this.resource(route.path.split("/").filter(Boolean)),
      integration: {
        type: "AWS_PROXY",
        integrationHttpMethod: "POST",
        uri: invocationUri(this.props.functionOf(route)),
      },
    };
  }

  private resource(segments: readonly string[]): string {
    if (segments.length === 0) return this.props.rootId;
    const path = `/${segments.join("/")}`;
    const known = this.resources.get(path);
    if (known) return known;
    const { ref } = new CfnResource(this, path, {
      restApiId: this.props.apiId,
      parentId: this.resource(segments.slice(0, -1)),
      pathPart: segments.at(-1) as string,
    });
    this.resources.set(path, ref);
    return ref;
  }
}

/** Where API Gateway finds a function. */
export const invocationUri = (fn: AppFunction): string =>
  Fn.join("", [
    `arn:${Aws.PARTITION}:apigateway:${Aws.REGION}:lambda:path/2015-03-31/functions/`,
    fn.lambda.functionArn,
    "/invocations",
  ]);
