/** The main job, shown step by step: only the HTTP API and the clinic's uploader, as people use them. */
import { readdir } from "node:fs/promises";
import { ApiClient } from "../cli/client.ts";
import { type UploadResult, uploadFolder } from "../cli/upload/upload-folder.ts";
import { caller } from "./api.ts";
import type { CloudFile } from "./cloud-file.ts";
import { awaitThumbnails, openLink, readAndSign, refer, sharePatientLink } from "./demo-steps.ts";
import { places } from "./places.ts";
import { readJsonFile, writePrivateJson } from "./private-file.ts";
import { type Progress, StepProblem } from "./progress.ts";
import { generateHeadCt } from "./samples/head-ct.ts";
import { personWith } from "./seed.ts";

export interface Demonstration {
  readonly file: CloudFile;
  readonly progress: Progress;
  /** The person's own DICOM files instead of the sample. */
  readonly folder: string | undefined;
}

const village = "xinghe-village";
const county = "qinghe-county";

/** What an earlier start showed. */
export interface Shown {
  readonly link: string;
  readonly expiresAt: string;
  /** Name of its patient, as searched for; absent where the images name nobody. */
  readonly patient?: string;
}

/** The link of the last demonstration, while it opens. */
export async function shownBefore(): Promise<Shown | undefined> {
  const shown = await readJsonFile<Shown>(places.demo);
  return shown && new Date(shown.expiresAt) > new Date() ? shown : undefined;
}

/** Answers the patient's link. */
export async function demonstrate({ file, progress, folder }: Demonstration): Promise<Shown> {
  const { api, users } = file;
  const as = (role: Parameters<typeof personWith>[1], hospital: string) => personWith(users, role, hospital);
  progress.say("\nThe main job: a village clinic's images become a signed report and a patient's link\n");
  const images = folder ?? (await progress.step("Synthetic head CT, marked as such", sampleFolder));

  const technician = as("technician", village);
  const upload = await progress.step(
    "星河村 uploads through presigned URLs; indexed",
    () => send(api, technician.accessToken, images),
    { done: totalsOf },
  );
  const { studyUid, studies, files } = largestStudy(upload);
  const notes = [...refusals(upload)];
  if (studies > 1) notes.push(`${studies} studies; from here on the largest of them (files: ${files})`);
  for (const note of notes) progress.say(`  ${note}`);
  const physician = caller(api, as("physician", village).accessToken);
  await progress.step(
    "Thumbnails derived from the archive",
    (detail) => awaitThumbnails(physician, village, studyUid, detail),
    {
      done: ({ ready, total }) =>
        `${ready} of ${total}${ready < total ? "; the others have no picture to show" : ""}`,
    },
  );
  const consult = await progress.step("The village's doctor asks the county hospital", () =>
    refer(physician, studyUid, county),
  );
  const radiologist = caller(api, as("radiologist", county).accessToken);
  const { patient } = await progress.step(
    "清河县's radiologist finds, reads and signs",
    () => readAndSign(radiologist, { consult, sample: folder === undefined }),
    { done: ({ evidence }) => `signed over ${evidence} image${evidence === 1 ? "" : "s"}` },
  );
  const { url, expiresAt } = await progress.step("The village's doctor makes a patient's link", () =>
    sharePatientLink(physician, studyUid),
  );
  await progress.step("The link opens: images and report, nothing else", () => openLink(api, url), {
    done: ({ reports }) => `${reports} report${reports === 1 ? "" : "s"}`,
  });
  const shown = { link: url, expiresAt, ...(patient && { patient }) };
  await writePrivateJson(places.demo, shown);
  return shown;
}

/** The sample is made once: its files are the same each time. */
async function sampleFolder(): Promise<string> {
  const there = await readdir(places.sample).catch(() => []);
  if (there.length === 0) await generateHeadCt(places.sample, { seed: "local-cloud" });
  return places.sample;
}

async function send(api: string, accessToken: string, folder: string): Promise<UploadResult> {
  const options = {
    priority: "stat",
    encounterClass: "outpatient",
    parallel: 4,
    wait: true,
    timeout: 10,
    silent: true,
  } as const;
  return uploadFolder(new ApiClient(api, accessToken), folder, options);
}

function totalsOf({ ledger, skipped }: UploadResult): string {
  const totals = Object.entries({ ...ledger.totals, skipped: skipped.length });
  return totals
    .filter(([, count]) => count > 0)
    .map(([state, count]) => `${count} ${state}`)
    .join(", ");
}

const named = 10;

/** A line for each file that was not taken, the first few, and where all of them are listed. */
export function refusals({
  files,
  skipped,
  uploadIds,
}: Pick<UploadResult, "files" | "skipped" | "uploadIds">): string[] {
  const refused = files.filter(({ state }) => state === "quarantined" || state === "conflict");
  const lines = [...refused, ...skipped.map((file) => ({ ...file, state: "skipped" }))].map(
    ({ name, state, reason }) => `${state}  ${name}${reason ? `: ${reason.en}` : ""}`,
  );
  if (lines.length === 0) return [];
  const all = uploadIds.map((id) => `npm run mic -- ledger ${id}`).join("; ");
  const more = lines.length > named ? [`and ${lines.length - named} more`] : [];
  return [...lines.slice(0, named), ...more, `All that was sent: ${all}`];
}

interface Largest {
  readonly studyUid: string;
  /** How many of its files were sent. */
  readonly files: number;
  /** How many studies were sent. */
  readonly studies: number;
}

/** The study most of the files belong to. Throws StepProblem when none of them is an image the system could take. */
export function largestStudy({ files }: Pick<UploadResult, "files">): Largest {
  const counts = new Map<string, number>();
  for (const { studyInstanceUid: uid, state } of files)
    if (uid && (state === "indexed" || state === "duplicate")) counts.set(uid, (counts.get(uid) ?? 0) + 1);
  const [largest] = [...counts].sort(([, one], [, other]) => other - one);
  if (largest) return { studyUid: largest[0], files: largest[1], studies: counts.size };
  const reasons = [...new Set(files.map(({ name, reason }) => `${name}: ${reason?.en ?? "not indexed"}`))];
  throw new StepProblem(`None of the files could be indexed.\n${reasons.slice(0, 10).join("\n")}`);
}
