/** Middy outside: what concerns the Lambda, whatever the route. */
import middy from "@middy/core";
import type { APIGatewayProxyEvent, APIGatewayProxyResult, Context } from "aws-lambda";
import { errorFields, log } from "../log.ts";
import { responseOf, resultBytes, resultLimit, resultOf } from "./answer.ts";
import { corsHeaders, preflightHeaders } from "./cors.ts";
import { requestOf } from "./event.ts";
import type { Kernel } from "./kernel.ts";
import { problemReply } from "./problem.ts";
import type { Router } from "./router.ts";

export type ApiHandler = (event: APIGatewayProxyEvent, context: Context) => Promise<APIGatewayProxyResult>;

type Middleware = middy.MiddlewareObj<APIGatewayProxyEvent, APIGatewayProxyResult>;

export function lambdaHandler(kernel: () => Kernel, routes: (kernel: Kernel) => Router): ApiHandler {
  let ready: { readonly kernel: Kernel; readonly app: Router } | undefined;
  const start = () => {
    if (!ready) {
      const made = kernel();
      ready = { kernel: made, app: routes(made) };
    }
    return ready;
  };
  /** What the outside needs to answer even when the environment is wrong; the log says which variable. */
  const outside = (): Outside => {
    try {
      return start().kernel;
    } catch {
      return { baseUrl: "", allowedOrigins: [] };
    }
  };
  return middy<APIGatewayProxyEvent, APIGatewayProxyResult>()
    .use([cors(outside), lastResort(outside), withinLimit(outside)])
    .handler(async (event) => {
      const request = requestOf(event);
      return resultOf(await start().app.fetch(request, { event }), encodingsFor(request));
    }) as ApiHandler;
}

/** API Gateway makes bytes of base64 only where the request's Accept names a media type. */
const encodingsFor = ({ headers }: Request): string | null =>
  headers.has("accept") ? headers.get("accept-encoding") : null;

type Outside = Pick<Kernel, "baseUrl" | "allowedOrigins">;

/** Answers preflights, and says on every answer which origin may read it. */
function cors(outside: () => Outside): Middleware {
  const headers = (event: APIGatewayProxyEvent) => corsHeaders(originOf(event), outside().allowedOrigins);
  return {
    before: ({ event }) => {
      if (event.httpMethod !== "OPTIONS") return undefined;
      const allowed = headers(event);
      const granted = "access-control-allow-origin" in allowed ? preflightHeaders : {};
      return { statusCode: 204, headers: { ...allowed, ...granted }, body: "" };
    },
    after: (request) => {
      if (request.response)
        request.response.headers = { ...request.response.headers, ...headers(request.event) };
    },
    onError: (request) => {
      if (request.response)
        request.response.headers = { ...request.response.headers, ...headers(request.event) };
    },
  };
}

/** A throw that reached here is a fault of the machinery itself: API Gateway would answer 502 without CORS. */
function lastResort(outside: () => Outside): Middleware {
  return {
    onError: async (request) => {
      log("error", "unhandled", {
        requestId: request.event.requestContext.requestId,
        ...errorFields(request.error),
      });
      request.response = await resultOf(
        responseOf(problemReply(request.error, placeOf(outside(), request.event))),
      );
    },
  };
}

/** Lambda would drop the answer and API Gateway say 502: say what happened instead. */
function withinLimit(outside: () => Outside): Middleware {
  return {
    after: async (request) => {
      const bytes = request.response ? resultBytes(request.response) : 0;
      if (bytes <= resultLimit) return;
      const error = new Error("The answer is over Lambda's limit");
      log("error", "answer too large", { requestId: request.event.requestContext.requestId, bytes });
      request.response = await resultOf(responseOf(problemReply(error, placeOf(outside(), request.event))));
    },
  };
}

const placeOf = ({ baseUrl }: Outside, event: APIGatewayProxyEvent) => ({
  baseUrl,
  requestId: event.requestContext.requestId,
});

const originOf = (event: APIGatewayProxyEvent): string | undefined =>
  Object.entries(event.headers ?? {}).find(([name]) => name.toLowerCase() === "origin")?.[1];
