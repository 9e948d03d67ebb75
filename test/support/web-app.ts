/** The web app as a person uses it: signs in at the real issuer, drops real folders, and looks. */
import axe from "axe-core";
import type { Browser, BrowserContext, CDPSession, Page } from "playwright-core";
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

/** A line with so many bytes a second upwards; 0: none. Lasts as long as the session that is answered. */
export async function throttle(page: Page, bytesPerSecond: number): Promise<CDPSession> {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send("Network.enable");
  await setLine(devtools, bytesPerSecond);
  return devtools;
}

export const setLine = (devtools: CDPSession, bytesPerSecond: number): Promise<unknown> =>
  devtools.send("Network.emulateNetworkConditions", {
    offline: bytesPerSecond === 0,
    latency: 20,
    downloadThroughput: -1,
    uploadThroughput: bytesPerSecond,
  });

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
