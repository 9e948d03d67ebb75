/** A technician at a browser: signs in, drops a disc, loses the line and the tab, and sees what became of every file. */
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import type { Browser, Page } from "playwright-core";
import { launchBrowser } from "../support/browser.ts";
import { cloud, eventually, type Json, type SentFile, send, signedIn } from "../support/cloud.ts";
import { burnDisc, cutAt, type Disc } from "../support/disc.ts";
import { ctSeries, newUid } from "../support/instances.ts";
import { accessibilityFaults, drop, fillSignIn, keep, signInAs, stall, visit } from "../support/web-app.ts";

const username = "technician@xinghe-village";
const technician = signedIn(username);
const slices = 24;
const run = Date.now();
let browser: Browser;
let disc: Disc;

const settled = (page: Page) =>
  page.locator("[data-testid=ledger][data-done=true]").waitFor({ timeout: 90_000 });
const stateOf = (page: Page, name: string) =>
  page.locator("li.file", { hasText: name }).first().getAttribute("data-state");
const totalOf = (page: Page, state: string) => page.locator(`.totals [data-state=${state}] dd`).textContent();
const newest = async (): Promise<string> =>
  (await technician.get("/v1/uploads?limit=1")).body.uploads[0].uploadId;

/** What an administrator of the issuer does: the page cannot renew its tokens any more. */
async function endSignInAtIssuer(page: Page): Promise<void> {
  const token = await page.evaluate(
    () => JSON.parse(sessionStorage.getItem("mic.sign-in") as string).refreshToken as string,
  );
  const body = new URLSearchParams({ client_id: "mic-web", token });
  const { status } = await fetch(`${cloud.web}/idp/token/revocation`, { method: "POST", body });
  expect(status).toBe(200);
}

