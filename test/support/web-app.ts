/** The web app as a person uses it: signs in at the real issuer, drops real folders, and looks. */
import axe from "axe-core";
import type { Browser, BrowserContext, Page, Route } from "playwright-core";
import type { CloudFile } from "../../local/cloud-file.ts";
import { cloud } from "./cloud.ts";

export const screens = {
  phone: { width: 390, height: 844 },
  desktop: { width: 1280, height: 900 },
} as const;

export interface Visit {
  readonly page: Page;
  readonly context: BrowserContext;
  /** Errors nobody caught, and what the pages' policy refused. */
  readonly faults: readonly string[];
  /** Addresses asked for, with the method. */
  readonly requests: string[];
}

/** A browser of its own: nothing of another person is in it. */
export async function visit(
  browser: Browser,
  screen: keyof typeof screens,
  locale: "zh-CN" | "en-GB",
): Promise<Visit> {
  const context = await browser.newContext({ viewport: screens[screen], locale });
  const page = await context.newPage();
  const faults: string[] = [];
  const requests: string[] = [];
  page.on("pageerror", (error) => faults.push(error.message));
  page.on("console", (message) => {
    if (message.type() === "error" && /Content.Security.Policy/i.test(message.text()))
      faults.push(message.text());
  });
  page.on("request", (request) => requests.push(`${request.method()} ${request.url()}`));
  await page.goto(`${cloud.web}/`);
  return { page, context, faults, requests };
}

/** Types what the local cloud's terminal printed for this person. */
export async function signInAs(page: Page, username: string): Promise<void> {
  await page.getByTestId("sign-in").click();
  await fillSignIn(page, username);
  await page.getByTestId("who").waitFor();
}

export async function fillSignIn(page: Page, username: string): Promise<void> {
  const person = (cloud.users as CloudFile["users"]).find((one) => one.username === username);
  if (person === undefined) throw new Error(`no user ${username} in cloud.json`);
  await page.locator("#username").fill(username);
  await page.locator("#password").fill(person.password);
  await page.locator("button[type=submit]").click();
}

/** Drops folders or files on an element as a file manager does. */
export async function drop(page: Page, testId: string, paths: readonly string[]): Promise<void> {
  const box = await page.getByTestId(testId).boundingBox();
  if (box === null) throw new Error(`${testId} is not on the page`);
  const devtools = await page.context().newCDPSession(page);
  const at = { x: box.x + box.width / 2, y: box.y + 12 };
  const data = { items: [], files: [...paths], dragOperationsMask: 1 };
  for (const type of ["dragEnter", "dragOver", "drop"] as const)
    await devtools.send("Input.dispatchDragEvent", { type, ...at, data });
  await devtools.detach();
}

/**
 * A line that stands still once so many files are on their way up: a throttle would be a race with the page, whatever its
 * rate. Answers what lets the others through too. Those held are lost with the page.
 */
export async function stall(page: Page, files: number): Promise<() => Promise<void>> {
  const held: Route[] = [];
  let room = files;
  await page.route(
    ({ searchParams }) => searchParams.has("X-Amz-Signature"),
    async (route) => {
      if (route.request().method() !== "PUT" || room-- > 0) await route.continue();
      else held.push(route);
    },
  );
  return async () => {
    room = Number.POSITIVE_INFINITY;
    await Promise.all(held.splice(0).map((route) => route.continue()));
  };
}

interface Violation {
  readonly id: string;
  readonly impact: string | null;
  readonly nodes: readonly { readonly html: string }[];
}

/** What axe-core finds of serious and critical impact (WCAG 2.2 A and AA), and where. */
export async function accessibilityFaults(page: Page): Promise<readonly string[]> {
  // By the debugger, which the pages' policy does not bind.
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate(() =>
    (globalThis as unknown as { axe: { run(): Promise<{ violations: readonly Violation[] }> } }).axe.run(),
  );
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 200)).join(" | ")}`);
}

/** MIC_SCREENSHOTS names a folder for a person to look at. */
export async function keep(page: Page, name: string): Promise<void> {
  const folder = process.env.MIC_SCREENSHOTS;
  if (folder !== undefined) await page.screenshot({ path: `${folder}/${name}.png`, fullPage: true });
}
