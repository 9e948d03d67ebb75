/** Types that tie a capability's handlers to its routes and schemas. */
import type * as z from "zod/mini";
import type { Capability, Route } from "../../shared/contract/route.ts";
import type { RouteIdOf, routes } from "../../shared/contract/routes.ts";

/** What a route takes and answers; members left out are taken as they come (params) or not at all (query, body). */
export interface RouteSchema {
  readonly params?: z.ZodMiniType;
  readonly query?: z.ZodMiniType;
  readonly body?: z.ZodMiniType;
  readonly reply?: z.ZodMiniType;
}
export type Schemas<C extends Capability> = { readonly [Id in RouteIdOf<C>]?: RouteSchema };

type Entry<Id> = Extract<(typeof routes)[number], { readonly id: Id }>;
export type PublicRouteIdOf<C extends Capability> = Extract<
  (typeof routes)[number],
  { readonly capability: C; readonly access: { readonly public: string } }
>["id"];
export type PrivateRouteIdOf<C extends Capability> = Exclude<RouteIdOf<C>, PublicRouteIdOf<C>>;

/** The names in `{braces}` of a path. */
type NamesIn<Path extends string> = Path extends `${string}{${infer Name}}${infer Rest}`
  ? Name | NamesIn<Rest>
  : never;
type PathParams<Id> = { readonly [Name in NamesIn<Entry<Id>["path"]>]: string };

type Output<S, Id, Part extends string, Otherwise> = Id extends keyof S
  ? S[Id] extends { readonly [P in Part]: infer T extends z.ZodMiniType }
    ? z.output<T>
    : Otherwise
  : Otherwise;
export type ParamsOf<S, Id> = Output<S, Id, "params", PathParams<Id>>;
export type QueryOf<S, Id> = Output<S, Id, "query", Readonly<Record<string, never>>>;
export type BodyOf<S, Id> = Output<S, Id, "body", undefined>;

export const isPublic = (route: Route): route is Route & { readonly access: { readonly public: string } } =>
  "public" in route.access;
