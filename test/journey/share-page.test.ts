import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import type { Browser, Page } from "playwright-core";
import { launchBrowser } from "../support/browser.ts";
import { cloud, eventually, type Json, send, settled, signedIn } from "../support/cloud.ts";
import { ctSeries, newUid } from "../support/instances.ts";

const technician = signedIn("technician@qinghe-county");
const doctor = signedIn("physician@qinghe-county");
const radiologist = signedIn("radiologist@qinghe-county");
const studyUid = newUid();
const slices = 8;
let browser: Browser;
let link: Json;

/** A phone, and everything the page did that a patient's browser should not do. */
async function phone(language: string): Promise<{ page: Page; faults: string[]; requests: string[] }> {
  const context = await browser.newContext({
    viewport: { width: 390, height: 844 },
    locale: language,
    hasTouch: true,
  });
  const page = await context.newPage();
  const faults: string[] = [];
  const requests: string[] = [];
  page.on("pageerror", (error) => faults.push(error.message));
  page.on("request", (request) => requests.push(`${request.url()} ${request.headers().referer ?? ""}`));
  return { page, faults, requests };
}

const stage = (page: Page) => page.getByTestId("stage");
const shownSlice = (page: Page) => page.getByTestId("position").textContent();
/** Mean grey of the shown picture. */
const brightness = (page: Page): Promise<number> =>
  page.evaluate(() => {
    const canvas = document.querySelector("canvas") as HTMLCanvasElement;
    const { data } = (canvas.getContext("2d") as CanvasRenderingContext2D).getImageData(
      0,
      0,
      canvas.width,
      canvas.height,
    );
    return data.reduce((sum, value, index) => (index % 4 === 0 ? sum + value : sum), 0) / (data.length / 4);
  });

/** MIC_SCREENSHOTS names a folder for a person to look at. */
async function keep(page: Page, name: string): Promise<void> {
  const folder = process.env.MIC_SCREENSHOTS;
  if (folder !== undefined) await page.screenshot({ path: `${folder}/${name}.png` });
}

describe("the page a share link opens, on a phone", () => {
  beforeAll(async () => {
    const files = ctSeries(slices, { studyUid, patientName: "Ouyang^Xue=欧阳^雪" });
    await settled(technician, await send(technician, files));
    const content = { findings: "未见异常。", impression: "正常。" };
    const draft = await radiologist.post(`/v1/studies/${studyUid}/reports`, content);
    const match = { "if-match": draft.headers.get("etag") as string };
    expect((await radiologist.post(`/v1/reports/${draft.body.reportId}/sign`, {}, match)).status).toBe(200);
    await eventually("all thumbnails", 60, async () => {
      const { body } = await doctor.get(`/dicomweb/mine/studies/${studyUid}/instances`);
      const ready = await Promise.all(
        body.map(async (one: Json) => {
          const url = new URL(one["00081190"].Value[0]);
          return (await doctor.get(`${url.pathname.slice("/api".length)}/thumbnail`)).status === 307;
        }),
      );
      return ready.every(Boolean) && ready.length === slices ? true : undefined;
    });
    link = (await doctor.post("/v1/shares", { studyUid, passcode: "2468" })).body;
    browser = await launchBrowser();
  }, 120_000);
  afterAll(() => browser?.close());

  it("asks for the passcode, refuses a wrong one, then shows patient, thumbnail and report in Chinese", async () => {
    const { page, faults, requests } = await phone("zh-CN");
    await page.goto(link.url);
    await page.getByLabel("请输入访问密码").fill("0000");
    await page.getByRole("button", { name: "打开" }).click();
    await page.getByRole("alert").waitFor();
    await page.getByLabel("请输入访问密码").fill("2468");
    await page.getByRole("button", { name: "打开" }).click();

    expect(await page.getByTestId("patient-name").textContent()).toBe("欧阳雪");
    await page.locator("[data-testid=series] img").waitFor();
    expect(
      await page.locator("[data-testid=series] img").evaluate((img: HTMLImageElement) => img.naturalWidth),
    ).toBeGreaterThan(0);
    expect(await page.getByTestId("report").textContent()).toContain("正常。");
    expect(faults).toEqual([]);
    const token = new URL(link.url).hash.slice(1);
    expect(requests.filter((request) => request.includes(token))).toEqual([]);
    await keep(page, "study");
    await page.context().close();
  });

  it("scrolls through the slices and changes the window", async () => {
    const { page, faults } = await phone("en-GB");
    await page.goto(link.url);
    await page.getByLabel("Enter the passcode").fill("2468");
    await page.getByRole("button", { name: "Open" }).click();
    await page.getByTestId("series").click();
    await stage(page).locator("canvas").waitFor();
    expect(await shownSlice(page)).toBe("4 / 8");

    await stage(page).hover();
    await page.mouse.wheel(0, 100);
    await page.keyboard.press("ArrowDown");
    expect(await shownSlice(page)).toBe("6 / 8");
    await page.keyboard.press("PageDown");
    expect(await shownSlice(page)).toBe("8 / 8");

    const before = await brightness(page);
    await page.getByRole("button", { name: "Brain" }).click();
    await eventually("another picture", 5, async () =>
      Math.abs((await brightness(page)) - before) > 5 ? true : undefined,
    );
    await keep(page, "viewer");
    await page.keyboard.press("Escape");
    expect(await stage(page).count()).toBe(0);
    expect(faults).toEqual([]);
    await page.context().close();
  });

  it("says of a link that cannot be opened only that, with no hint why", async () => {
    const { page } = await phone("zh-CN");
    await page.goto(`${cloud.web}/s#${"A".repeat(43)}`);
    await page.getByTestId("closed").waitFor();
    expect(await page.getByRole("heading").textContent()).toBe("此链接无法打开");
    await page.context().close();
  });
});
