/** The steps of the main job after the upload, each a few requests a person's program would make. */
import { setTimeout as sleep } from "node:timers/promises";
import type * as z from "zod/mini";
import type { consultSchemas } from "../shared/contract/schemas/consult.ts";
import type { reportSchemas } from "../shared/contract/schemas/report.ts";
import type { shareSchemas } from "../shared/contract/schemas/share.ts";
import { type Call, caller } from "./api.ts";
import { type Detail, StepProblem } from "./progress.ts";

type Consult = z.infer<typeof consultSchemas.createConsult.reply>;
type Dataset = Readonly<Record<string, { readonly Value?: readonly unknown[] }>>;

const patienceMs = 120_000;
const studyUidTag = "0020000D";
const seriesUidTag = "0020000E";
const sopUidTag = "00080018";
const patientNameTag = "00100010";

export interface Thumbnails {
  readonly ready: number;
  readonly total: number;
}

/** Until each instance has a thumbnail, or says why it has none (a report has no pixels; a syntax may be pending). */
export async function awaitThumbnails(
  call: Call,
  hospital: string,
  studyUid: string,
  detail: Detail,
): Promise<Thumbnails> {
  const root = `/dicomweb/hospital-${hospital}/studies/${studyUid}`;
  const { body } = await call<Dataset[] | undefined>("GET", `${root}/instances?limit=1000`);
  let open = (body ?? []).map(
    (one) => `${root}/series/${text(one, seriesUidTag)}/instances/${text(one, sopUidTag)}/thumbnail`,
  );
  const total = open.length;
  let ready = 0;
  for (const until = Date.now() + patienceMs; open.length > 0; ) {
    const waiting: string[] = [];
    for (const path of open) {
      const state = await thumbnailState(call, path);
      if (state === "ready") ready += 1;
      if (state === "being made") waiting.push(path);
      detail(`${ready} of ${total}`);
    }
    open = waiting;
    if (open.length > 0 && Date.now() > until)
      throw new StepProblem(`${open.length} thumbnails were not made in two minutes.`);
    if (open.length > 0) await sleep(300);
  }
  return { ready, total };
}

async function thumbnailState(call: Call, path: string): Promise<string> {
  const { status, body } = await call<{ thumbnail?: string } | undefined>("GET", path, {
    accept: [307, 404],
  });
  return status === 307 ? "ready" : (body?.thumbnail ?? "none");
}

/** The consult opens the study to the other hospital. */
export async function refer(call: Call, studyUid: string, toHospital: string): Promise<Consult> {
  const question = "请协助阅片。 Please read these images.";
  const body = { studyUid, toHospital, priority: "stat", question };
  return (await call<Consult>("POST", "/v1/consults", { body })).body;
}

export interface Reading {
  readonly consult: Consult;
  /** The synthetic head CT; anything else is a person's own and gets no made-up findings. */
  readonly sample: boolean;
}

/** Finds the study on the worklist and by the patient's name, drafts a report and signs it. */
export async function readAndSign(
  call: Call,
  { consult, sample }: Reading,
): Promise<{ readonly evidence: number; readonly patient?: string }> {
  const { body: list } = await call<{ consults: readonly Consult[] }>("GET", "/v1/worklist");
  if (!list.consults.some(({ consultId }) => consultId === consult.consultId))
    throw new StepProblem("The consult is not on the county hospital's worklist.");
  const patient = await findByName(call, consult);
  type Saved = z.infer<typeof reportSchemas.createReport.reply>;
  const path = `/v1/studies/${consult.studyUid}/reports`;
  const draft = await call<Saved>("POST", path, { body: sample ? sampleReport : demonstrationReport });
  type Signed = z.infer<typeof reportSchemas.signReport.reply>;
  const signed = await call<Signed>("POST", `/v1/reports/${draft.body.reportId}/sign`, {
    body: {},
    headers: { "if-match": draft.headers.get("etag") ?? draft.body.etag },
  });
  return { evidence: signed.body.signature.evidence, ...(patient && { patient }) };
}

/** QIDO-RS under the consult's own root, by the name the study carries; answers that name. */
async function findByName(call: Call, { scope, studyUid }: Consult): Promise<string | undefined> {
  const [study] =
    (await call<Dataset[]>("GET", `/dicomweb/${scope}/studies?StudyInstanceUID=${studyUid}`)).body ?? [];
  if (!study) throw new StepProblem("QIDO-RS does not find the study that was referred.");
  const name = study[patientNameTag]?.Value?.[0] as { Alphabetic?: string; Ideographic?: string } | undefined;
  const given = name?.Ideographic ?? name?.Alphabetic;
  if (!given) return undefined;
  const query = new URLSearchParams({ PatientName: given, limit: "100" });
  const { body } = await call<Dataset[]>("GET", `/dicomweb/${scope}/studies?${query}`);
  if (!body?.some((one) => text(one, studyUidTag) === studyUid))
    throw new StepProblem("QIDO-RS does not find the study by its patient's name.");
  return given;
}

const sampleReport = {
  findings:
    "合成体模图像，非真实患者。左侧基底节区见椭圆形高密度影，周围低密度带；颅骨完整，中线居中。 Synthetic phantom, no patient: an oval hyperdensity in the left basal ganglia with a hypodense rim; skull intact, midline central.",
  impression:
    "模拟左侧基底节区出血（演示）。 Simulated haemorrhage of the left basal ganglia (demonstration).",
};
const demonstrationReport = {
  findings: "演示流程自动生成，未经医师阅片。 Written by the demonstration: no doctor has read these images.",
  impression: "仅供演示，不作诊断依据。 For demonstration only, not for diagnosis.",
};

type Created = z.infer<typeof shareSchemas.createShare.reply>;

export async function sharePatientLink(call: Call, studyUid: string): Promise<Created> {
  return (await call<Created>("POST", "/v1/shares", { body: { studyUid, expiresInDays: 7 } })).body;
}

/** As the patient's browser does: the token from the fragment, in a body; then what the link shows, and a picture. */
export async function openLink(api: string, url: string): Promise<{ readonly reports: number }> {
  const token = new URL(url).hash.slice(1);
  type Opened = z.infer<typeof shareSchemas.openShare.reply>;
  const { body: opened } = await caller(api)<Opened>("POST", "/v1/shares/open", { body: { token } });
  const patient = caller(api, opened.accessToken);
  type Shown = z.infer<typeof shareSchemas.getOpenedShare.reply>;
  const { study, reports } = (await patient<Shown>("GET", "/v1/shares/opened")).body;
  if (reports.length === 0) throw new StepProblem("The link shows no report.");
  const picture = await patient<undefined>(
    "GET",
    `/dicomweb/${opened.scope}/studies/${study.studyUid}/thumbnail`,
    {
      accept: [307, 404],
    },
  );
  const location = picture.headers.get("location");
  if (location && !(await fetch(location)).ok)
    throw new StepProblem("The picture's signed URL does not open.");
  return { reports: reports.length };
}

const text = (dataset: Dataset, tag: string): string => String(dataset[tag]?.Value?.[0] ?? "");
