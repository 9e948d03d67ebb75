/** What the gateway answers by itself, in the same form as our functions do: RFC 9457, readable across origins. */
import { CfnGatewayResponse } from "aws-cdk-lib/aws-apigateway";
import type { Construct } from "constructs";
import { type ProblemType, problems } from "../../shared/errors.ts";

interface Answer {
  readonly problem: ProblemType;
  readonly detail: string;
}

/** By API Gateway's response type. What is not here falls under DEFAULT_4XX or DEFAULT_5XX. */
const answers: Readonly<Record<string, Answer>> = {
  UNAUTHORIZED: { problem: "unauthenticated", detail: "Send a token, as Authorization: Bearer <token>" },
  ACCESS_DENIED: { problem: "unauthenticated", detail: "The token is not valid, has expired or was revoked" },
  INVALID_API_KEY: { problem: "forbidden", detail: "The API key is not valid" },
  // API Gateway says this when no route matches.
  MISSING_AUTHENTICATION_TOKEN: { problem: "not-found", detail: "There is no such route" },
  RESOURCE_NOT_FOUND: { problem: "not-found", detail: "There is no such route" },
  REQUEST_TOO_LARGE: {
    problem: "too-large",
    detail: "A request may have 10 MB; files go to S3 by the URLs of an upload",
  },
  THROTTLED: { problem: "too-many-requests", detail: "Slow down and try again" },
  QUOTA_EXCEEDED: { problem: "too-many-requests", detail: "Slow down and try again" },
  INTEGRATION_TIMEOUT: { problem: "unavailable", detail: "The answer took too long: try again" },
  INTEGRATION_FAILURE: { problem: "unavailable", detail: "Try again shortly" },
  AUTHORIZER_FAILURE: { problem: "unavailable", detail: "Tokens cannot be checked at the moment: try again" },
  AUTHORIZER_CONFIGURATION_ERROR: {
    problem: "unavailable",
    detail: "Tokens cannot be checked at the moment: try again",
  },
  DEFAULT_4XX: { problem: "invalid-request", detail: "The request could not be read" },
  DEFAULT_5XX: { problem: "internal", detail: "Something went wrong here: try again" },
};

/** Any origin may read these: they hold no data, and a page must learn why it was refused. */
export const gatewayProblems = (
  scope: Construct,
  restApiId: string,
  webOrigin: string,
): CfnGatewayResponse[] =>
  Object.entries(answers).map(([responseType, { problem, detail }]) => {
    const { status, title } = problems[problem];
    const keepsStatus = responseType.startsWith("DEFAULT_");
    const document = { type: `${webOrigin}/api/problems/${problem}`, title, status, detail };
    return new CfnGatewayResponse(scope, `Answers${responseType}`, {
      restApiId,
      responseType,
      ...(!keepsStatus && { statusCode: String(status) }),
      responseParameters: {
        "gatewayresponse.header.Access-Control-Allow-Origin": "'*'",
        "gatewayresponse.header.Content-Type": "'application/problem+json'",
        ...(status === 401 && { "gatewayresponse.header.WWW-Authenticate": "'Bearer'" }),
        ...(status === 503 && { "gatewayresponse.header.Retry-After": "'2'" }),
      },
      responseTemplates: {
        "application/json": keepsStatus ? withOwnStatus(document) : JSON.stringify(document),
      },
    });
  });

/** The status that API Gateway chose, which a default response may not change. */
const withOwnStatus = ({ status: _, ...document }: Record<string, unknown>): string =>
  JSON.stringify(document);
