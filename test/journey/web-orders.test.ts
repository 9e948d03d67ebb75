/** A technician who matches a study with its order by hand, in a browser. */
import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import type { Browser } from "playwright-core";
import { launchBrowser } from "../support/browser.ts";
import { eventually, send, settled, signedIn } from "../support/cloud.ts";
import { ctSeries, newUid } from "../support/instances.ts";
import { accessibilityFaults, keep, signInAs, visit } from "../support/web-app.ts";

const technician = signedIn("technician@xinghe-village");
const studyUid = newUid();
const accession = `A${Date.now()}`;
let browser: Browser;
let orderId: string;

const order = {
  resourceType: "ServiceRequest",
  contained: [
    {
      resourceType: "Patient",
      id: "patient",
      identifier: [{ value: `P${Date.now()}` }],
      name: [{ text: "欧阳雪" }],
      gender: "female",
      birthDate: "1961-04-05",
    },
  ],
  identifier: [
    {
      type: { coding: [{ system: "http://terminology.hl7.org/CodeSystem/v2-0203", code: "ACSN" }] },
      value: accession,
    },
  ],
  code: { text: "头颅 CT 平扫" },
  subject: { reference: "#patient" },
};

describe("the page of orders", () => {
  beforeAll(async () => {
    const made = await technician.post("/v1/orders", order, { "idempotency-key": randomUUID() });
    expect(made.status).toBe(201);
    orderId = made.body.id;
    const files = ctSeries(2, { studyUid, patientName: "Ouyang^Xue=欧阳^雪", patientId: `X${Date.now()}` });
    await settled(technician, await send(technician, files));
    await eventually("the study waits for an order", 60, async () => {
      const { body } = await technician.get("/v1/orders/unmatched-studies?limit=200");
      return body.studies.some((study: { studyUid: string }) => study.studyUid === studyUid)
        ? true
        : undefined;
    });
    browser = await launchBrowser();
  }, 150_000);
  afterAll(() => browser?.close());

  it("lists the study no order was found for, finds the order by its accession number, and matches them", async () => {
    const { page, context, faults } = await visit(browser, "phone", "zh-CN");
    await signInAs(page, "technician@xinghe-village");
    await page.getByRole("link", { name: "申请单" }).click();
    const study = page.locator(`[data-study="${studyUid}"]`);
    await study.getByRole("button", { name: "选择申请单" }).click();
    await study.getByRole("searchbox").fill(accession);
    await study.getByRole("button", { name: "查找" }).click();
    const row = study.locator(`[data-order="${orderId}"]`).last();
    await row.waitFor();
    expect(await row.textContent()).toMatch(/欧阳雪.*女.*1961-04-05.*头颅 CT 平扫/);
    expect(await accessibilityFaults(page)).toEqual([]);
    await keep(page, "orders-zh-phone");
    await row.getByRole("button", { name: "匹配此检查" }).click();
    await study.waitFor({ state: "detached" });
    expect((await technician.get(`/v1/orders/${orderId}`)).body.status).toBe("completed");
    expect(faults).toEqual([]);
    await context.close();
  }, 90_000);

  it("lets the administrator show the study under the patient of the order, and take it from the order again", async () => {
    const { page, context } = await visit(browser, "desktop", "en-GB");
    await signInAs(page, "hospital-admin@xinghe-village");
    await page.getByRole("link", { name: "Orders" }).click();
    await page.getByLabel("Status").selectOption("completed");
    const row = page.getByTestId("orders").locator(`[data-order="${orderId}"]`);
    await row.getByRole("button", { name: "Show the patient of the order" }).click();
    await row.getByRole("button", { name: "Show the patient of the images" }).waitFor();
    await keep(page, "orders-en-desktop");
    expect(await row.getByRole("button", { name: "Take the study from the order" }).count()).toBe(0);
    await row.getByRole("button", { name: "Show the patient of the images" }).click();
    await row.getByRole("button", { name: "Take the study from the order" }).click();
    await row.waitFor({ state: "detached" });
    await page.locator(`[data-study="${studyUid}"]`).waitFor();
    await context.close();
  }, 90_000);
});
