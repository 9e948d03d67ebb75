/** A capability's routes in Hono: `{studyUid}` becomes `:studyUid`, which matches UIDs with their dots. */
import type { APIGatewayProxyEvent } from "aws-lambda";
import { Hono } from "hono/tiny";
import type { Capability, Route } from "../../shared/contract/route.ts";
import { routesOf } from "../../shared/contract/routes.ts";
import { Problem } from "../../shared/errors.ts";
import type { Reply } from "../http.ts";
import { responseOf } from "./answer.ts";
import { isPublic, type RouteSchema } from "./contract.ts";
import type { Kernel } from "./kernel.ts";
import { answerPrivate, answerPublic, type Handler, type RouteParts } from "./pipeline.ts";
import { problemReply } from "./problem.ts";

/** What the event holds beyond the web Request. */
interface Bindings {
  readonly event: APIGatewayProxyEvent;
}
export type Router = Hono<{ Bindings: Bindings }>;

interface AnyDefinition {
  readonly schemas: Readonly<Record<string, RouteSchema | undefined>>;
  readonly handlers?: Readonly<Record<string, unknown>>;
  readonly publicHandlers?: Readonly<Record<string, unknown>>;
  readonly replay?: Readonly<Record<string, unknown>>;
}

export function router(capability: Capability, definition: object, kernel: Kernel): Router {
  const app: Router = new Hono();
  const { schemas, handlers = {}, publicHandlers = {}, replay = {} } = definition as AnyDefinition;
  for (const route of [...routesOf<Capability>(capability)].sort(literalFirst)) {
    const handler = (isPublic(route) ? publicHandlers : handlers)[route.id] as Handler;
    const parts: RouteParts = {
      route,
      schema: schemas[route.id] ?? {},
      handler,
      ...(replay[route.id] !== undefined && { replay: replay[route.id] as Handler }),
    };
    const answer = isPublic(route) ? answerPublic : answerPrivate;
    app.on(route.method, route.path.replaceAll(/\{(\w+)\}/g, ":$1"), async ({ req, env }) => {
      const { requestId } = env.event.requestContext;
      const place = { baseUrl: kernel.baseUrl, requestId, action: route.id };
      const reply = await answer(parts, {
        kernel,
        event: env.event,
        request: req.raw,
        params: req.param(),
      }).catch((error: unknown): Reply => problemReply(error, place));
      return responseOf(reply);
    });
  }
  app.notFound(({ env }) =>
    responseOf(
      problemReply(new Problem("not-found", "There is no such route"), {
        baseUrl: kernel.baseUrl,
        requestId: env.event.requestContext.requestId,
      }),
    ),
  );
  return app;
}

/** `/shares/opened` before `/shares/{shareId}`: a literal segment wins over a parameter. */
const literalFirst = (a: Route, b: Route): number =>
  a.path.replaceAll("{", "~") < b.path.replaceAll("{", "~") ? -1 : 1;
