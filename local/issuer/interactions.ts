/** The sign-in step of an authorization request: shows the form, checks the password, and hands back to the provider. */
import type { IncomingMessage, ServerResponse } from "node:http";
import type Provider from "oidc-provider";
import type { AccountDirectory } from "./accounts.ts";
import { messagePage, signInPage } from "./pages.ts";
import { pageHeaders } from "./provider.ts";
import { authorizationUrl, signedInPage, signedInPath, signInPath } from "./sign-in-page.ts";

const maximumForm = 10_000;
const interactionPath = /^\/interaction\/[\w-]+$/;

export interface Issuer {
  /** Answers a request whose path starts with the mount path. */
  handle(request: IncomingMessage, response: ServerResponse): void;
}

/** Mounts `provider` under `mount` (such as `/idp`) with our own sign-in page. */
export function createIssuer(provider: Provider, directory: AccountDirectory, mount: string): Issuer {
  const answer = provider.callback();
  return {
    handle(request, response) {
      const original = request.url ?? "/";
      const inside = original.slice(mount.length) || "/";
      // The provider reads the mount path from the difference of the two.
      Object.assign(request, { originalUrl: original, url: inside });
      const [path = "", query] = inside.split("?", 2);
      if (path === signInPath) return go(response, authorizationUrl(provider.issuer));
      if (path === signedInPath) {
        // The code must not stay in the address bar.
        if (query !== undefined) return go(response, `${provider.issuer}${signedInPath}`);
        signedInPage(provider, directory, request, response).then(
          (page) => send(response, 200, page),
          () => response.destroy(),
        );
        return;
      }
      if (!interactionPath.test(path)) {
        answer(request, response);
        return;
      }
      interact(provider, directory, request, response, original).catch(() => {
        // A stale tab or lost cookies: the provider no longer knows what the person was doing.
        const message = messagePage(
          "登录已过期",
          "This sign-in has expired",
          "请返回重新开始。 Go back and start again.",
        );
        if (!response.headersSent) send(response, 400, message);
      });
    },
  };
}

async function interact(
  provider: Provider,
  directory: AccountDirectory,
  request: IncomingMessage,
  response: ServerResponse,
  action: string,
): Promise<void> {
  await provider.interactionDetails(request, response);
  if (request.method !== "POST") return send(response, 200, signInPage(action));
  const form = new URLSearchParams(await readForm(request));
  const username = form.get("username")?.trim() ?? "";
  const account = directory.check(username, form.get("password") ?? "");
  if (account === "wrong" || account === "locked")
    return send(
      response,
      account === "locked" ? 429 : 401,
      signInPage(action, { username, complaint: account }),
    );
  await provider.interactionFinished(
    request,
    response,
    { login: { accountId: account.username, amr: ["pwd"] } },
    { mergeWithLastSubmission: false },
  );
}

async function readForm(request: IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of request) {
    text += String(chunk);
    if (text.length > maximumForm) throw new Error("The form is too large");
  }
  return text;
}

function go(response: ServerResponse, location: string): void {
  response.writeHead(303, { ...pageHeaders, Location: location }).end();
}

function send(response: ServerResponse, status: number, html: string): void {
  response.writeHead(status, { ...pageHeaders, "Content-Type": "text/html; charset=utf-8" }).end(html);
}
