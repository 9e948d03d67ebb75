/** A township's CT study, the county's doctors who read it, and everything stored in memory: for reports, links, consults. */
import type { Grant } from "../../shared/access/grant.ts";
import { type KeyState, keyState } from "../../shared/access/key-state.ts";
import type { Principal } from "../../shared/access/principal.ts";
import type { HospitalItem, InstanceItem, SeriesItem, StudyItem } from "../../shared/catalog/items.ts";
import { keys, type StudyKey } from "../../shared/catalog/keys.ts";
import { objectKeys } from "../../shared/object-keys.ts";
import type { ReportContent } from "../../shared/report/content.ts";
import { hex, sha256 } from "../../shared/report/verify-signature.ts";
import { testGrant } from "./grant.ts";
import { type FixedClock, fixedClock } from "./memory/clock.ts";
import { type MemoryKeys, memoryKeys } from "./memory/keys.ts";
import { type MemoryObjects, memoryObjects } from "./memory/objects.ts";
import { type MemoryTable, memoryTable } from "./memory/table.ts";
import { testRegion, user } from "./principals.ts";

export const study: StudyKey = { region: testRegion, hospital: "town", studyUid: "1.2.840.1.77" };
export const seriesUid = "1.2.840.1.77.1";
const sopUid = (number: number): string => `${seriesUid}.${number}`;

export const content: ReportContent = {
  language: "zh-CN",
  findings: "左侧基底节区见片状高密度影，约 3 ml。",
  impression: "左侧基底节区脑出血。",
  critical: true,
};

export const people = {
  townRadiologist: user("radiologist", "town", { id: "user:li", name: "李医生" }),
  townPhysician: user("physician", "town"),
  countyRadiologist: user("radiologist", "county", { id: "user:wang", name: "王医生" }),
  strangerRadiologist: user("radiologist", "elsewhere"),
};

export interface ReadingRoom {
  readonly table: MemoryTable;
  readonly objects: MemoryObjects;
  readonly keys: MemoryKeys;
  readonly keyState: KeyState;
  readonly clock: FixedClock;
  readonly keyArn: string;
  readonly signingKeyArn: string;
  /** A request about the study, as a `study`, `report` or `consult` route would be narrowed to it. */
  reading(principal: Principal, action?: string): Grant;
  /** A request about everything of the principal's own hospital. */
  atHospital(principal: Principal, action?: string): Grant;
  /** Another image of the study arrives. */
  receive(number: number, bytes?: string): Promise<void>;
}

export async function readingRoom(images = 3): Promise<ReadingRoom> {
  const clock = fixedClock();
  const [table, objects, keyService] = [memoryTable(), memoryObjects({ clock }), memoryKeys()];
  const keyArn = await keyService.createGroupKey("county-group");
  const stores = { table, objects, clock };
  const room: ReadingRoom = {
    ...stores,
    keys: keyService,
    keyState: keyState(keyService, clock),
    keyArn,
    signingKeyArn: keyService.createSigningKey(),
    reading: (principal, action = "test") => testGrant({ principal, action, study, ...stores }),
    atHospital: (principal, action = "test") => testGrant({ principal, action, ...stores }),
    receive: (number, bytes = `image ${number}`) => receive(room, number, bytes),
  };
  await table.write([{ op: "put", item: studyItem(keyArn) }]);
  await table.write([{ op: "put", item: seriesItem() }]);
  for (const hospital of ["town", "county"])
    await table.write([{ op: "put", item: hospitalItem(hospital, keyArn) }]);
  for (let number = 1; number <= images; number += 1) await room.receive(number);
  return room;
}

async function receive(
  { table, objects, clock, keyArn }: ReadingRoom,
  number: number,
  text: string,
): Promise<void> {
  const bytes = new TextEncoder().encode(text);
  const digest = hex(sha256(bytes));
  const key = { ...study, seriesUid, sopUid: sopUid(number) };
  const item: InstanceItem = {
    ...keys.instance(key),
    type: "instance",
    ...key,
    attributes: {},
    sha256: digest,
    size: bytes.byteLength,
    transferSyntaxUid: "1.2.840.10008.1.2.1",
    sopClassUid: "1.2.840.10008.5.1.4.1.1.2",
    instanceNumber: number,
    keyArn,
    uploadId: "01JNQZ3K0000000000000000UP",
    fileId: String(number),
    priority: "routine",
    indexedAt: clock.now().toISOString(),
    thumbnail: "ready",
  };
  await table.write([{ op: "put", item }]);
  const ref = { bucket: "archive", key: objectKeys.original(key, digest) } as const;
  await objects.put(ref, bytes, { contentType: "application/dicom", kmsKeyId: keyArn });
}

function studyItem(keyArn: string): StudyItem {
  return {
    ...keys.study(study),
    type: "study",
    ...study,
    attributes: {
      "00080020": { vr: "DA", Value: ["20270301"] },
      "00081030": { vr: "LO", Value: ["头颅CT平扫"] },
      "00100010": { vr: "PN", Value: [{ Alphabetic: "Shan^Xiong", Ideographic: "单^雄" }] },
      "00100020": { vr: "LO", Value: ["P-17"] },
      "00100040": { vr: "CS", Value: ["M"] },
      "00101010": { vr: "AS", Value: ["064Y"] },
    },
    patientId: "P-17",
    studyDate: "20270301",
    keyArn,
    createdAt: "2027-03-01T07:50:00.000Z",
    retainUntil: "2042-03-01T07:50:00.000Z",
  } as StudyItem;
}

function seriesItem(): SeriesItem {
  const key = { ...study, seriesUid };
  return {
    ...keys.series(key),
    type: "series",
    ...key,
    attributes: { "00200011": { vr: "IS", Value: [2] }, "0008103E": { vr: "LO", Value: ["Axial"] } },
    modality: "CT",
    createdAt: "2027-03-01T07:50:00.000Z",
  };
}

function hospitalItem(hospital: string, keyArn: string): HospitalItem {
  const key = { region: testRegion, hospital };
  return {
    ...keys.hospital(key),
    type: "hospital",
    ...key,
    name: hospital === "town" ? "青山镇卫生院" : "县人民医院",
    tier: hospital === "town" ? "township" : "county",
    keyGroup: "county-group",
    keyArn,
    createdAt: "2027-01-01T00:00:00.000Z",
  };
}
