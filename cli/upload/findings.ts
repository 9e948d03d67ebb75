/** What was found wrong with the studies of an upload, once they were looked at. */
import { setTimeout as sleep } from "node:timers/promises";
import type { FindingView, UploadFindings } from "../../shared/contract/schemas/findings.ts";
import type { ApiClient } from "../client.ts";
import { language } from "../locale.ts";

export type StudyFindings = UploadFindings["studies"][number];

/** Milliseconds. The examination follows the last file within a second or two. */
const patience = { pause: 500, longest: 30_000 } as const;

/** Waits until every study was examined, and no longer than half a minute: what is not examined by then says so itself. */
export async function waitForFindings(
  client: ApiClient,
  uploadIds: readonly string[],
  longest: number = patience.longest,
): Promise<readonly StudyFindings[]> {
  const began = performance.now();
  for (;;) {
    const answers = await Promise.all(uploadIds.map((id) => readAll(client, id)));
    const studies = answers.flatMap((answer) => answer.studies);
    const over = answers.every(({ settled }) => settled) && studies.every(({ examined }) => examined);
    if (over || performance.now() - began > longest) return distinct(studies);
    await sleep(patience.pause);
  }
}

async function readAll(
  client: ApiClient,
  uploadId: string,
): Promise<Pick<UploadFindings, "settled" | "studies">> {
  const path = `/v1/uploads/${uploadId}/findings`;
  const studies: StudyFindings[] = [];
  let page = await client.get<UploadFindings>(path);
  studies.push(...page.studies);
  while (page.next !== undefined) {
    page = await client.get<UploadFindings>(`${path}?cursor=${encodeURIComponent(page.next)}`);
    studies.push(...page.studies);
  }
  return { settled: page.settled, studies };
}

/** A folder of several uploads may have sent parts of one study with each. */
const distinct = (studies: readonly StudyFindings[]): readonly StudyFindings[] => [
  ...new Map(studies.map((study) => [study.studyUid, study])).values(),
];

const marks = { action: "!!", warning: "! ", info: "  " } as const;
const unexamined = {
  en: "is still being examined; look again with mic study",
  zh: "仍在检查中，请稍后用 mic study 查看",
} as const;

/** A line for what is wrong and one for what to do, study by study; nothing for studies without findings. */
export function findingLines(studies: readonly StudyFindings[], locale = language()): readonly string[] {
  return studies.flatMap(({ studyUid, examined, quality, findings }) => {
    const waiting = examined ? [] : [`Study ${studyUid} ${unexamined[locale]} ${studyUid}`];
    if (findings.length === 0) return waiting;
    return [
      `Study ${studyUid}:${scoreOf(quality)}`,
      ...findings.flatMap((finding) => linesOf(finding, locale)),
      ...waiting,
    ];
  });
}

/** What the study is worth of 100. */
export const scoreOf = (quality: StudyFindings["quality"]): string =>
  quality === undefined ? "" : ` (images ${quality.score}/100)`;

export function linesOf({ severity, of, ...finding }: FindingView, locale = language()): readonly string[] {
  const { what, do: advice } = finding[locale];
  const about = of === undefined ? "" : ` [${of}]`;
  return [`${marks[severity]} ${what}${about}`, `   ${advice}`];
}
