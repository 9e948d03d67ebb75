/**
 * Which page is shown, by the address's fragment, such as `#quarantine/<upload>/<file>`. A fragment is sent to no server, so
 * identifiers in it are in no log; and it needs nothing of whatever serves the pages.
 */
import { Store } from "./store.ts";

/** The fragment's parts, decoded; empty for the first page. */
export type Route = readonly string[];

export function routeOf(hash: string): Route {
  const parts = hash.replace(/^#\/?/, "").split("/");
  return parts.filter((part) => part !== "").map(decoded);
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

export const addressOf = (...route: Route): string => `#${route.map(encodeURIComponent).join("/")}`;

/** Follows the address bar for as long as the page lives. */
export function followAddress(): Store<Route> {
  const route = new Store<Route>(routeOf(location.hash));
  addEventListener("hashchange", () => {
    route.value = routeOf(location.hash);
  });
  return route;
}
