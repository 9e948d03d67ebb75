/** Finding a report for somebody: within the study the request was narrowed to, and drafts only for their own hospital. */
import type { Grant } from "../access/grant.ts";
import type { StudyItem } from "../catalog/items.ts";
import { keys, type StudyKey } from "../catalog/keys.ts";
import { Problem } from "../errors.ts";
import type { Clock, KeyService } from "../ports.ts";
import type { ReportContent } from "./content.ts";
import { type Place, unseal, unwrap } from "./envelope.ts";
import type { Author, ReportItem, ReportVersionItem } from "./items.ts";

export interface ReportDeps {
  readonly keys: KeyService;
  readonly clock: Clock;
}

const unknown = () => new Problem("not-found", "There is no such report, or it is not yours to see.");

/** The study a `study` or `report` route was narrowed to. */
export function studyOf(grant: Grant): StudyKey {
  if (!grant.study) throw new TypeError(`${grant.action} ran without a study`);
  const { region, hospital, studyUid } = grant.study;
  return { region, hospital, studyUid };
}

export async function loadStudy(
  grant: Grant,
  options: { readonly consistent?: boolean } = {},
): Promise<StudyItem> {
  const study = (await grant.table.get(keys.study(studyOf(grant)), options)) as StudyItem | undefined;
  if (!study) throw new Problem("not-found", "There is no such study.");
  return study;
}

/** The person and hospital a report is written for. */
export function authorOf(grant: Grant): Author {
  const { id, name } = grant.caller.principal;
  if (!grant.hospital)
    throw new Problem("forbidden", "A report is written for a hospital; yours is not known.");
  return { id, name, hospital: grant.hospital.hospital };
}

/** Whether the caller acts for the hospital that writes this report. Everybody else sees signed versions only. */
export function isOwn(grant: Grant, hospital: string): boolean {
  return grant.caller.principal.kind !== "share" && grant.hospital?.hospital === hospital;
}

export async function loadHead(grant: Grant, reportId: string): Promise<ReportItem> {
  const study = studyOf(grant);
  const head = (await grant.table.get(keys.report(reportId), { consistent: true })) as ReportItem | undefined;
  const inStudy =
    head?.region === study.region && head.hospital === study.hospital && head.studyUid === study.studyUid;
  if (!head || !inStudy) throw unknown();
  if (!isOwn(grant, head.author.hospital) && head.signedVersion === undefined) throw unknown();
  return head;
}

/** For changes: only the hospital whose report it is. */
export async function loadOwnHead(grant: Grant, reportId: string): Promise<ReportItem> {
  const head = await loadHead(grant, reportId);
  if (!isOwn(grant, head.author.hospital)) {
    throw new Problem("forbidden", "This report belongs to another hospital. Write one of your own instead.");
  }
  return head;
}

/** `version`: without it, the newest the caller may see. */
export async function loadVersion(
  grant: Grant,
  head: ReportItem,
  version: number | undefined,
): Promise<ReportVersionItem> {
  const own = isOwn(grant, head.author.hospital);
  const wanted = version ?? (own ? head.version : (head.signedVersion ?? head.version));
  const item = (await grant.table.get(keys.reportVersion(head.reportId, wanted), { consistent: true })) as
    | ReportVersionItem
    | undefined;
  if (!item || !(own || item.status === "signed")) throw unknown();
  return item;
}

export function place(item: StudyKey & { reportId: string; version: number }, part: Place["part"]): Place {
  const { region, hospital, studyUid, reportId, version } = item;
  return { region, hospital, studyUid, reportId, version, part };
}

/** Throws KeyUnavailable when the study's hospital has disabled its key. */
export async function readContent(keyService: KeyService, item: ReportVersionItem): Promise<ReportContent> {
  const dataKey = await unwrap(keyService, item);
  return decodeContent(unseal(dataKey, place(item, "content"), item.content));
}

export const encodeContent = (content: ReportContent): Uint8Array =>
  new TextEncoder().encode(JSON.stringify(content));
export const decodeContent = (bytes: Uint8Array): ReportContent =>
  JSON.parse(new TextDecoder().decode(bytes)) as ReportContent;
