/**
 * Which page is shown, by the address's fragment, such as `#quarantine/<upload>/<file>`. A fragment is sent to no server, so
 * identifiers in it are in no log; and it needs nothing of whatever serves the pages.
 */
import { Store } from "./store.ts";

/** The fragment's parts, decoded; empty for the first page. */
export type Route = readonly string[];

/** Names of pages, UIDs, ULIDs, numbers of files. Parts end up in paths of requests: nothing may lead elsewhere from there. */
const form = /^[A-Za-z0-9]+([.-][A-Za-z0-9]+)*$/;

/** A fragment of another form is no page's. */
export function routeOf(hash: string): Route {
  const parts = hash
    .replace(/^#\/?/, "")
    .split("/")
    .filter((part) => part !== "")
    .map(decoded);
  return parts.every((part) => form.test(part)) ? parts : ["unknown"];
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
