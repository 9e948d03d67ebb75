import type { Grant } from "../access/grant.ts";
import type { KeyState } from "../access/key-state.ts";
import type { DicomJson, HospitalItem, InstanceItem, SeriesItem, StudyItem } from "../catalog/items.ts";
import { keys, prefixes, type StudyKey, studyPartition } from "../catalog/keys.ts";
import { queryAll } from "../catalog/query-all.ts";
import { Problem } from "../errors.ts";
import type { Clock, KeyService } from "../ports.ts";
import type { ShareItem, SharePermission } from "./items.ts";
import { linkState } from "./link-state.ts";
import { type SharedSeries, sharedSeries } from "./shared-series.ts";
import { readSignedReports, type SharedReport } from "./signed-reports.ts";

export interface OpenedShare {
  readonly shareId: string;
  readonly permission: SharePermission;
  /** When the link itself closes. */
  readonly expiresAt: string;
  readonly study: {
    readonly studyUid: string;
    readonly hospital: { readonly id: string; readonly name: string };
    readonly patient: {
      /** The forms of PS3.5 §6.2.1. */
      readonly name: {
        readonly alphabetic?: string;
        readonly ideographic?: string;
        readonly phonetic?: string;
      };
      readonly sex?: string;
      readonly age?: string;
      readonly birthDate?: string;
    };
    /** DICOM DA and TM, as they stand in the file. */
    readonly date?: string;
    readonly time?: string;
    readonly description?: string;
    readonly modalities: readonly string[];
  };
  /** Empty for a link to a report alone. */
  readonly series: readonly SharedSeries[];
  readonly reports: readonly SharedReport[];
}

export interface ReadDeps {
  readonly keys: KeyService;
  readonly keyState: KeyState;
  readonly clock: Clock;
}

/** Everything the share page shows, for whoever holds an access token of an open link. Throws KeyUnavailable. */
export async function readOpenedShare(grant: Grant, deps: ReadDeps): Promise<OpenedShare> {
  const share = await openedShare(grant, deps.clock.now());
  const study: StudyKey = { region: share.region, hospital: share.hospital, studyUid: share.studyUid };
  const [item, hospital, series, reports] = await Promise.all([
    grant.table.get(keys.study(study)) as Promise<StudyItem | undefined>,
    grant.table.get(keys.hospital(study)) as Promise<HospitalItem | undefined>,
    share.reportId === undefined ? readSeries(grant, study) : [],
    readSignedReports(grant.table, deps.keys, study, share.reportId),
  ]);
  if (!item) throw new Problem("link-closed", "The study of this link is no longer here.");
  await deps.keyState.requireEnabled(item.keyArn);
  await grant.audit({ hospital: study, studyUid: study.studyUid, shareId: share.shareId });
  return {
    shareId: share.shareId,
    permission: share.permission,
    expiresAt: share.expiresAt,
    study: header(item, hospital, series),
    series,
    reports,
  };
}

async function openedShare(grant: Grant, now: Date): Promise<ShareItem> {
  const { principal } = grant.caller;
  const shareId = principal.kind === "share" ? principal.id.replace(/^share:/, "") : undefined;
  if (shareId === undefined) throw new Problem("forbidden", "This is for whoever opened a link.");
  const share = (await grant.table.get(keys.share(shareId), { consistent: true })) as ShareItem | undefined;
  const state = share && linkState(share, now);
  // Used up or locked concerns new openings; this one has been counted.
  if (!share || state === "revoked" || state === "expired") {
    throw new Problem("link-closed", "This link has been closed since you opened it.");
  }
  return share;
}

async function readSeries({ table }: Grant, study: StudyKey): Promise<readonly SharedSeries[]> {
  const pk = studyPartition(study);
  const [series, instances] = await Promise.all([
    queryAll(table, { pk, prefix: prefixes.series }),
    queryAll(table, { pk, prefix: prefixes.instances() }),
  ]);
  return sharedSeries(series as readonly SeriesItem[], instances as readonly InstanceItem[]);
}

function header(
  item: StudyItem,
  hospital: HospitalItem | undefined,
  series: readonly SharedSeries[],
): OpenedShare["study"] {
  const { attributes } = item;
  const modalities = [...new Set(series.flatMap(({ modality }) => modality ?? []))];
  return {
    studyUid: item.studyUid,
    hospital: { id: item.hospital, name: hospital?.name ?? item.hospital },
    patient: {
      name: nameForms(attributes),
      ...optional("sex", attributes, "00100040"),
      ...optional("age", attributes, "00101010"),
      ...optional("birthDate", attributes, "00100030"),
    },
    ...optional("date", attributes, "00080020"),
    ...optional("time", attributes, "00080030"),
    ...optional("description", attributes, "00081030"),
    modalities: modalities.length > 0 ? modalities : [...(item.modalities ?? [])],
  };
}

function optional<Name extends string>(
  name: Name,
  attributes: DicomJson,
  tag: string,
): { [N in Name]?: string } {
  const value = attributes[tag]?.Value?.[0];
  return (typeof value === "string" && value !== "" ? { [name]: value } : {}) as { [N in Name]?: string };
}

/** PS3.18 Annex F.2.2: a PN value is an object of its component groups. */
function nameForms(attributes: DicomJson): OpenedShare["study"]["patient"]["name"] {
  const name = attributes["00100010"]?.Value?.[0] as
    | { readonly Alphabetic?: string; readonly Ideographic?: string; readonly Phonetic?: string }
    | undefined;
  return {
    ...(name?.Alphabetic && { alphabetic: name.Alphabetic }),
    ...(name?.Ideographic && { ideographic: name.Ideographic }),
    ...(name?.Phonetic && { phonetic: name.Phonetic }),
  };
}
