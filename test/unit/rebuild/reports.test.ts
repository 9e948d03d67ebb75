import { describe, expect, it } from "@jest/globals";
import { eventOf } from "../../../shared/catalog/events-of-change.ts";
import { keys } from "../../../shared/catalog/keys.ts";
import { requestRebuild } from "../../../shared/derive/request-rebuild.ts";
import type { Item } from "../../../shared/ports.ts";
import type { RebuildMessage } from "../../../shared/rebuild/rebuild-message.ts";
import { amendReport } from "../../../shared/report/amend-report.ts";
import { draftReport } from "../../../shared/report/draft-report.ts";
import { getReport } from "../../../shared/report/get-report.ts";
import { quoted } from "../../../shared/report/if-match.ts";
import { listReports } from "../../../shared/report/list-reports.ts";
import { listVersions } from "../../../shared/report/list-versions.ts";
import { signReport } from "../../../shared/report/sign-report.ts";
import { updateDraft } from "../../../shared/report/update-draft.ts";
import { verifyReport } from "../../../shared/report/verify-report.ts";
import { admin, lose, loseTable, rebuild, work } from "../../support/rebuild.ts";
import { sliceFile } from "../../support/slices.ts";
import { type WorkingHospital, workingHospital } from "../../support/working-hospital.ts";

const studyUid = "1.2.1";
const content = { language: "zh-CN", findings: "两肺清晰。", impression: "右肺结节。", critical: true };

async function hospital(): Promise<WorkingHospital> {
  const here = await workingHospital();
  await here.receive([sliceFile({ studyUid, seriesUid: "1.2.1.1", sopUid: "1.2.1.1.1" })]);
  return here;
}

/** A report signed, amended, and signed again. */
async function amended(here: WorkingHospital): Promise<string> {
  const reportId = await here.report(studyUid);
  here.clock.advance(60_000);
  await sign(here, reportId, await amend(here, reportId));
  return reportId;
}

async function amend(here: WorkingHospital, reportId: string): Promise<string> {
  const { grant, deps } = here.doctor(studyUid);
  const { etag } = await amendReport(grant, deps, { reportId, ifMatch: undefined, reason: "复查" });
  const saved = await updateDraft(grant, deps, { reportId, ifMatch: quoted(etag), content });
  await here.settle();
  return saved.etag;
}

async function sign(here: WorkingHospital, reportId: string, etag: string): Promise<void> {
  const { grant, deps } = here.doctor(studyUid);
  await signReport(grant, deps, { reportId, ifMatch: quoted(etag) });
  await here.settle();
}

/** Everything about a report that a doctor sees, but for when an item was written. */
async function seen(here: WorkingHospital, reportId: string): Promise<unknown> {
  const { grant, deps } = here.doctor(studyUid);
  const versions = await listVersions(grant, { reportId });
  const read = [];
  for (const { version } of versions) {
    const { report } = await getReport(grant, deps, { reportId, version });
    const { verdict, chain } = await verifyReport(grant, deps, { reportId, version, originals: true });
    read.push({ ...report, createdAt: "", updatedAt: "", verdict, chain });
  }
  const listed = (await listReports(grant)).map((one) => ({ ...one, createdAt: "" }));
  return { listed, read };
}

