/** One origin for people: the web at `/`, the API at `/api`, through CloudFront. Deployed before Services, which link to it. */
import { Certificate } from "aws-cdk-lib/aws-certificatemanager";
import {
  AllowedMethods,
  CachePolicy,
  Distribution,
  Function as EdgeFunction,
  FunctionCode,
  FunctionEventType,
  FunctionRuntime,
  HeadersFrameOption,
  HeadersReferrerPolicy,
  HttpVersion,
  OriginRequestPolicy,
  PriceClass,
  ResponseHeadersPolicy,
  SecurityPolicyProtocol,
  ViewerProtocolPolicy,
} from "aws-cdk-lib/aws-cloudfront";
import { HttpOrigin, S3BucketOrigin } from "aws-cdk-lib/aws-cloudfront-origins";
import { BucketDeployment, Source } from "aws-cdk-lib/aws-s3-deployment";
import { type App, Aws, CfnOutput, Duration, Stack } from "aws-cdk-lib/core";
import { frontHeaders } from "../shared/contract/front.ts";
import { pagePolicy } from "../shared/contract/page-policy.ts";
import { apiStage } from "./blocks/api-address.ts";
import { AppBucket } from "./blocks/bucket.ts";
import { EmptiedOnDestroy } from "./blocks/emptied-on-destroy.ts";
import { frontSecretOf } from "./blocks/front-secret.ts";
import { Stored } from "./blocks/stored.ts";
import { cognitoOrigin } from "./capabilities/sign-in.ts";
import { isRemovable } from "./config.ts";
import { publish } from "./data-stack.ts";
import { type Stage, stackProps } from "./stage.ts";

export class EdgeStack extends Stack {
  constructor(app: App, stage: Stage) {
    super(app, stage.names.stack("Edge"), stackProps(stage, "web and CDN"));
    const web = new AppBucket(this, "Web", { stage, word: "web" });
    const stored = new Stored(this, "Stored", stage);
    const distribution = this.distribution(stage, stored, web);
    if (stage.webFiles)
      new BucketDeployment(this, "Pages", {
        sources: [Source.asset(stage.webFiles)],
        destinationBucket: web.bucket,
        distribution,
        distributionPaths: ["/*"],
      });
    if (isRemovable(stage.config))
      new EmptiedOnDestroy(this, "EmptiedOnDestroy", { stage, buckets: [web], variant: "web" });
    const origin = stage.config.webOrigin ?? `https://${distribution.distributionDomainName}`;
    publish(this, stage, { "web-origin": origin });
    new CfnOutput(this, "Address", { value: `https://${distribution.distributionDomainName}` });
  }

  private distribution(stage: Stage, stored: Stored, web: AppBucket): Distribution {
    const { webOrigin, certificateArn } = stage.config;
    const apiId = stored.parameter("api-id");
    const api = new HttpOrigin(`${apiId}.execute-api.${Aws.REGION}.${Aws.URL_SUFFIX}`, {
      readTimeout: Duration.seconds(30),
      customHeaders: { [frontHeaders.secret]: frontSecretOf(stage) },
    });
    return new Distribution(this, "Cdn", {
      comment: stage.names.bus,
      defaultRootObject: "index.html",
      httpVersion: HttpVersion.HTTP2_AND_3,
      priceClass: PriceClass.PRICE_CLASS_ALL,
      ...(webOrigin &&
        certificateArn && {
          domainNames: [new URL(webOrigin).hostname],
          // CloudFront's own name comes with its own, fixed choice of protocols.
          minimumProtocolVersion: SecurityPolicyProtocol.TLS_V1_2_2021,
          certificate: Certificate.fromCertificateArn(this, "Certificate", certificateArn),
        }),
      defaultBehavior: {
        origin: S3BucketOrigin.withOriginAccessControl(web.bucket),
        viewerProtocolPolicy: ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
        cachePolicy: CachePolicy.CACHING_OPTIMIZED,
        responseHeadersPolicy: this.pageHeaders(signInOrigins(stage, stored)),
        functionAssociations: [{ eventType: FunctionEventType.VIEWER_REQUEST, function: this.pageNames() }],
      },
      additionalBehaviors: {
        [`/${apiStage}/*`]: {
          origin: api,
          viewerProtocolPolicy: ViewerProtocolPolicy.HTTPS_ONLY,
          allowedMethods: AllowedMethods.ALLOW_ALL,
          cachePolicy: CachePolicy.CACHING_DISABLED,
          originRequestPolicy: OriginRequestPolicy.ALL_VIEWER_EXCEPT_HOST_HEADER,
          functionAssociations: [
            { eventType: FunctionEventType.VIEWER_REQUEST, function: this.viewerAddress() },
          ],
        },
      },
    });
  }

  /** Pages are folders with an index.html: `/s` is the share page. */
  private pageNames(): EdgeFunction {
    return new EdgeFunction(this, "PageNames", {
      runtime: FunctionRuntime.JS_2_0,
      code: FunctionCode.fromInline(
        `function handler(event) {
  var request = event.request;
  if (request.uri.endsWith("/")) request.uri += "index.html";
  else if (!request.uri.split("/").pop().includes(".")) request.uri += "/index.html";
  return request;
}`,
      ),
    });
  }

  /**
   * The policy that leaves out `Host`, which the API's own name needs, leaves out CloudFront's headers too, its
   * `CloudFront-Viewer-Address` among them; and one that lists headers cannot list `Authorization`.
   */
  private viewerAddress(): EdgeFunction {
    return new EdgeFunction(this, "ViewerAddress", {
      runtime: FunctionRuntime.JS_2_0,
      code: FunctionCode.fromInline(
        `function handler(event) {
  event.request.headers["${frontHeaders.viewer}"] = { value: event.viewer.ip };
  return event.request;
}`,
      ),
    });
  }

  /** Bytes go to and come from S3 by signed URL, so the pages may connect to this region's buckets, the issuers, and nowhere else. */
  private pageHeaders(issuers: readonly string[]): ResponseHeadersPolicy {
    const storage = `https://*.s3.${Aws.REGION}.${Aws.URL_SUFFIX}`;
    return new ResponseHeadersPolicy(this, "PageHeaders", {
      securityHeadersBehavior: {
        contentSecurityPolicy: {
          override: true,
          contentSecurityPolicy: pagePolicy({ storage, issuers }),
        },
        contentTypeOptions: { override: true },
        frameOptions: { frameOption: HeadersFrameOption.DENY, override: true },
        referrerPolicy: { referrerPolicy: HeadersReferrerPolicy.NO_REFERRER, override: true },
        strictTransportSecurity: {
          accessControlMaxAge: Duration.days(365),
          includeSubdomains: true,
          override: true,
        },
      },
    });
  }
}

/** Where the pages ask for discovery documents and tokens. */
function signInOrigins({ config }: Stage, stored: Stored): readonly string[] {
  return config.identity.flatMap((identity) => {
    if (identity.kind === "cognito") return [cognitoOrigin(), stored.parameter("sign-in-origin")];
    if (!identity.web) return [];
    return [new URL(identity.issuer).origin, ...(identity.web.origins ?? [])];
  });
}
