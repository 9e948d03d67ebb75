import { describe, expect, it } from "@jest/globals";
import { keys, orderPartitions, searchPartitions } from "../../../shared/catalog/keys.ts";
import { itemTypes } from "../../../shared/contract/events.ts";
import { objectKeys } from "../../../shared/object-keys.ts";
import type { Key } from "../../../shared/ports.ts";
import { read } from "./pages.ts";

const page = read("docs/data-layout.md");

const hospital = { region: "{region}", hospital: "{hospital}" };
const study = { ...hospital, studyUid: "{study}" };
const series = { ...study, seriesUid: "{series}" };
const instance = { ...series, sopUid: "{sop}" };

/** Every key of the catalog with the page's own placeholders. */
const written = {
  hospital: keys.hospital(hospital),
  keyGroup: keys.keyGroup("{region}", "{group}"),
  study: keys.study(study),
  series: keys.series(series),
  instance: keys.instance(instance),
  studyCounter: keys.studyCounter(study, 0),
  seriesCounter: keys.seriesCounter(series, 0),
  expectation: keys.expectation(study, "{upload}"),
  conflict: keys.conflict(study, "{sop}", "{sha256}"),
  finding: keys.finding(study, "{source}", "{code}", "{of}"),
  reportPointer: keys.reportPointer(study, "{report}"),
  consultPointer: keys.consultPointer(study, "{to}", "{consult}"),
  claim: keys.claim(hospital, "{sop}"),
  open: keys.open(study, 0),
  upload: keys.upload(hospital, "{upload}"),
  uploadFile: keys.uploadFile(hospital, "{upload}", "{file}"),
  uploadCounter: keys.uploadCounter(hospital, "{upload}", 0),
  uploadRequest: keys.uploadRequest(hospital, "{upload}", "{request}"),
  uploadStudy: keys.uploadStudy(hospital, "{upload}", "{study}"),
  quarantined: keys.quarantined(hospital, "{upload}", "{file}"),
  uploadList: keys.uploadList(hospital, "{upload}"),
  report: keys.report("{report}"),
  reportVersion: keys.reportVersion("{report}", 0),
  share: keys.share("{share}"),
  shareAccess: keys.shareAccess("{share}", "{time}", "{id}"),
  shareList: keys.shareList(hospital, "{share}"),
  shareToken: keys.shareToken("{sha256}"),
  shareSession: keys.shareSession("{sha256}"),
  order: keys.order(hospital, "{order}"),
  orderStudy: keys.orderStudy(study, "{order}"),
  orderUse: keys.orderUse(hospital),
  unmatchedStudy: keys.unmatchedStudy(study, "{seen}"),
  consult: keys.consult("{consult}"),
  worklist: keys.worklist(hospital, "stat", "{consult}"),
  worklistDone: keys.worklistDone(hospital, "{consult}"),
  studyAccess: keys.studyAccess("{grantee}", study),
  idempotency: keys.idempotency("{sha256 of the principal}", "{sha256 of the client's key}"),
  audit: keys.audit(hospital, "{yyyy-mm-dd}", 0, "{record}"),
} satisfies Record<keyof typeof keys, Key>;

const partitions = {
  months: searchPartitions.months(hospital),
  month: searchPartitions.month(hospital, "{yyyymm}"),
  modalityMonth: searchPartitions.modalityMonth(hospital, "{modality}", "{yyyymm}"),
  patientId: searchPartitions.patientId(hospital, "{id}"),
  accession: searchPartitions.accession(hospital, "{number}"),
  name: searchPartitions.name(hospital, "{first character}"),
} satisfies Record<keyof typeof searchPartitions, string>;

const ordersFound = {
  status: orderPartitions.status(hospital, "{status}"),
  accession: orderPartitions.accession(hospital, "{number}"),
  patientId: orderPartitions.patientId(hospital, "{id}"),
} satisfies Record<keyof typeof orderPartitions, string>;

const objects = {
  landing: objectKeys.landing({
    priority: "{routine,stat}" as "routine",
    hospital: "{hospital}",
    uploadId: "{upload}",
    fileId: "{file}",
  }),
  converted: objectKeys.converted(
    { priority: "routine", hospital: "{hospital}", uploadId: "{upload}", fileId: "{file}" },
    "{identity}",
  ),
  source: objectKeys.source(instance, "{sha256}", "jpg").replace(/jpg$/, "{jpg,png}"),
  original: objectKeys.original(instance, "{sha256}"),
  metadata: objectKeys.metadata(instance, "{sha256}"),
  thumbnail: objectKeys.thumbnail(instance, "{sha256}"),
  frame: objectKeys.frame(instance, "{sha256}", 7).replace(/7$/, "{n}"),
  wrapped: objectKeys.wrapped(instance, "{sha256}"),
  wrappedFrames: objectKeys.wrappedFrames(instance, "{sha256}", "{sha256 of the list}"),
  signedReport: objectKeys.signedReport(study, "{report}", 7, "{sha256}").replace("/7/", "/{version}/"),
  signedReports: objectKeys.signedReports(study),
  characterSet: objectKeys.characterSet(study),
  quarantine: objectKeys.quarantine(hospital, "{upload}", "{file}"),
  corrected: objectKeys.corrected(hospital, "{upload}", "{file}", "{sha256}"),
  uncorrected: objectKeys.uncorrected(instance, "{sha256}", "{sha256 it was made of}"),
  conflict: objectKeys.conflict(instance, "{sha256}"),
} satisfies Record<keyof typeof objectKeys, string>;

/** As the page abbreviates: `T` for a hospital's part of a key, the shard and version by their digits. */
const abbreviated = (key: string): string =>
  key
    .replace("{region}#{hospital}", "T")
    .replace(/#00$/, "#{nn}")
    .replace("VERSION#000000", "VERSION#{nnnnnn}")
    .replace("OPEN#0#", "OPEN#{0 stat, 1 routine}#");
/** Keys below an instance may be written with its beginning left out. */
const shortened = (key: string): string =>
  key.replace("{region}/{hospital}/{study}/{series}/{sop}", "{…}/{sop}");

describe("the page on the data layout", () => {
  it.each(Object.entries(written))("says where the item %s lies", (_, { pk, sk }) => {
    expect(page).toContain(abbreviated(pk));
    expect(page).toContain(`\`${abbreviated(sk)}\``);
  });

  it.each(Object.entries(ordersFound))("says how orders are found by %s", (_, pk) =>
    expect(page).toContain(`\`${abbreviated(pk)}\``),
  );

  it.each(Object.entries(partitions))("says how a search by %s finds studies", (_, pk) =>
    expect(page).toContain(`\`${abbreviated(pk)}\``),
  );

  it.each(Object.entries(objects))("says where the object %s lies", (_, key) =>
    expect(page.includes(key) || page.includes(shortened(key))).toBe(true),
  );

  it.each(itemTypes)("names the type %s", (type) => expect(page).toContain(`\`${type}\``));
});