describe("signed reports of a catalog that was lost", () => {
  it("are made again as they were signed, chained and verifiable, and the ledger balances", async () => {
    const here = await hospital();
    const reportId = await amended(here);
    const before = await seen(here, reportId);
    expect(before).toMatchObject({ read: [{ verdict: "valid" }, { verdict: "valid", chain: "valid" }] });
    await loseTable(here);
    here.clock.advance(24 * 60 * 60 * 1000);
    await rebuild(here);
    expect(await seen(here, reportId)).toEqual(before);
    expect((await here.audit()).violations).toEqual([]);
    const again = await amend(here, reportId);
    await sign(here, reportId, again);
    expect(await seen(here, reportId)).toMatchObject({ listed: [{ version: 3, signedVersion: 3 }] });
  });

  it("are told of to nobody, and recorded", async () => {
    const here = await hospital();
    await amended(here);
    await loseTable(here);
    await requestRebuild(admin(here, "rebuild"), here.queue, { catalog: true });
    here.stream.drain();
    for (const message of here.queue.drain("rebuild") as RebuildMessage[])
      expect(await work(here, message)).toMatchObject({ restored: 1, reports: 2 });
    const told = here.stream.drain().map((change) => eventOf(change)?.type);
    expect(told).not.toContain("ReportSigned.v1");
    const records = here.table.items("audit").filter(({ action }) => action === "restoreReport");
    expect(records.map(({ detail }) => detail).toSorted()).toEqual(["version 1", "version 2"]);
  });

  it("are not made of a signing that got no further, and which nobody was shown", async () => {
    const here = await hospital();
    const { grant, deps } = here.doctor(studyUid);
    const reportId = "01JNQZ3K0000000000000000RP";
    const { etag } = await draftReport(grant, deps, { reportId, content });
    here.table.before(({ operation }) => {
      if (operation === "write") throw new Error("the function died here");
    });
    await expect(signReport(grant, deps, { reportId, ifMatch: quoted(etag) })).rejects.toThrow("died");
    here.table.before(undefined);
    expect(here.objects.keys("archive").filter((key) => key.startsWith("report/"))).toHaveLength(1);
    here.clock.advance(24 * 60 * 60 * 1000);
    expect((await here.audit()).violations).toEqual([]);
    await loseTable(here);
    await rebuild(here);
    expect(here.table.items().filter(({ type }) => type === "report")).toEqual([]);
  });

  it("are counted as unreadable where a document is not what its key says", async () => {
    const here = await hospital();
    await here.report(studyUid);
    const key = here.objects.keys("archive").find((one) => one.startsWith("report/")) as string;
    const { metadata, kmsKeyId } = (await here.objects.head({ bucket: "archive", key })) ?? {};
    const other = key.replace(/[0-9a-f]{64}/, "a".repeat(64));
    const options = { contentType: "application/octet-stream", metadata, kmsKeyId };
    const ref = { bucket: "archive", key: other } as const;
    await here.objects.put(ref, await here.objects.read({ bucket: "archive", key }), options as never);
    await here.objects.tag(ref, { "mic-state": "issued" });
    here.clock.advance(24 * 60 * 60 * 1000);
    expect((await here.audit()).violations).toMatchObject([
      { check: "reports-kept", sha256: "a".repeat(64) },
    ]);
    await here.objects.delete({ bucket: "archive", key });
    await loseTable(here);
    await requestRebuild(admin(here, "rebuild"), here.queue, { catalog: true });
    const [message] = here.queue.drain("rebuild") as [RebuildMessage];
    expect(await work(here, message)).toMatchObject({ restored: 1, reports: 0, unreadable: 1 });
  });
});

describe("signed reports of a catalog that was lost in part", () => {
  const damages: Record<string, (item: Item) => boolean> = {
    "the head": ({ type }) => type === "report",
    "the pointer": ({ type }) => type === "report-pointer",
    "the first version": ({ type, version }) => type === "report-version" && version === 1,
    "the newest version": ({ type, version }) => type === "report-version" && version === 2,
    "all but the first version": ({ type, version }) =>
      type === "report" || type === "report-pointer" || (type === "report-version" && version === 2),
  };
  it.each(Object.entries(damages))("are whole again: %s", async (_, which) => {
    const here = await hospital();
    const reportId = await amended(here);
    const before = await seen(here, reportId);
    await lose(here, which);
    await rebuild(here);
    expect(await seen(here, reportId)).toEqual(before);
  });

  it("stand again where the table is of a moment before they were signed", async () => {
    const here = await hospital();
    const reportId = await here.report(studyUid);
    const etag = await amend(here, reportId);
    const draft = here.table.items().filter(({ type }) => `${type}`.startsWith("report"));
    await sign(here, reportId, etag);
    const after = await seen(here, reportId);
    for (const item of draft) await here.table.write([{ op: "put", item }]);
    await rebuild(here);
    expect(await seen(here, reportId)).toEqual(after);
  });

  it("keep an amendment that is being written", async () => {
    const here = await hospital();
    const reportId = await here.report(studyUid);
    const etag = await amend(here, reportId);
    await lose(here, ({ type, version }) => type === "report-version" && version === 1);
    await lose(here, ({ type }) => type === "report-pointer");
    await rebuild(here);
    const head = await here.table.get(keys.report(reportId));
    expect(head).toMatchObject({ status: "amending", version: 2, signedVersion: 1 });
    await sign(here, reportId, etag);
    expect(await seen(here, reportId)).toMatchObject({
      read: [{ verdict: "valid" }, { verdict: "valid", chain: "valid" }],
    });
  });
});
