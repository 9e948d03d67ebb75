/** A village's study, referred to the county and shared by link; the city has nothing to do with it. */

import { keys } from "../../shared/catalog/keys.ts";
import type { Item } from "../../shared/ports.ts";
import { type MemoryTable, memoryTable } from "./memory/table.ts";
import { testRegion } from "./principals.ts";

export const village = { region: testRegion, hospital: "village-1" };
export const county = { region: testRegion, hospital: "county-1" };
export const city = { region: testRegion, hospital: "city-1" };
export const study = { ...village, studyUid: "1.2.3" };
export const ids = {
  ...study,
  seriesUid: "1.2.3.4",
  sopUid: "1.2.3.4.5",
  frame: "1",
  uploadId: "01JUPLOAD00000000000000000",
  fileId: "0",
  reportId: "01JREPORT00000000000000000",
  shareId: "01JSHARE000000000000000000",
  orderId: "01J0RDER000000000000000000",
  consultId: "01JCONSVLT0000000000000000",
} as const;

const access = (grantee: string, permissions: readonly string[]): Item => ({
  ...keys.studyAccess(grantee, study),
  type: "study-access",
  ...study,
  grantee,
  because: "test",
  permissions,
});

const networkItems: readonly Item[] = [
  { ...keys.study(study), type: "study", ...study },
  { ...keys.report(ids.reportId), type: "report", ...study, reportId: ids.reportId },
  {
    ...keys.share(ids.shareId),
    type: "share",
    ...study,
    shareId: ids.shareId,
    expiresAt: "2027-03-02T08:00:00.000Z",
  },
  access(`share-${ids.shareId}`, ["view"]),
  {
    ...keys.consult(ids.consultId),
    type: "consult",
    ...study,
    consultId: ids.consultId,
    toHospital: county.hospital,
  },
  access(`consult-${ids.consultId}`, ["view", "report"]),
  access(`hospital-${county.hospital}`, ["view", "report"]),
];

export async function networkTable(): Promise<MemoryTable> {
  const table = memoryTable();
  await table.write(networkItems.map((item) => ({ op: "put", item })));
  return table;
}
