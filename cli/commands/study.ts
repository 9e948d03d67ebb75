/** `mic study`: one study with its progress and what was found wrong with it. */
import type { Command } from "commander";
import type { StudyView } from "../../shared/contract/schemas/query.ts";
import { printJson } from "../print.ts";
import { openSession } from "../session.ts";
import { linesOf, scoreOf } from "../upload/findings.ts";

export function addStudyCommand(program: Command): void {
  program
    .command("study <studyUid>")
    .description("one study: how much of it has arrived, and what was found wrong with it")
    .option("--json", "print as JSON")
    .action(async (studyUid: string, flags: { json?: boolean }) => {
      const client = openSession(program.opts(), "technician");
      const study = await client.get<StudyView>(`/v1/studies/${encodeURIComponent(studyUid)}`);
      if (flags.json) printJson(study);
      else process.stdout.write(`${linesOfStudy(study).join("\n")}\n`);
    });
}

function linesOfStudy({
  instances,
  expected,
  complete,
  conflicts,
  series,
  quality,
  findings,
}: StudyView): readonly string[] {
  const of = expected === undefined ? "" : ` of ${expected}`;
  return [
    `${instances}${of} images in ${series.length} series, ${complete ? "complete" : "still receiving"}${scoreOf(quality)}`,
    ...(conflicts > 0 ? [`${conflicts} in conflict`] : []),
    ...(findings.length === 0
      ? ["Nothing was found wrong with it."]
      : findings.flatMap((one) => linesOf(one))),
  ];
}
