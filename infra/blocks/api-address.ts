/**
 * The API's id, and so its address. It lies with the data: clinics have the address in their uploaders, CloudFront needs
 * it before there are functions, and functions need CloudFront's name. Routes are attached in the Services stack.
 */

import { CfnAccount, CfnRestApi } from "aws-cdk-lib/aws-apigateway";
import { ManagedPolicy, Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { RemovalPolicy } from "aws-cdk-lib/core";
import { Construct } from "constructs";
import { isProduction } from "../config.ts";
import type { Stage } from "../stage.ts";

/** The deployment stage is the first segment of every path, as the front of the web has it: `/api/v1/…`. */
export const apiStage = "api";

export class ApiAddress extends Construct {
  readonly id: string;
  readonly rootId: string;

  constructor(scope: Construct, id: string, { config, names }: Stage) {
    super(scope, id);
    const api = new CfnRestApi(this, "Api", {
      name: names.bus,
      description: `Medical Image Cloud ${config.stage}`,
      // Edge-optimised APIs do not exist in every partition, and CloudFront is in front anyway where it exists.
      endpointConfiguration: { types: ["REGIONAL"] },
      // Everything: with a list, the first media type of Accept decides whether bytes arrive as bytes.
      binaryMediaTypes: ["*/*"],
      minimumCompressionSize: 2048,
    });
    api.applyRemovalPolicy(isProduction(config) ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY);
    this.id = api.ref;
    this.rootId = api.attrRootResourceId;
    this.allowLogs();
  }

  /** One setting for all APIs of the account and region: it outlives the stage, or another stage's logs would stop. */
  private allowLogs(): void {
    const role = new Role(this, "LogsRole", {
      assumedBy: new ServicePrincipal("apigateway"),
      managedPolicies: [
        ManagedPolicy.fromAwsManagedPolicyName("service-role/AmazonAPIGatewayPushToCloudWatchLogs"),
      ],
    });
    role.applyRemovalPolicy(RemovalPolicy.RETAIN);
    const account = new CfnAccount(this, "Account", { cloudWatchRoleArn: role.roleArn });
    account.applyRemovalPolicy(RemovalPolicy.RETAIN);
  }
}
