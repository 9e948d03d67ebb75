/** The small network every local cloud starts with: a village that scans, a county that reads, a city above both. */
import type { Role } from "../shared/access/principal.ts";

export interface SeedHospital {
  readonly id: string;
  readonly name: string;
  readonly tier: "village" | "county" | "city";
  /** Hospitals of one county share an encryption key: one key a village costs more than its images. */
  readonly keyGroup: string;
}

export const seedHospitals: readonly SeedHospital[] = [
  { id: "xinghe-village", name: "星河村卫生室", tier: "village", keyGroup: "qinghe" },
  { id: "qinghe-county", name: "清河县人民医院", tier: "county", keyGroup: "qinghe" },
  { id: "linjiang-city", name: "临江市中心医院", tier: "city", keyGroup: "linjiang" },
];

export interface SeedUser {
  readonly username: string;
  readonly name: string;
  readonly role: Role;
  /** Absent for those who work for the whole network. */
  readonly hospital?: string;
  /** A doctor's licence number: what a signed report names. */
  readonly licence?: string;
}

export const seedUsers: readonly SeedUser[] = [
  staff("technician", "xinghe-village", "李梅"),
  staff("physician", "xinghe-village", "赵国栋", "110330000001021"),
  staff("hospital-admin", "xinghe-village", "孙秀英"),
  staff("technician", "qinghe-county", "周敏"),
  staff("physician", "qinghe-county", "吴建华", "110330000002034"),
  staff("radiologist", "qinghe-county", "王强", "110330000002047"),
  staff("hospital-admin", "qinghe-county", "郑丽"),
  staff("auditor", "qinghe-county", "冯静"),
  staff("physician", "linjiang-city", "陈晓东", "110330000003058"),
  staff("radiologist", "linjiang-city", "单雄信", "110330000003061"),
  staff("hospital-admin", "linjiang-city", "韩雪"),
  { username: "network-operator@network", name: "沈毅", role: "network-operator" },
  { username: "auditor@network", name: "何明", role: "auditor" },
];

function staff(role: Role, hospital: string, name: string, licence?: string): SeedUser {
  const user = { username: `${role}@${hospital}`, name, role, hospital };
  return licence === undefined ? user : { ...user, licence };
}
