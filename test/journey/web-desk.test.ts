/** Somebody of the hospital at the quarantine desk and before a conflict, in a browser. */
import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import type { Browser, Page } from "playwright-core";
import { launchBrowser } from "../support/browser.ts";
import { eventually, send, settled, signedIn } from "../support/cloud.ts";
import { jpegPhotograph } from "../support/film.ts";
import { ctInstance, newUid } from "../support/instances.ts";
import { wantedOrder } from "../support/wanted-order.ts";
import { accessibilityFaults, keep, signInAs, visit } from "../support/web-app.ts";

const technician = signedIn("technician@xinghe-village");
const studyUid = newUid();
let browser: Browser;
let uploadId: string;

/** An image without its SOP Instance UID, as an export tool leaves it. */
function withoutUid(): Uint8Array {
  const bytes = ctInstance({ studyUid, sopUid: "1.2.3", patientName: "Ouyang^Xue=欧阳^雪" });
  const at = Buffer.from(bytes).indexOf(Buffer.from([0x08, 0x00, 0x18, 0x00, 0x55, 0x49]));
  if (at < 0) throw new Error("the image has no SOP Instance UID to take away");
  const length = Buffer.from(bytes).readUInt16LE(at + 6);
  return Uint8Array.from([...bytes.subarray(0, at), ...bytes.subarray(at + 8 + length)]);
}

const open = (page: Page, address: string): Promise<void> =>
  page.evaluate((hash) => location.assign(hash), address);
const state = (page: Page) => page.getByTestId("state").getAttribute("data-state");

describe("the quarantine desk in a browser", () => {
  beforeAll(async () => {
    const files = [
      { name: "no-uid.dcm", bytes: withoutUid() },
      {
        name: "cut.dcm",
        bytes: ctInstance({ studyUid, patientName: "Ouyang^Xue=欧阳^雪" }).subarray(0, 700),
      },
    ];
    uploadId = await send(technician, files);
    const ledger = await settled(technician, uploadId);
    expect(ledger.totals.quarantined).toBe(2);
    browser = await launchBrowser();
  }, 120_000);
  afterAll(() => browser?.close());

  it("lists what waits and why, and shows what can be read, to a technician who may only release", async () => {
    const { page, context, faults } = await visit(browser, "phone", "zh-CN");
    await signInAs(page, "technician@xinghe-village");
    await page.getByRole("link", { name: "隔离区" }).click();
    const row = page.locator("[data-testid=quarantine] [data-code=truncated]").first();
    await row.waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await keep(page, "quarantine-zh-phone");
    await open(page, `#quarantine/${uploadId}/1`);
    await page.getByTestId("attributes").first().getByText("欧阳 雪").waitFor();
    expect(await page.locator(".notice").textContent()).toMatch(/文件不完整.*字节/);
    expect(await page.getByRole("button", { name: /丢弃/ }).count()).toBe(0);
    expect(await accessibilityFaults(page)).toEqual([]);
    await keep(page, "quarantined-zh-phone");
    expect(faults).toEqual([]);
    await context.close();
  }, 60_000);

  it("lets the administrator assign a missing UID, after which the image is archived", async () => {
    const { page, context, faults } = await visit(browser, "desktop", "en-GB");
    await signInAs(page, "hospital-admin@xinghe-village");
    await open(page, `#quarantine/${uploadId}/0`);
    await page.getByTestId("correct").waitFor();
    expect(await page.locator("select[name=sopInstanceUid]").inputValue()).toBe("new");
    expect(await page.locator("select[name=studyInstanceUid]").inputValue()).toBe("leave");
    expect(await accessibilityFaults(page)).toEqual([]);
    await keep(page, "correct-en-desktop");
    await page.getByRole("button", { name: "Correct and take in" }).click();
    await eventually("the corrected copy is archived", 60, async () =>
      (await state(page)) === "indexed" ? true : undefined,
    );
    expect((await technician.get(`/v1/studies/${studyUid}`)).body.instances).toBe(1);
    expect(faults).toEqual([]);
    await context.close();
  }, 120_000);

  it("takes a photograph in for the order it belongs to", async () => {
    const accession = `F${Date.now()}`;
    const order = wantedOrder({ accession, name: [{ text: "孙七" }] });
    const made = await technician.post("/v1/orders", order, { "idempotency-key": randomUUID() });
    const film = await send(technician, [{ name: "film.jpg", bytes: await jpegPhotograph() }]);
    expect((await settled(technician, film)).files[0]?.reason?.code).toBe("needs-order");
    const { page, context, faults } = await visit(browser, "phone", "zh-CN");
    await signInAs(page, "technician@xinghe-village");
    await open(page, `#quarantine/${film}/0`);
    const release = page.getByTestId("release-for-order");
    await release.getByRole("searchbox").fill(accession);
    await release.getByRole("button", { name: "查找" }).click();
    await release.getByText("孙七").waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await keep(page, "release-for-order-zh-phone");
    await release.getByRole("button", { name: "为此申请单入库" }).click();
    await eventually("the photograph is archived", 60, async () =>
      (await state(page)) === "indexed" ? true : undefined,
    );
    const { body } = await technician.get(`/v1/orders/${made.body.id}`);
    expect(body.status).toBe("completed");
    expect(faults).toEqual([]);
    await context.close();
  }, 120_000);

  it("discards only after a reason and a second word", async () => {
    const { page, context } = await visit(browser, "phone", "en-GB");
    await signInAs(page, "hospital-admin@xinghe-village");
    await open(page, `#quarantine/${uploadId}/1`);
    await page.getByRole("button", { name: "Discard…" }).click();
    await page.getByRole("button", { name: "Cancel" }).click();
    expect(await state(page)).toBe("quarantined");
    await page.getByRole("button", { name: "Discard…" }).click();
    await page.locator("dialog input[name=reason]").fill("Exported again");
    await keep(page, "discard-en-phone");
    await page.locator("dialog").getByRole("button", { name: "Discard" }).click();
    await page.getByText("Discarded: Exported again").waitFor();
    await context.close();
  }, 60_000);

  it("shows two images under one UID side by side, and keeps both when the administrator says so", async () => {
    const sopUid = newUid();
    const conflicted = newUid();
    const image = (shade: number, patientName: string) => ({
      name: `${shade}.dcm`,
      bytes: ctInstance({ studyUid: conflicted, sopUid, shade, patientName }),
    });
    await settled(technician, await send(technician, [image(1, "Ouyang^Xue=欧阳^雪")]));
    await settled(technician, await send(technician, [image(2, "Ouyang^Xue=欧阳^学")]));
    const { page, context, faults } = await visit(browser, "desktop", "zh-CN");
    await signInAs(page, "hospital-admin@xinghe-village");
    await open(page, `#study/${conflicted}`);
    const conflict = page.getByTestId("conflict");
    await conflict.waitFor();
    expect(await conflict.getByRole("table").textContent()).toMatch(/患者姓名.*欧阳 雪.*欧阳 学/);
    expect(await accessibilityFaults(page)).toEqual([]);
    await keep(page, "conflict-zh-desktop");
    await conflict.getByLabel(/两份都保留/).check();
    await conflict.getByRole("button", { name: "确认" }).click();
    await eventually("both are archived", 60, async () =>
      (await technician.get(`/v1/studies/${conflicted}`)).body.instances === 2 ? true : undefined,
    );
    expect(faults).toEqual([]);
    await context.close();
  }, 120_000);
});