describe("a technician at a browser", () => {
  beforeAll(async () => {
    disc = await burnDisc(`web ${run}`, slices);
    browser = await launchBrowser();
  }, 120_000);
  afterAll(() => browser?.close());

  it("signs in at the hospital's issuer; no token, code or identifier is in any address afterwards", async () => {
    const { page, faults, requests, context } = await visit(browser, "phone", "zh-CN");
    await page.getByTestId("sign-in").waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await keep(page, "sign-in-zh-phone");
    await signInAs(page, username);
    expect(await page.getByTestId("who").textContent()).toContain("李梅");
    expect(page.url()).toBe(`${cloud.web}/`);
    expect(await accessibilityFaults(page)).toEqual([]);
    await keep(page, "upload-zh-phone");
    const kept = await page.evaluate(() => JSON.stringify({ ...localStorage }));
    expect(kept).not.toMatch(/eyJ/);
    const { bearer, refreshToken } = await page.evaluate(() =>
      JSON.parse(sessionStorage.getItem("mic.sign-in") as string),
    );
    for (const token of [bearer, refreshToken])
      expect(requests.filter((request) => request.includes(token))).toEqual([]);
    expect(faults).toEqual([]);
    await context.close();
  }, 60_000);

  it("drops a disc, closes the tab half way, goes on with the same upload, and no byte that arrived goes again", async () => {
    const { page, context, faults, requests } = await visit(browser, "desktop", "zh-CN");
    await signInAs(page, username);
    await stall(page, 8);
    await drop(page, "drop", [disc.folder]);
    await page.locator("[data-phase=sending]").waitFor();
    await eventually("some files are sent", 60, async () =>
      (await page.locator(".file.sent").count()) >= 5 ? true : undefined,
    );
    expect(await page.getByTestId("progress").textContent()).toMatch(/\d+ \/ 25 个文件/);
    await keep(page, "sending-zh-desktop");
    await context.setOffline(true);
    await page.getByText("网络已断开").waitFor();
    await context.setOffline(false);

    const uploadId = await newest();
    const dialogs: string[] = [];
    page.on("dialog", (dialog) => {
      dialogs.push(dialog.type());
      void dialog.accept();
    });
    await page.reload();
    expect(dialogs).toEqual(["beforeunload"]);
    await page.getByTestId("unfinished").waitFor();
    await keep(page, "unfinished-zh-desktop");
    // The storage's events take a moment to reach the ledger.
    const before = await eventually("what was sent is in the ledger", 30, async () => {
      const { body } = await technician.get(`/v1/uploads/${uploadId}?limit=1000`);
      const arrived = (body.files as Json[]).filter(({ state }) => state !== "awaiting");
      return arrived.length >= 5 ? arrived.map(({ fileId }) => fileId as string) : undefined;
    });

    requests.splice(0);
    await page.unrouteAll();
    await page.getByRole("button", { name: "继续上传" }).click();
    await settled(page);
    const sentAgain = before.filter((fileId) =>
      requests.some((request) => request.startsWith("PUT") && request.includes(`/${uploadId}/${fileId}?`)),
    );
    expect(sentAgain).toEqual([]);
    expect(requests.some((request) => request.startsWith("PUT"))).toBe(true);
    expect(await newest()).toBe(uploadId);
    expect(await totalOf(page, "indexed")).toBe(String(slices));
    expect(await totalOf(page, "quarantined")).toBe("1");
    for (const [name, { state }] of Object.entries(disc.others))
      expect(await stateOf(page, name)).toBe(state);
    expect(await page.locator("li.file", { hasText: "damaged/cut.dcm" }).textContent()).toMatch(
      new RegExp(`文件不完整.*${cutAt.source}`),
    );
    await page.locator("[data-testid=study][data-examined=true]").waitFor({ timeout: 60_000 });
    expect(await accessibilityFaults(page)).toEqual([]);
    await keep(page, "settled-zh-desktop");
    expect(faults).toEqual([]);
    await context.close();
  }, 240_000);

  it("chooses the folder again in another language where the browser keeps no folders: everything is there already", async () => {
    const { page, context, faults } = await visit(browser, "phone", "en-GB");
    await signInAs(page, username);
    await page.getByText("Emergency (STAT)").click();
    await page.getByTestId("folder").setInputFiles(disc.folder);
    await settled(page);
    expect(await totalOf(page, "duplicate")).toBe(String(slices));
    const { body } = await technician.get(`/v1/uploads/${await newest()}`);
    expect(body).toMatchObject({ priority: "stat", encounterClass: "unknown" });
    await keep(page, "duplicates-en-phone");
    await page.getByRole("button", { name: "语言：中文" }).click();
    expect(await page.getByRole("heading", { level: 1 }).textContent()).toBe("上传影像");
    expect(faults).toEqual([]);
    await context.close();
  }, 120_000);

  it("is told of images that were announced and did not come, while the patient is there", async () => {
    const studyUid = newUid();
    const files = ctSeries(2, { studyUid, patientName: "Ouyang^Xue=欧阳^雪" });
    const uploadId = await send(technician, files, { expected: [{ studyUid, instances: 5 }] });
    const { page, context } = await visit(browser, "phone", "zh-CN");
    await signInAs(page, username);
    await page.evaluate((id) => location.assign(`#upload/${id}`), uploadId);
    const finding = page.locator("[data-code=images-not-arrived]");
    await finding.waitFor({ timeout: 60_000 });
    expect(await finding.textContent()).toContain("已到达 2 幅图像，预告共 5 幅");
    await page.getByTestId("study").getByRole("link").click();
    await page.getByTestId("patient").waitFor();
    expect(await page.getByTestId("patient").textContent()).toBe("欧阳 雪 · Ouyang Xue");
    await finding.waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await keep(page, "study-zh-phone");
    await context.close();
  }, 120_000);

  it("is told of a file that was announced and never came, and can do something about it", async () => {
    const [first, other] = ctSeries(2, { studyUid: newUid() }) as [SentFile, SentFile];
    const uploadId = await send(technician, [first], { announcedOnly: [other] });
    const { page, context, faults } = await visit(browser, "phone", "zh-CN");
    await signInAs(page, username);
    await page.evaluate((id) => location.assign(`#upload/${id}`), uploadId);
    await page.getByText("有 1 个已登记的文件一直没有到达").waitFor({ timeout: 60_000 });
    expect(await stateOf(page, other.name)).toBe("awaiting");
    await keep(page, "not-arrived-zh-phone");
    expect(faults).toEqual([]);
    await context.close();
  }, 120_000);

  it("whose sign-in ends meanwhile signs in again in a window of its own, and the upload goes on by itself", async () => {
    const other = await burnDisc(`web again ${run}`, 8);
    const { page, context, faults } = await visit(browser, "desktop", "en-GB");
    await signInAs(page, username);
    const goOn = await stall(page, 2);
    await drop(page, "drop", [other.folder]);
    await page.locator("[data-phase=sending]").waitFor();
    await endSignInAtIssuer(page);
    await context.clearCookies();
    await page.clock.setFixedTime(Date.now() + 11 * 60_000);
    await goOn();
    await page.getByTestId("expired").waitFor({ timeout: 60_000 });
    await keep(page, "expired-en-desktop");
    const opening = context.waitForEvent("page");
    await page.getByRole("button", { name: "Sign in again" }).click();
    await fillSignIn(await opening, username);
    await settled(page);
    expect(await totalOf(page, "indexed")).toBe("8");
    expect(await page.getByTestId("expired").count()).toBe(0);
    expect(faults).toEqual([]);
    await context.close();
  }, 120_000);

  it("signs out, and nobody who comes after is signed in by what is left in the browser", async () => {
    const { page, context } = await visit(browser, "phone", "en-GB");
    await signInAs(page, username);
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.locator("button[name=logout]").click();
    await page.getByText("You are signed out.").waitFor();
    expect(await page.evaluate(() => sessionStorage.getItem("mic.sign-in"))).toBeNull();
    await page.getByTestId("sign-in").click();
    await page.locator("#password").waitFor();
    await context.close();
  }, 60_000);
});
